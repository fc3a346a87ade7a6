"""Agents who decline, are away or do not answer: each is rung once, and the caller is told so."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import pytest

from ivr.telephony.lock import PortLock
from ivr.telephony.server import LineServer
from tests.e2e.declining import NOTHING, Declining, Sends
from tests.e2e.installation import line_settings, short_folder
from tests.e2e.line import RunningLine
from tests.e2e.peer import Answer, Peer
from tests.e2e.test_agents import console
from tests.e2e.test_bad_days import asterisk_of
from tests.nightly import nightly
from tests.waiting import until

AGENTS = ("agent1", "agent2")
PAUSE_SECONDS = 3600
BACK_SECONDS = 30.0
STATUSES = {
    "486 Busy Here": "declined",
    "603 Decline": "declined",
    "302 Moved Temporarily": "forwards",
}
"""Answers of a phone, and the reason of the pause."""
MORE = {
    NOTHING: "Auto-Pause",
    "600 Busy Everywhere": "declined",
    "480 Temporarily Unavailable": "",
    "404 Not Found": "unreachable",
    "408 Request Timeout": "",
    "488 Not Acceptable Here": "",
    "500 Server Internal Error": "",
    "503 Service Unavailable": "unreachable",
}
"""Of all other kinds; empty: one of them."""


@dataclass
class Agency:
    """Asterisk with two agents' phones, and every caller on the way to them."""

    line: RunningLine
    sends: Sends

    def rings(self, *agents: Declining) -> list[int]:
        """A caller comes and is back; how often each phone was rung meanwhile."""
        states = partial(console, self.line, "queue show agents")
        until(lambda: states().count("(Not in use)") == len(agents), states)
        before = [len(agent.rings) for agent in agents]
        with Peer(self.line.settings) as caller:
            call = self.call(caller)
            assert self.sends.back.acquire(timeout=BACK_SECONDS)
            call.hang_up()
        return [len(agent.rings) - was for agent, was in zip(agents, before, strict=True)]

    def call(self, caller: Peer) -> Answer:
        call = caller.invite("0890", {"From": f"<sip:{self.line.number()}@127.0.0.1>;tag=a"})
        assert call.status == 200
        return call

    def declining(self, status: str) -> list[Declining]:
        return [Declining(self.line.settings, name, status) for name in AGENTS]


@pytest.fixture(scope="module")
def running() -> Iterator[Agency]:
    folder = short_folder()
    sends = Sends()
    settings = line_settings(
        folder / "home",
        callback_seconds=20,
        agent_seconds=3,
        agent_pause_seconds=PAUSE_SECONDS,
    )
    with asterisk_of(settings, AGENTS) as line:
        lock = PortLock.of(line.settings)
        server = LineServer(line.settings.agi_bind, 9, sends, sends, lock=lock)
        server.start()
        yield Agency(line, sends)
        server.close()
    shutil.rmtree(folder)


@pytest.fixture
def agency(running: Agency) -> Agency:
    """Nobody has a pause, as after the command that docs/operations.md names."""
    for name in AGENTS:
        console(running.line, f"queue unpause member PJSIP/{name}")
    console(running.line, "database deltree rung")
    return running


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        *STATUSES.items(),
        *(nightly(*each) for each in MORE.items()),
    ],
)
def test_each_is_rung_once_and_has_a_pause_until_it_is_over(
    agency: Agency, status: str, reason: str
) -> None:
    with ExitStack() as stack:
        one, other = [stack.enter_context(each) for each in agency.declining(status)]
        assert agency.rings(one, other) == [1, 1]
        assert console(agency.line, "queue show agents").count(f"(paused:{reason}") == 2
        assert agency.rings(one, other) == [0, 0]
        console(agency.line, "queue unpause member PJSIP/agent2")
        assert agency.rings(one, other) == [0, 1]
        console(agency.line, "database put rung agent1 1")
        assert agency.rings(one, other) == [1, 0]


def test_a_queue_of_one_tells_the_truth_at_once(agency: Agency) -> None:
    with Declining(agency.line.settings, "agent1") as only:
        assert agency.rings(only) == [1]


@pytest.mark.nightly
def test_a_ring_that_the_end_of_the_wait_cuts_short_leads_back_too(agency: Agency) -> None:
    """The queue gives the pause after a ring of any length; it must end by itself."""
    agency.sends.variables = {"IVR_WAIT": "4"}
    with Declining(agency.line.settings, "agent1", NOTHING) as agent:
        assert agency.rings(agent) == [1]
        agency.sends.variables = {}
        assert "(paused:Auto-Pause" in console(agency.line, "queue show agents")
        rung = console(agency.line, "database show rung agent1")
        assert re.search(r"/rung/agent1 *: *[0-9]+", rung), rung
        console(agency.line, "database put rung agent1 1")
        assert agency.rings(agent) == [1]


def test_who_gives_up_while_it_rings_costs_the_agent_no_pause(agency: Agency) -> None:
    with Declining(agency.line.settings, "agent1", NOTHING) as agent:
        with Peer(agency.line.settings) as caller:
            call = agency.call(caller)
            while not agent.rings:
                pass
            call.hang_up()
        shown = partial(console, agency.line, "database show rung agent1")
        until(lambda: re.search(r"/rung/agent1 *: *$", shown(), re.M))
        queue = console(agency.line, "queue show agents").splitlines()
        (here,) = (each for each in queue if "PJSIP/agent1" in each)
        assert "(paused:" not in here


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        (
            {"IVR_TOPIC": "roaming", "IVR_LANGUAGE": "ru", "IVR_PROOF": "verified"},
            "roaming, RU, verified",
        ),
        ({"IVR_LANGUAGE": "tk", "IVR_REASON": "asked"}, "asked, TK"),
        (
            {"IVR_TOPIC": "", "IVR_LANGUAGE": "en", "IVR_REASON": "billing unavailable"},
            "billing unavailable, EN",
        ),
        ({"IVR_REASON": "noinput"}, "noinput"),
        ({"IVR_TOPIC": "x<sip:1@2>;$y", "IVR_LANGUAGE": "tk"}, "xsip12y, TK"),
    ],
)
def test_the_phone_shows_topic_language_and_proof(
    agency: Agency, variables: dict[str, str], shown: str
) -> None:
    agency.sends.variables = variables
    with Declining(agency.line.settings, "agent1") as agent:
        assert agency.rings(agent) == [1]
    (sender,) = agent.rings.values()
    assert re.match(rf'"{shown}" <sip:993\d+@', sender), sender


@pytest.mark.parametrize("topic", ['x", <sip:1@2>', "${SHELL(id)}", "a\\b", "é·", '"'])
def test_the_phone_shows_nothing_but_words_of_ours(agency: Agency, topic: str) -> None:
    agency.sends.variables = {"IVR_TOPIC": topic, "IVR_LANGUAGE": "tk"}
    with Declining(agency.line.settings, "agent1") as agent:
        assert agency.rings(agent) == [1]
    (sender,) = agent.rings.values()
    assert re.match(r'"[a-zA-Z0-9, -]*" <sip:993\d+@', sender), sender
    assert sender.count("<") == 1
