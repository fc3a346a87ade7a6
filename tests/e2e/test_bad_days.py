"""What a caller hears when there is no line, too many calls, or a line that dies in mid-call."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ivr.commands.call import words_of
from ivr.domain.values import Language, Money, Msisdn
from ivr.settings import Settings
from ivr.softphone.phone import Account
from ivr.softphone.prompt_listener import PromptListener
from ivr.store.journal import Record
from ivr.system.hardening import die_with_parent
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.wiring import telephony
from ivr.wiring.container import Container, prepare_database
from tests.e2e.installation import environment, line_settings, short_folder, sounds_made, watched
from tests.e2e.line import KEY_OF, Caller, RunningLine
from tests.e2e.test_health import figures
from tests.metrics.exposed import value
from tests.publishing import publish
from tests.waiting import until


@contextmanager
def asterisk_alone(home: Path, **given: object) -> Iterator[RunningLine]:
    """Asterisk with everything prepared, and no line that takes its calls."""
    with asterisk_of(line_settings(home, **given)) as line:
        yield line


@contextmanager
def asterisk_of(settings: Settings, agents: Sequence[str] = ("agent1",)) -> Iterator[RunningLine]:
    """The same by its settings, with the phones of some agents."""
    sounds_made()
    container = Container(settings)
    prepare_database(container)
    publish(container)
    programs = telephony.programs(container)
    sounds = telephony.dialplan_sounds(container.release_cache.live().prompts)
    configuration = render(settings, programs, sounds, agents)
    output = settings.home / "logs" / "asterisk.out"
    with Asterisk(programs.asterisk, configuration, output) as asterisk:
        asterisk.wait_ready()
        yield RunningLine(settings, None, container, words_of(container))


@contextmanager
def line_process(line: RunningLine, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """``ivr line`` beside an Asterisk: a supervisor, and its workers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "line", *options],
        env=watched(environment(line.settings)),
        stderr=subprocess.PIPE,
        preexec_fn=die_with_parent,
    )
    assert process.stderr is not None
    assert b"taking calls" in process.stderr.readline()
    try:
        yield process
    finally:
        kill_line(process)
        process.stderr.close()


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The workers of a line, those too that wait to be needed."""
    file = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


def kill_line(process: subprocess.Popen[bytes]) -> None:
    """Kill a line with all its workers, if it is still there; none can start another."""
    if process.poll() is not None:
        return
    os.kill(process.pid, signal.SIGSTOP)
    for pid in children_of(process):
        os.kill(pid, signal.SIGKILL)
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def alone() -> Iterator[RunningLine]:
    """One Asterisk for all tests that need nothing of their own from it."""
    folder = short_folder()
    with asterisk_alone(folder / "home") as line:
        yield line
    shutil.rmtree(folder)


def test_without_a_line_the_caller_is_told_in_each_language_and_reaches_the_queue(
    alone: RunningLine,
) -> None:
    with alone.call(alone.number()) as caller:
        for language in Language:
            caller.hears("dialplan.failure", language=language)
        for language in Language:
            caller.hears("dialplan.nobody", 40, language=language)
        for language in Language:
            caller.hears("dialplan.bye", language=language)
        caller.is_hung_up()


def others(line: RunningLine, key: str, language: Language) -> list[str]:
    """How a text is said in the other languages."""
    return [line.prompts.say(each, key).words for each in Language if each is not language]


def recorded(line: RunningLine, number: Msisdn) -> list[Record]:
    return [each for each in line.container.store.journal.newest(50) if each.caller == number]


def refused(line: RunningLine, reason: str) -> float:
    return value(figures(line), "ivr_calls_refused_total", reason=reason)


def hears_of_refusals(line: RunningLine) -> None:
    """Wait for the management link, by which the line hears of calls that Asterisk refuses."""
    until(lambda: value(figures(line), "ivr_asterisk_linked") == 1)


def test_over_the_bound_the_caller_is_told_in_the_language_that_is_known(
    folder: Path, language: Language
) -> None:
    with (
        asterisk_alone(folder / "home", max_calls=1, max_told=2) as line,
        line_process(line),
        line.call(line.number()) as first,
    ):
        first.language = language
        first.press(KEY_OF[language])
        first.hears("menu.main.account")
        hears_of_refusals(line)
        known, unknown, late = line.number(), line.number(), line.number()
        line.container.store.callers.remember(known, language)
        with ExitStack() as stack:
            accounts = (Account(each, line.settings.sip_bind) for each in (unknown, known, late))
            phones = [stack.enter_context(line.phone(each)) for each in accounts]
            for phone in phones[:2]:
                phone.dial("0890")
                phone.wait_for("CALL_ESTABLISHED", 20)
            phones[2].dial("0890")  # while two are told
            phones[2].wait_for("CALL_CLOSED", 20)
            assert phones[2].status == 503
            third, second = (
                Caller(line, phone, PromptListener(phone, line.words)) for phone in phones[:2]
            )
            second.hears("dialplan.busy", language=language)
            for each in Language:
                third.hears("dialplan.busy", language=each)
            second.hears("callback.nobody", 60, language=language)
        for text in others(line, "dialplan.busy", language):
            assert text not in second.transcript
        first.hears("menu.main.services", 20)
        until(lambda: (refused(line, "max-calls"), refused(line, "unanswered")) == (2, 1))
        for number in (known, unknown):
            (record,) = recorded(line, number)
            assert (record.reason, record.dialled) == ("overload", "0890")
        assert recorded(line, known)[0].language == language


@pytest.mark.nightly
def test_too_many_calls_of_one_number_are_busy(folder: Path) -> None:
    with asterisk_alone(folder / "home", max_calls_by_caller=1) as line, line_process(line):
        hears_of_refusals(line)
        number = line.number()
        with (
            line.call(number) as first,
            line.phone(Account(number, line.settings.sip_bind)) as second,
        ):
            second.dial("0890")
            second.wait_for("CALL_CLOSED", 20)
            assert second.status == 486
            first.hears("language.press", language=Language.TURKMEN, press=1)
            until(lambda: refused(line, "caller") == 1)


def test_a_killed_line_costs_no_caller_the_call(alone: RunningLine, language: Language) -> None:
    line = alone
    with (
        line_process(line) as worker,
        line.call(line.number()) as caller,
    ):
        caller.language = language
        caller.press(f"{KEY_OF[language]}3")
        caller.hears("menu.info.news")
        kill_line(worker)
        caller.hears("dialplan.failure", 60)
        for text in others(line, "dialplan.failure", language):
            assert text not in caller.transcript
        caller.hears("dialplan.nobody", 40)


@pytest.mark.nightly
def test_a_line_that_is_asked_to_end_lets_its_calls_end_first(
    alone: RunningLine, language: Language
) -> None:
    line, number = alone, alone.number()
    with line_process(line) as worker:
        with line.call(number) as caller:
            caller.language = language
            caller.press(f"{KEY_OF[language]}3")
            caller.hears("menu.info.news")
            worker.send_signal(signal.SIGTERM)
            caller.hears("menu.info.tariffs")
            caller.press("2")
            caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))
            caller.phone.hangup()
        assert worker.wait(20) == 0
        (record,) = (
            each for each in line.container.store.journal.newest(9) if each.caller == number
        )
        assert (record.outcome, "info/tariffs" in record.goals) == ("hung-up", True)
