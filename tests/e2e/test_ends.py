"""A caller who does nothing, on a real line: through front, worker, queue, and to the goodbye."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from ivr.values import Language
from tests.e2e.line import Caller, RunningLine, running_line, short_folder
from tests.e2e.test_sip import until

BOUND_SECONDS = 70.0
LONGEST_SECONDS = 24.0


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    folder = short_folder()
    with running_line(folder / "home", patience_seconds=BOUND_SECONDS) as line:
        yield line
    shutil.rmtree(folder)


def begins(caller: Caller, words: str) -> bool:
    """Whether some words have begun to be said."""
    return words in caller.transcript


def test_a_silent_caller_is_told_in_each_language_and_let_go(line: RunningLine) -> None:
    number = line.number()
    with line.call(number) as caller:
        caller.hears("agent.transfer", BOUND_SECONDS, language=Language.TURKMEN)
        for language in Language:
            caller.hears("dialplan.nobody", BOUND_SECONDS, language=language)
            caller.hears("dialplan.bye", language=language)
        caller.is_hung_up()

    def noted() -> list[tuple[object, str]]:
        newest = line.house.store.journal.newest(9)
        return [(call.outcome, call.reason) for call in newest if call.caller == number]

    until(lambda: noted() == [("ended", "noinput")])


def test_a_jammed_key_is_asked_whether_somebody_is_there(line: RunningLine) -> None:
    """The agent's key, again and again: queue, offer, queue; then the question, and the end."""
    number = line.number()
    line.house.store.callers.remember(number, Language.ENGLISH)
    with line.call(number) as caller:
        caller.language = Language.ENGLISH
        caller.hears("language.greeting")
        caller.press("0")
        caller.hears("callback.nobody")
        while not caller.ear.listen_until(lambda: "still there" in caller.transcript, 3.0):
            caller.press("0")
        caller.press("0")
        caller.hears("dialplan.nobody", BOUND_SECONDS)
        caller.hears("dialplan.bye")
        caller.is_hung_up()


def test_the_longest_call_ends_with_a_goodbye_whatever_the_caller_does(folder: Path) -> None:
    """One who never stops pressing a right key is told before the end, and at the end."""
    minutes = LONGEST_SECONDS / 60
    with running_line(folder / "home", max_call_minutes=minutes) as line:
        number = line.number()
        line.house.store.callers.remember(number, Language.ENGLISH)
        with line.call(number) as caller:
            caller.language = Language.ENGLISH
            caller.hears("language.greeting")
            for words, key in (("limited in time", "limit.soon"), ("is over", "limit.reached")):
                said = partial(begins, caller, words)
                while not caller.ear.listen_until(said, 1.5):
                    caller.press("9")
                caller.hears(key)
            caller.hears("dialplan.bye")
            caller.is_hung_up()
        (call,) = [each for each in line.house.store.journal.newest(9) if each.caller == number]
        assert (call.outcome, call.reason) == ("ended", "")
