"""A caller who does nothing, on a real line: through worker, queue, and to the goodbye."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.domain.values import Language
from tests.e2e.installation import short_folder
from tests.e2e.line import RunningLine, running_line
from tests.waiting import until

BOUND_SECONDS = 30.0
LONGEST_SECONDS = 18.0


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    folder = short_folder()
    with running_line(folder / "home", patience_seconds=BOUND_SECONDS, silence_seconds=2) as line:
        yield line
    shutil.rmtree(folder)


@pytest.mark.nightly
def test_a_silent_caller_is_told_in_each_language_and_let_go(line: RunningLine) -> None:
    number = line.number()
    with line.call(number) as caller:
        caller.hears("agent.transfer", BOUND_SECONDS, language=Language.TURKMEN)
        for language in Language:
            caller.hears("dialplan.nobody", BOUND_SECONDS, language=language)
            caller.hears("dialplan.bye", language=language)
        caller.is_hung_up()

    def noted() -> list[tuple[object, str]]:
        newest = line.container.store.journal.newest(9)
        return [(call.outcome, call.reason) for call in newest if call.caller == number]

    until(lambda: noted() == [("ended", "noinput")])


def test_a_jammed_key_is_asked_whether_somebody_is_there(line: RunningLine) -> None:
    """The agent's key, again and again: queue, offer, queue; then the question, and the end."""
    number = line.number()
    line.container.store.callers.remember(number, Language.ENGLISH)
    with line.call(number) as caller:
        caller.language = Language.ENGLISH
        caller.hears("language.greeting")
        caller.press("0")
        caller.hears("callback.nobody")
        while not caller.listener.listen_until(lambda: "still there" in caller.transcript, 3.0):
            caller.press("0")
        caller.press("0")
        caller.hears("dialplan.nobody", BOUND_SECONDS)
        caller.hears("dialplan.bye")
        caller.is_hung_up()


@pytest.mark.nightly
def test_the_longest_call_ends_with_a_goodbye_whatever_the_caller_does(folder: Path) -> None:
    """One who presses right keys all the time is told before the end, and at the end."""
    minutes = LONGEST_SECONDS / 60
    with running_line(folder / "home", max_call_minutes=minutes) as line:
        number = line.number()
        line.container.store.callers.remember(number, Language.ENGLISH)
        with line.call(number) as caller:
            caller.language = Language.ENGLISH
            caller.hears("language.greeting")
            while not caller.listener.listen_until(
                lambda: "limited in time" in caller.transcript, 1.5
            ):
                caller.press("9")
            caller.hears("limit.reached")
            caller.hears("dialplan.bye")
            caller.is_hung_up()
        journal = line.container.store.journal
        until(
            lambda: (
                [each.outcome for each in journal.newest(9) if each.caller == number] == ["ended"]
            )
        )
