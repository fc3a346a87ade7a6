"""Slips in a file of menus."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import FlowBroken
from ivr.flow.document import read_flow
from tests.care.slips import FLOW, IN_A_MENU, in_plain_words, swapped


@pytest.mark.parametrize("slip", IN_A_MENU)
def test_a_slip_in_a_menu_is_named(tmp_path: Path, slip: str) -> None:
    old, new, line, said = IN_A_MENU[slip]
    file = tmp_path / "0890.yaml"
    file.write_text(swapped(FLOW, old, new), encoding="utf-8")
    with pytest.raises(FlowBroken) as refused:
        read_flow(file)
    told = in_plain_words(str(refused.value) + ";", file)
    assert said in told
    if line:
        assert told.startswith(f", line {line}:"), told


@pytest.mark.parametrize(
    "hours", ["08:00-20:00", '"08:00–20:00"', "'08:00 - 20:00'", "08:00\u00a0—\u00a020:00"]
)
def test_hours_are_read_with_and_without_quotes(tmp_path: Path, hours: str) -> None:
    file = tmp_path / "0890.yaml"
    file.write_text(swapped(FLOW, '"08:00-20:00"', hours), encoding="utf-8")
    node = read_flow(file).nodes["agent"].model_dump(mode="json")
    assert node["hours"]["weekdays"] == "08:00-20:00"


@pytest.mark.parametrize("word", ["on", "no", "yes", "off", "y", "n", "null", "true"])
def test_a_node_may_have_any_name(tmp_path: Path, word: str) -> None:
    file = tmp_path / "0890.yaml"
    file.write_text(FLOW.replace("sport", word), encoding="utf-8")
    assert word in read_flow(file).nodes
