"""An agent's phone that forwards (302) has nothing dialled: neither a number nor another way.

It has a pause, of no length here: so it is rung again by the caller's next wait.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from ivr.telephony.lock import PortLock
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from tests.e2e.installation import short_folder
from tests.e2e.line import RunningLine
from tests.e2e.peer import Peer
from tests.e2e.test_bad_days import asterisk_alone

SECONDS = 20.0


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    """Every caller is sent to the agents."""
    folder = short_folder()

    def to_the_agents(session: AgiSession) -> None:
        session.set("IVR_NEXT", "agent")
        session.set("IVR_DONE", "1")

    with asterisk_alone(folder / "home", agent_pause_seconds=0) as line:
        lock = PortLock.of(line.settings)
        server = LineServer(line.settings.agi_bind, 9, to_the_agents, to_the_agents, lock=lock)
        server.start()
        yield line
        server.close()
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "target",
    [
        *(
            pytest.param(each, marks=pytest.mark.nightly)
            for each in ("0890@127.0.0.1", "6990123@{0}", "agent1@{0}")
        ),
        "PJSIP%2ftrunk%2fsip%3a6990123%40{0}@127.0.0.1",
    ],
)
def test_a_phone_that_forwards_is_rung_again_and_nobody_else(
    line: RunningLine, target: str
) -> None:
    with (
        Peer(line.settings, seconds=SECONDS) as agent,
        Peer(line.settings) as elsewhere,
        Peer(line.settings) as caller,
    ):
        agent.register("agent1", line.settings.secret("agent_secret"))
        call = caller.invite("0890", {"From": f"<sip:{line.number()}@127.0.0.1>;tag=a"})
        assert call.status == 200
        head = agent.rung()
        agent.reply(head, "302 Moved", f"sip:{target.format(f'127.0.0.1:{elsewhere.port}')}")
        again = agent.rung()  # the same phone is the only one that is dialled
        while again["Call-ID"] == head["Call-ID"]:
            again = agent.rung()
        agent.reply(again, "486 Busy Here")
        assert elsewhere.hears_nothing()
        call.hang_up()
