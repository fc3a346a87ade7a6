"""Every form of release that was ever published still loads, is heard, and can be edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ivr.content.folder import ContentFolder
from ivr.content.model import Content, read_document
from ivr.content.writing import write_content
from ivr.domain.values import Language
from ivr.errors import FlowBroken
from ivr.flow.document import parse_flow
from ivr.flow.migrations import FORMAT, STEPS, migrate
from ivr.settings import PROJECT
from ivr.testing.acting import by
from ivr.testing.demo import CODEWORD_KEYS, demo_operator
from ivr.testing.dial import dial
from ivr.wiring.container import Container

OWN = ContentFolder.at(PROJECT)
RELEASES = sorted((PROJECT / "tests" / "data" / "releases").glob("*.json"))
"""As stored by earlier versions: see README.md there."""


def content_of(file: Path) -> Content:
    return read_document(json.loads(file.read_text("utf-8")), OWN.read, file.stem)


@pytest.mark.parametrize("file", RELEASES, ids=lambda file: file.stem)
class TestEveryRelease:
    def test_is_served_and_can_be_rolled_back_to(self, container: Container, file: Path) -> None:
        document = file.read_text("utf-8")
        releases = container.store.releases
        releases.publish(*by("an earlier version"), document, container.clock.now())
        release = container.release_cache.live()
        operator = demo_operator()
        keys = f"3 1 1 # {CODEWORD_KEYS}# 1"
        call = dial(release.flow, operator.care, operator.clock, keys, prompts=release.prompts)
        assert call.call.goals == ["account/balance"]
        (balance,) = (each.words for each in call.utterances if each.key == "account.balance")
        assert "forty-five man" in balance
        assert release.care.information.tariffs()
        assert container.write(Language.TURKMEN, "sms.code", code="123456")
        assert container.catalogue.services

    def test_is_written_into_files_and_read_from_them_again(
        self, tmp_path: Path, file: Path
    ) -> None:
        content = content_of(file)
        folder = OWN.make_at(tmp_path / "content")
        write_content(folder, content, tmp_path / "kept")
        assert folder.read().to_document() == content.to_document()


def test_there_is_one_of_each_kind() -> None:
    parts = [set(json.loads(file.read_text("utf-8"))) for file in RELEASES]
    assert len(RELEASES) == 6
    assert parts[0] == {"flow", "speech"}
    assert parts[-1] == {"flow", "speech", "catalogue", "news", "invoice"}


class TestMigrations:
    FLOW: dict[str, Any] = {"nodes": {"bill": {"kind": "account", "topic": "bill"}}}  # noqa: RUF012

    def test_an_account_of_one_topic_tells_several(self) -> None:
        assert migrate(self.FLOW) == {"nodes": {"bill": {"kind": "account", "topics": ["bill"]}}}

    def test_a_field_that_may_be_left_out_needs_no_step(self) -> None:
        flow = json.loads(RELEASES[0].read_text("utf-8"))["flow"]
        agents = [id for id, node in flow["nodes"].items() if node["kind"] == "agent"]
        flow["nodes"][agents[0]]["holidays"] = ["2026-12-12"]
        (day,) = parse_flow(flow).nodes[agents[0]].holidays  # type: ignore[union-attr]
        assert str(day) == "2026-12-12"
        assert "holidays" not in content_of(RELEASES[0]).to_document()["flow"]["nodes"][agents[0]]

    def test_what_has_the_newest_form_is_left_alone(self) -> None:
        for file in RELEASES[-2:]:
            flow = json.loads(file.read_text("utf-8"))["flow"]
            assert migrate(flow) == flow

    def test_steps_follow_each_other_from_the_format_of_the_document(self) -> None:
        def step(letter: str) -> Any:
            return lambda flow: {"name": flow["name"] + letter}

        steps = {1: step("a"), 2: step("b"), 3: step("c")}
        assert migrate({"name": ""}, steps=steps) == {"name": "abc"}
        assert migrate({"name": "", "format": "3"}, steps=steps) == {"name": "c"}

    def test_there_is_a_step_from_each_format(self) -> None:
        assert sorted(STEPS) == list(range(1, FORMAT))

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            (FORMAT + 1, f"it has format {FORMAT + 1}, but this version reads"),
            ("two", "`format:` must be a whole number"),
            (0, "whole number"),
            (None, "whole number"),
        ],
    )
    def test_another_format_is_refused(self, written: object, said: str) -> None:
        flow = json.loads(RELEASES[-1].read_text("utf-8"))["flow"]
        with pytest.raises(FlowBroken, match=said):
            parse_flow({**flow, "format": written}, "menus.yaml")


@pytest.mark.parametrize("name", ["flow", "speech", "catalogue", "news", "invoice"])
@pytest.mark.parametrize("damage", [7, "words", [1], {"a": 1}], ids=str)
def test_a_damaged_part_is_told_in_one_sentence(name: str, damage: object) -> None:
    document = json.loads(RELEASES[-1].read_text("utf-8")) | {name: damage}
    with pytest.raises(FlowBroken) as caught:
        read_document(document, OWN.read, "release 7")
    assert "release 7" in str(caught.value)
    assert "\n" not in str(caught.value)
