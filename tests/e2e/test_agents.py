"""Callers and agents: a real agent's phone rings, both hear each other, music plays meanwhile."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.softphone.phone import Account, Phone
from ivr.store.journal import Record
from ivr.telephony.configuration import own_folders
from ivr.wiring import telephony
from tests.e2e.declining import Declining
from tests.e2e.installation import short_folder
from tests.e2e.line import KEY_OF, RunningLine, running_line
from tests.e2e.sound import has_tone, tone
from tests.waiting import until

CALLER_HERTZ, AGENT_HERTZ = 440.0, 700.0


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    """A line of its own: its one agent must not be rung by other tests."""
    folder = short_folder()
    with running_line(folder / "home", callback_seconds=25, agent_pause_seconds=0) as line:
        yield line
    shutil.rmtree(folder)


@contextmanager
def agent(line: RunningLine, speaks: Path, *, answers: bool) -> Iterator[Phone]:
    account = Account("agent1", line.settings.sip_bind, line.settings.secret("agent_secret"))
    with line.phone(account, answers=answers, speaks=speaks) as phone:
        phone.wait_for("REGISTER_OK", 10)
        yield phone


def test_an_agent_is_rung_and_both_hear_each_other(
    line: RunningLine, language: Language, tmp_path: Path
) -> None:
    speaks = tone(tmp_path / "agent.wav", AGENT_HERTZ)
    number = line.number()
    with (
        agent(line, speaks, answers=False) as desk,
        line.call(number, speaks=tone(tmp_path / "caller.wav", CALLER_HERTZ)) as caller,
    ):
        caller.language = language
        caller.press(f"{KEY_OF[language]}0")
        caller.hears("agent.transfer")
        desk.wait_for("CALL_INCOMING", 10)
        assert caller.listener.listen_until(lambda: bool(caller.listener.strange), 10), (
            "no hold music"
        )
        desk.accept()
        desk.wait_for("CALL_ESTABLISHED", 10)
        assert caller.listener.listen_until(lambda: has_tone(caller.phone.heard(), AGENT_HERTZ), 10)
        assert caller.listener.listen_until(lambda: has_tone(desk.heard(), CALLER_HERTZ), 10)
        latest = noted(line, number)
        assert [event.event for event in latest.agents] == ["connected"]
        assert latest.agents[0].agent == "agent1"
        assert (latest.language, latest.reason) == (language, "asked")
        desk.hangup()
        caller.is_hung_up()


def test_an_agent_is_asked_by_topic_and_key_customers_go_first(
    line: RunningLine, language: Language, tmp_path: Path
) -> None:
    number = line.subscriber(tariff="biznes")
    with (
        agent(line, tone(tmp_path / "agent.wav", AGENT_HERTZ), answers=False) as desk,
        line.call(number) as caller,
    ):
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#")
        caller.proves()
        caller.press("*52")
        caller.hears("menu.advice.handset-data", 40)
        caller.press("3")
        caller.hears("advice.roaming", 60)
        caller.press("0")
        caller.hears("agent.transfer")
        desk.wait_for("CALL_INCOMING", 10)
        waiting = console(line, f"queue show agents-roaming-{language}")
        assert "1. PJSIP/trunk" in waiting
        assert "prio: 10" in waiting
        assert "No Callers" in console(line, "queue show agents")


def console(line: RunningLine, command: str) -> str:
    """What the line's Asterisk answers on its console."""
    programs = telephony.programs(line.container)
    etc = own_folders(line.settings.home).etc
    said = subprocess.run(
        [*programs.asterisk, "-C", str(etc / "asterisk.conf"), "-rx", command],
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )
    return said.stdout


def test_who_gives_up_waiting_is_in_the_journal(line: RunningLine, tmp_path: Path) -> None:
    with agent(line, tone(tmp_path / "a.wav", AGENT_HERTZ), answers=False) as desk:
        number = line.number()
        with line.call(number) as caller:
            caller.language = Language.RUSSIAN
            caller.press("20")
            desk.wait_for("CALL_INCOMING", 15)
            caller.phone.hangup()
        assert [event.event for event in noted(line, number).agents] == ["abandoned"]


def noted(line: RunningLine, number: str) -> Record:
    """The call of a number, once the journal knows what became of it in the queue."""

    def found() -> Record | None:
        for call in line.container.store.journal.newest(99):
            if call.caller == number and call.agents and call.outcome:
                return call
        return None

    return until(found)


def test_an_agent_who_declines_is_rung_once_and_the_caller_hears_that_nobody_is_free(
    line: RunningLine,
) -> None:
    with Declining(line.settings, "agent1") as agent, line.call(line.number()) as caller:
        caller.language = Language.ENGLISH
        caller.press("30")
        caller.hears("agent.transfer")
        caller.hears("callback.nobody", 15)
        (shown,) = agent.rings.values()
    assert shown.startswith('"asked, EN" <sip:993')


@pytest.mark.nightly
def test_nobody_answers_and_the_caller_may_wait_on(line: RunningLine, language: Language) -> None:
    with line.call(line.number()) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}0")
        caller.hears("agent.transfer")
        caller.hears("callback.nobody", 40)
        caller.press("0")
        caller.hears("agent.transfer")
        caller.hears("callback.nobody", 40)
