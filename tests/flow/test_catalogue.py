"""The catalogue is data: a new simple service is one entry and three texts."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ivr.care.catalogue import Catalogue, read_catalogue
from ivr.domain.values import Language
from ivr.flow.document import Flow, parse_flow
from ivr.flow.review import Issue, review
from ivr.settings import PROJECT
from ivr.speech.texts import read_texts
from ivr.testing.demo import NUMBER, Operator, subscriber
from ivr.testing.dial import dial

ENTRY = '  voicemail: {group: calls, monthly: "1.50"}\n'
LINES = {
    Language.TURKMEN: 'service.voicemail: "Ses poçtasy"\n',
    Language.RUSSIAN: 'service.voicemail: "Голосовая почта"\n',
    Language.ENGLISH: 'service.voicemail: "Voicemail"\n',
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """The shipped one with an entry more."""
    file = tmp_path / "catalogue.yaml"
    shipped = (PROJECT / "db" / "catalogue.yaml").read_text(encoding="utf-8")
    file.write_text(shipped + ENTRY, encoding="utf-8")
    return read_catalogue(file)


def texts(folder: Path, lines: dict[Language, str]) -> dict[Language, tuple[str, ...]]:
    for language in Language:
        shipped = (PROJECT / "prompts" / f"{language}.yaml").read_text(encoding="utf-8")
        (folder / f"{language}.yaml").write_text(shipped + lines.get(language, ""), "utf-8")
    words = PROJECT / "prompts" / "pronunciation.yaml"
    (folder / words.name).write_text(words.read_text("utf-8"), "utf-8")
    return {language: read_texts(folder).keys for language in Language}


def test_a_new_service_needs_its_name_in_three_languages(
    flow: Flow, catalogue: Catalogue, tmp_path: Path
) -> None:
    without = review(flow, texts(tmp_path, {}), catalogue.texts(), catalogue.groups)
    assert without == [
        Issue(f"text/{language}/service.voicemail", "is missing") for language in flow.languages
    ]
    complete = texts(tmp_path, LINES)
    assert review(flow, complete, catalogue.texts(), catalogue.groups) == []


def test_it_is_offered_switched_and_undone_at_once(flow: Flow, catalogue: Catalogue) -> None:
    operator = Operator(catalogue=catalogue)
    operator.add(subscriber(services="sms"))
    said = dial(flow, operator.care, operator.clock, "3 2 3 4 1", subscriber=NUMBER)
    assert "services.next service=service.voicemail" in said.heard
    assert "change.price.monthly price=1.50" in said.heard
    assert "change.on.done service=service.voicemail" in said.heard
    assert "services/voicemail" in said.call.goals
    assert "voicemail" in operator.subscribers.rows[NUMBER].services
    again = Operator(catalogue=catalogue)
    again.add(subscriber(services="sms"))
    undone = dial(flow, again.care, again.clock, "3 2 3 4 1 2", subscriber=NUMBER)
    assert "change.undone service=service.voicemail" in undone.heard
    assert "voicemail" not in again.subscribers.rows[NUMBER].services


def test_a_group_that_no_menu_offers_is_an_issue(flow: Flow, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    shipped = (PROJECT / "db" / "catalogue.yaml").read_text(encoding="utf-8")
    file.write_text(shipped + "  radio: {group: music}\n", encoding="utf-8")
    catalogue = read_catalogue(file)
    keys = {language: {*texts(tmp_path, {})[language], "service.radio"} for language in Language}
    (issue,) = review(flow, keys, catalogue.texts(), catalogue.groups)
    assert issue.place == "group/music"
    assert "offers this group" in issue.problem


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        ({"kind": "packages", "service": "sms"}, "no packages of 'sms'"),
        (
            {"kind": "service", "service": "nope", "text": "discount.about", "goal": "x"},
            "no service 'nope'",
        ),
    ],
)
def test_a_node_of_a_service_that_is_not_there_is_an_issue(
    node: dict[str, str], problem: str
) -> None:
    document = yaml.safe_load((PROJECT / "prompts" / "0890.yaml").read_text("utf-8"))
    document["nodes"]["number-discount"] = node
    catalogue = read_catalogue(PROJECT / "db" / "catalogue.yaml")
    services = {id: bool(entry.packages) for id, entry in catalogue.services.items()}
    issues = review(parse_flow(document), {}, (), catalogue.groups, services)
    assert problem in " ".join(issue.problem for issue in issues)


def test_hours_of_a_topic_that_nobody_asks_about_are_an_issue() -> None:
    document = yaml.safe_load((PROJECT / "prompts" / "0890.yaml").read_text("utf-8"))
    document["nodes"]["agent"]["topics"]["rouming"] = {"weekdays": "09:00-18:00"}
    issues = review(parse_flow(document), {}, (), ())
    assert Issue("node/agent", "no node of kind 'say' has the topic 'rouming'") in issues
