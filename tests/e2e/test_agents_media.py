"""An agent who puts the caller on hold, and one whose phone vanishes in the middle of a call."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ivr.softphone.phone import Account, Phone
from ivr.telephony.lock import PortLock
from ivr.telephony.server import LineServer
from tests.e2e.declining import Sends
from tests.e2e.installation import line_settings, short_folder
from tests.e2e.line import Caller, RunningLine
from tests.e2e.sound import has_tone, is_loud, tone
from tests.e2e.test_agents import console
from tests.e2e.test_bad_days import asterisk_of

AGENT_HERTZ, CALLER_HERTZ = 700.0, 440.0
MEDIA_SECONDS = 5
"""Of both sides; 30 and 120 in production."""
WAIT_SECONDS = 30.0
SOUND_SECONDS = 15.0


@pytest.fixture(scope="module")
def sends() -> Sends:
    return Sends()


@pytest.fixture(scope="module")
def line(sends: Sends) -> Iterator[RunningLine]:
    """Asterisk with two agents' phones; every caller is on the way to them."""
    folder = short_folder()
    settings = line_settings(
        folder / "home",
        callback_seconds=60,
        media_seconds=MEDIA_SECONDS,
        agent_media_seconds=MEDIA_SECONDS,
        hold_minutes=1,
        agent_seconds=3,
    )
    with asterisk_of(settings, ("agent1", "agent2")) as line:
        lock = PortLock.of(line.settings)
        server = LineServer(line.settings.agi_bind, 9, sends, sends, lock=lock)
        server.start()
        yield line
        server.close()
    shutil.rmtree(folder)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@contextmanager
def agent(line: RunningLine, name: str, speaks: Path) -> Iterator[Phone]:
    """A phone that takes every call."""
    account = Account(name, line.settings.sip_bind, line.settings.secret("agent_secret"))
    with line.phone(account, answers=True, speaks=speaks) as phone:
        phone.wait_for("REGISTER_OK", 10)
        yield phone


def talks(line: RunningLine, stack: ExitStack, desk: Phone, folder: Path) -> Caller:
    """A new caller, who talks with an agent."""
    speaks = tone(folder / "caller.wav", CALLER_HERTZ, 240.0)
    caller = stack.enter_context(line.call(line.number(), speaks=speaks))
    hear_each_other(caller, desk)
    return caller


def hear_each_other(caller: Caller, desk: Phone) -> None:
    """From now on."""
    there = len(desk.heard()) // 2
    hears_agent(caller)
    assert caller.listener.listen_until(
        lambda: has_tone(desk.heard(there), CALLER_HERTZ), SOUND_SECONDS
    )


def hears_agent(caller: Caller) -> None:
    """From now on."""
    here = len(caller.phone.heard()) // 2
    assert caller.listener.listen_until(
        lambda: has_tone(caller.phone.heard(here), AGENT_HERTZ), SOUND_SECONDS
    )


def hears_music(caller: Caller) -> bool:
    heard = caller.phone.heard()
    return is_loud(heard) and not has_tone(heard, AGENT_HERTZ)


def packets_to(line: RunningLine, name: str) -> int:
    """Of sound, sent to an agent's phone. What it hears after a hold baresip does not record."""
    said = console(line, "pjsip show channelstats")
    found = re.search(rf"{name}-\S+ +\S+ +\S+ +\d+ +\d+ +\d+ +\S+ +(\d+)", said)
    return int(found[1]) if found else 0


def waits(line: RunningLine) -> bool:
    """Whether a caller is in the agents' queue."""
    return "1. PJSIP/trunk" in console(line, "queue show agents")


def test_a_caller_on_hold_is_taken_back_and_one_whose_agent_vanishes_gets_another(
    line: RunningLine, stack: ExitStack, tmp_path: Path
) -> None:
    """The one on hold has been so for longer than it takes to notice the other's end."""
    speaks = tone(tmp_path / "agent.wav", AGENT_HERTZ, 240.0)
    one = stack.enter_context(agent(line, "agent1", speaks))
    first = talks(line, stack, one, tmp_path)
    other = stack.enter_context(agent(line, "agent2", speaks))
    second = talks(line, stack, other, tmp_path)

    one.hold()
    assert first.listener.listen_until(lambda: hears_music(first), SOUND_SECONDS)
    os.kill(other.pid, signal.SIGKILL)
    assert second.listener.listen_until(lambda: waits(line), WAIT_SECONDS), (
        "the bridge is dead for ever"
    )
    assert not second.phone.ended
    assert not first.phone.ended

    one.resume()
    hears_agent(first)
    before = packets_to(line, "agent1")
    assert first.listener.listen_until(lambda: packets_to(line, "agent1") > before, SOUND_SECONDS)
    one.hangup()
    first.is_hung_up()
    hears_agent(second)
    one.hangup()
    second.is_hung_up()


@pytest.mark.nightly
def test_an_agent_who_vanishes_while_the_caller_is_on_hold_keeps_nobody_for_ever(
    line: RunningLine, sends: Sends, stack: ExitStack, tmp_path: Path
) -> None:
    """After IVR_HOLD_MINUTES the caller is in the queue again; as nobody else is there, back."""
    desk = stack.enter_context(
        agent(line, "agent1", tone(tmp_path / "agent.wav", AGENT_HERTZ, 240.0))
    )
    caller = talks(line, stack, desk, tmp_path)
    desk.hold()
    assert caller.listener.listen_until(lambda: hears_music(caller), SOUND_SECONDS)
    os.kill(desk.pid, signal.SIGKILL)
    assert not sends.back.acquire(blocking=False)
    assert sends.back.acquire(timeout=60 + WAIT_SECONDS)
    caller.is_hung_up()
