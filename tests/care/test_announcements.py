"""Which announcements are taken, and what is kept of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.care.announcements import LONGEST, end_announcement, set_announcement
from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.content import Announcement
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.testing.clock import FixedClock
from ivr.testing.content import MemoryAnnouncements
from ivr.testing.prompts import EchoPrompts

EDITOR = Actor(ActorKind.EDITOR, "merdan", Channel.STUDIO)
KEY = OperationKey("form 1")
TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
WORDS = {TK: "Näsazlyk bar.", RU: "Есть неполадки.", EN: "There is a fault."}
CLOCK = FixedClock()
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changed", "lasts", "said"),
    [
        ({}, timedelta(0), "until 2026-"),
        ({}, -HOUR, "is in the past; it is now 2026-"),
        ({TK: ""}, HOUR, "tk has no word"),
        ({RU: "..."}, HOUR, "ru has no word"),
        (
            {EN: "a" * (LONGEST + 1)},
            HOUR,
            f"en has {LONGEST + 1} letters; at most {LONGEST} are allowed",
        ),
        ({TK: "Bahasy 5 €."}, HOUR, "tk: no voice can say '€'"),
        ({RU: "Нeполадки."}, HOUR, "ru: 'Нeполадки' has the Latin letter 'e'"),
    ],
)
def test_what_callers_should_not_hear_is_refused(
    changed: dict[Language, str], lasts: timedelta, said: str
) -> None:
    kept = MemoryAnnouncements()
    announced = Announcement({**WORDS, **changed}, CLOCK.now() + lasts)
    with pytest.raises(Unusable) as refused:
        set_announcement(EDITOR, KEY, announced, kept, EchoPrompts(), CLOCK)
    assert said in str(refused.value)
    assert kept.kept == []


@pytest.mark.parametrize("language", Language)
def test_no_language_may_be_missing(language: Language) -> None:
    words = {each: text for each, text in WORDS.items() if each is not language}
    announced = Announcement(words, CLOCK.now() + HOUR)
    with pytest.raises(Unusable, match=f"^{language} has no word"):
        set_announcement(EDITOR, KEY, announced, MemoryAnnouncements(), EchoPrompts(), CLOCK)


def test_it_is_set_with_its_author_and_ended() -> None:
    kept, until = MemoryAnnouncements(), CLOCK.now() + HOUR
    words = {**WORDS, EN: "a" * LONGEST}
    seconds = set_announcement(EDITOR, KEY, Announcement(words, until), kept, EchoPrompts(), CLOCK)
    assert set(seconds) == set(Language)
    assert kept.newest() == Announcement(words, until, "editor merdan")
    other = Actor(ActorKind.OPERATOR, "root", Channel.COMMAND)
    end_announcement(other, OperationKey("run 2"), kept.kept[0], kept, CLOCK)
    assert kept.newest() == Announcement(words, CLOCK.now(), "operator root")
