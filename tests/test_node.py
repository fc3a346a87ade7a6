"""The id of a node: made once, its own, and part of the id of each call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.settings import Settings, read_settings
from ivr.system.node import kept_node
from ivr.telephony.configuration import Programs, own_folders, render
from ivr.telephony.uniqueid import second_of
from tests.e2e.installation import own_settings

LONGEST_SYSTEM_NAME = 19
"""Letters that Asterisk keeps of a ``systemname``."""


def test_it_is_made_once_however_many_ask_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as many:
        found = set(many.map(lambda _: kept_node(tmp_path / "home"), range(32)))
    assert found == {kept_node(tmp_path / "home")}
    assert [each.name for each in (tmp_path / "home").iterdir()] == ["node"]


def test_two_homes_have_two_ids_also_under_one_path(tmp_path: Path) -> None:
    """As the line has in each container."""
    home = tmp_path / "home"
    first = kept_node(home)
    home.rename(tmp_path / "another machine")
    assert kept_node(home) != first
    assert kept_node(tmp_path / "another machine") == first


@pytest.mark.parametrize("given", ["a", "node1", "7", "a" * 16])
def test_one_may_be_given(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_NODE", given)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    assert read_settings().node_id() == given
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("given", ["A", "a-1", "a.b", "a" * 17, "ä", "a b", "a\n", "٣", "a;b"])
def test_one_that_asterisk_cannot_hold_is_refused(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_NODE", given)
    with pytest.raises(Unusable, match=r"setting IVR_NODE: (?s:.*) is not 1 to 16 small letters"):
        read_settings()


@pytest.mark.parametrize("found", ["", "half a", "Ü", "\xff", "a" * 17])
def test_a_file_without_one_is_named(found: str, tmp_path: Path) -> None:
    (tmp_path / "node").write_text(found, encoding="latin-1")
    with pytest.raises(Unusable, match="/node "):
        kept_node(tmp_path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    with pytest.raises(Unusable, match="/node cannot be used: Is a directory"):
        kept_node(tmp_path)


@pytest.mark.parametrize("given", ["", "x", "a" * 16])
def test_asterisk_begins_each_call_s_id_with_it(given: str, tmp_path: Path) -> None:
    settings = own_settings(tmp_path, node=given)
    programs = Programs(["asterisk"], tmp_path / "modules", tmp_path / "share")
    text = render(settings, programs, {}, folders=own_folders(tmp_path)).read_text()
    (name,) = (line for line in text.splitlines() if line.startswith("systemname = "))
    system = name.removeprefix("systemname = ")
    assert system == f"ivr{settings.node_id()}"
    assert len(system) <= LONGEST_SYSTEM_NAME
    assert second_of(f"{system}-1795828503.3833") == 1795828503


def test_the_settings_keep_it(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).node_id() == (tmp_path / "node").read_text().strip()
