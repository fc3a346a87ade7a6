"""What a release says together is found before any call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain.content import Announcement
from ivr.domain.dialogue import Utterance, Value
from ivr.domain.services import Change
from ivr.domain.values import Language, ServiceId
from ivr.flow.document import Flow
from ivr.flow.release import Release
from ivr.flow.together import said_together
from ivr.testing.acting import by
from ivr.testing.demo import Operator, subscriber
from ivr.testing.dial import CALLER
from ivr.testing.prompts import EchoPrompts

Rows = set[tuple[str, ...]]


class Sentences(EchoPrompts):
    """What names a key ends a sentence."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        said = super().say(language, key, **values)
        return replace(said, words=f"{said.words}.") if key.startswith("press.") else said


@pytest.fixture
def rows(flow: Flow, operator: Operator) -> Rows:
    """Words that are said together, with their language."""
    return found(flow, operator)


def found(flow: Flow, operator: Operator) -> Rows:
    release = Release(7, flow, Sentences(), operator.care)
    return {
        tuple(f"{each.language} {each.words}" for each in said)
        for said in said_together(release, operator.clock)
    }


def begins(rows: Rows, *words: str) -> bool:
    return any(row[: len(words)] == words for row in rows)


def test_menus_are_found_in_every_language_whoever_may_hear_them(rows: Rows) -> None:
    for language in Language:
        for menu in ("info.news", "account.balance", "services.data", "advice.money"):
            assert begins(rows, f"{language} menu.{menu}", f"{language} press.1."), menu
        assert any(row[-1:] == (f"{language} after",) for row in rows)
        assert (f"{language} fixed-keys",) in rows


def test_the_beginning_of_a_call_is_found_for_known_and_for_unknown_callers(rows: Rows) -> None:
    assert begins(rows, "tk welcome", "tk language.press press=1")
    assert begins(rows, "ru language.greeting", "tk language.change", "en language.change")
    (known,) = (row for row in rows if row[:1] == ("ru language.greeting",) and len(row) > 1)
    assert "ru menu.main.account" in known


def test_an_announcement_is_no_part_of_a_release(flow: Flow, operator: Operator) -> None:
    before = found(flow, operator)
    now = operator.clock.now()
    words = {language: f"words {language}" for language in Language}
    operator.announcements.set(*by("engineer"), Announcement(words, now + timedelta(hours=1)), now)
    operator.announcement_cache.refresh()
    assert found(flow, operator) == before


def test_each_sentence_of_a_menu_of_services_is_found_on_and_off(rows: Rows) -> None:
    joined = {" ".join(row) for row in rows}
    for text in ("is-on", "is-off"):
        for key in (1, 2):
            assert any(
                f"ru services.{text} service=" in row and row.endswith(f"ru press.{key}.")
                for row in joined
            ), (text, key)


def test_nothing_is_changed_or_written_by_looking(flow: Flow, operator: Operator) -> None:
    operator.add(subscriber(CALLER))
    found(flow, operator)
    assert operator.callers.languages == {}
    assert operator.callbacks.left == []
    wanted = Change(ServiceId("gprs"), on=True)
    assert operator.care.subscriptions.offer(CALLER, wanted)
