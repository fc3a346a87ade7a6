"""A voice that takes its time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.errors import Unusable
from ivr.speech.audio import silence
from ivr.speech.loudness import Samples
from ivr.speech.wholes import Wish
from tests.speech.conftest import NotingVoice

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
LONG = 30.0
"""Seconds that no rendering takes."""
KINDS: dict[str, Value] = {
    "money": Money(4530),
    "date": date(2026, 11, 22),
    "monthday": date(2026, 11, 22),
    "clock": time(8, 30),
    "number": 123,
    "days": 30,
    "hours": 2,
    "minutes": 21,
    "seconds": 45,
    "megabytes": 1536,
    "messages": 250,
    "pieces": 3,
    "times": 2,
    "percent": 50,
    "money-from": Money(4530),
    "money-to": Money(4530),
    "monthday-from": date(2026, 11, 22),
    "monthday-to": date(2026, 11, 22),
    "clock-from": time(8, 30),
    "clock-to": time(18, 15),
}
"""Values of every kind that is said in one breath: several words each."""


class Fleeting(NotingVoice):
    """Hums, but not when it is told to be silent; notes in which threads it reads."""

    def __init__(self) -> None:
        super().__init__(reads=False)
        self.threads: set[int] = set()
        self.is_silent = False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def read(self, language: Language, words: str) -> tuple[Samples, int]:
        self.threads.add(threading.get_ident())
        self.may_go_on.wait(LONG)
        if self.is_silent:
            raise Unusable("the voice is gone")
        return super().read(language, words)

    @contextmanager
    def blocked(self) -> Iterator[None]:
        """Reading takes until the end of the block."""
        self.may_go_on.clear()
        try:
            yield
        finally:
            self.may_go_on.set()


def wish(hash: str, voice: Fleeting | None = None) -> Wish:
    """A sound of a tenth of a second."""

    def make() -> dict[str, bytes]:
        if voice is not None:
            voice.may_go_on.wait(LONG)
        return dict(silence(0.1))

    return Wish(hash, EN, "words", make)
