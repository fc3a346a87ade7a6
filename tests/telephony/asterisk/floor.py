"""A floor of agents: a real Asterisk with seats, the desk's services, and callers on their way."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.card import Card
from ivr.domain.contacts import AgentCompleted, AgentConnected, Skills
from ivr.domain.presence import AgentState, AgentStatus
from ivr.domain.values import Language
from ivr.flow.checkpoint import CHECKPOINT as VARIABLE
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.checkpoints import CheckpointStore
from ivr.telephony.configuration import render
from ivr.telephony.lock import PortLock
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from ivr.testing.acting import at_desk
from ivr.testing.contacts import agent_session
from ivr.wiring import contacts as wiring
from ivr.wiring import telephony
from ivr.wiring.container import Container, prepare_database
from tests.e2e.installation import line_settings, short_folder, sounds_made
from tests.e2e.peer import Answer, Peer
from tests.publishing import publish
from tests.telephony.browser_phone import BrowserPhone
from tests.waiting import until

ALL = Skills(frozenset(Language))
RING_SECONDS = 3
BEAT_SECONDS = 1.0
CHECKPOINT = "language=ru&release=1&node=main&step=3"


@dataclass
class LineOfFloor:
    """The line's part: sends callers to the agents, and takes those who come back."""

    variables: dict[str, str] = field(default_factory=dict)
    """Set on the way to the agents."""
    checkpoint: str = CHECKPOINT
    back: SimpleQueue[str] = field(default_factory=SimpleQueue)
    """The checkpoints with which callers came back."""

    def __call__(self, session: AgiSession) -> None:
        if session.get(VARIABLE):
            self.back.put(session.get(VARIABLE))
            session.set("IVR_NEXT", "bye")
        else:
            session.set(VARIABLE, self.checkpoint)
            for name, value in {"IVR_LANGUAGE": "ru", **self.variables}.items():
                session.set(name, value)
            session.set("IVR_NEXT", "agent")
        session.set("IVR_DONE", "1")


@dataclass
class Floor:
    container: Container
    asterisk: Asterisk
    line: LineOfFloor
    desk: wiring.Contacts
    cards: SimpleQueue[tuple[str, Card]] = field(default_factory=SimpleQueue)
    """Seats that ring, with the card that is shown."""
    _forms: Iterator[int] = field(default_factory=lambda: count(1))

    def forget(self) -> None:
        """Begin anew for the next test."""
        self.cards, self.line.back = SimpleQueue(), SimpleQueue()
        self.line.checkpoint = CHECKPOINT

    def describes(self, agent: str, seat: str) -> None:
        """An agent has ended a call and describes it."""
        for event in (AgentConnected("other", seat, "agents", 1), AgentCompleted("other", seat)):
            self.desk.center.hear(event)
        self.waits_for(agent, AgentState.WRAP_UP)
        until(lambda: not self.is_free(seat), self.show)

    def waiting(self, queue: str = "agents-ru") -> list[str]:
        """The numbers of those who wait in a queue, the first one first."""
        numbers = dict(re.findall(r"^(PJSIP/trunk-\S+) .*?(993\d{8})", self._channels(), re.M))
        channels = re.findall(r"^ +\d+\. (PJSIP/\S+)", self.show(queue), re.M)
        return [numbers.get(each, each) for each in channels]

    def has_waited_a_second(self, queue: str) -> bool:
        """Whether the newest caller of a queue waits for a second: queues count whole ones."""
        waits = re.findall(r"\(wait: ([0-9:]+),", self.show(queue))
        return bool(waits) and min(waits) > "0:00"

    def _channels(self) -> str:
        return self.asterisk.command("core show channels verbose")

    def act(self, agent: str) -> tuple[Actor, OperationKey]:
        """An agent, with a form of its own."""
        return at_desk(agent, f"{agent}-{next(self._forms)}")

    @contextmanager
    def beating(self, name: str) -> Iterator[None]:
        """An agent whose page is alive."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(BEAT_SECONDS):
                self.desk.presence.beat(name)

        thread = threading.Thread(target=beat)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    @contextmanager
    def agent(
        self, name: str, session: int, skills: Skills = ALL, answers: str = ""
    ) -> Iterator[BrowserPhone]:
        """An agent who has checked in with a browser phone; checked out at the end."""
        lent = self.desk.seats.lend(agent_session(session, name))
        assert lent is not None
        url = self.desk.seats.secrets.websocket()
        with BrowserPhone(url, lent.name, lent.password, answers) as phone:
            phone.register()
            self.desk.presence.check_in(*self.act(name), skills)
            with self.beating(name):
                until(lambda: self.is_free(lent.name), lambda: self.show())
                try:
                    yield phone
                finally:
                    self.desk.presence.check_out(*self.act(name))
        self.desk.seats.give_back(session)

    def is_free(self, seat: str) -> bool:
        """Whether Asterisk would ring a seat."""
        shown = self.show()
        mine = [line for line in shown.splitlines() if f"PJSIP/{seat}" in line]
        return any("(Not in use)" in each and "paused" not in each for each in mine)

    def show(self, queue: str = "agents") -> str:
        return self.asterisk.command(f"queue show {queue}")

    def waits_for(self, agent: str, state: AgentState) -> AgentStatus:
        """Wait until an agent is in a state."""
        presence = self.desk.presence
        until(lambda: presence.status(agent).state is state, lambda: presence.status(agent))
        return presence.status(agent)

    @contextmanager
    def caller(self, number: str, queue: str = "agents-ru", **variables: str) -> Iterator[Answer]:
        """A caller who waits in a queue, by ``variables`` of the line; hangs up at the end."""
        self.line.variables = variables
        with Peer(self.container.settings, seconds=20.0) as peer:
            call = peer.invite("0890", {"From": f"<sip:{number}@127.0.0.1>;tag=a"})
            assert call.status == 200
            until(lambda: number in self.waiting(queue), self._channels)
            yield call
            call.hang_up()


@contextmanager
def running_floor(**given: object) -> Iterator[Floor]:
    """A floor without static agents; ``given`` are settings."""
    folder = short_folder()
    sounds_made()
    settings = line_settings(
        folder / "home",
        callback_seconds=60,
        agent_seconds=RING_SECONDS,
        seats=4,
        seat_media_seconds=3600,  # our phones send no sound
        **given,
    )
    container = Container(settings)
    prepare_database(container)
    publish(container)
    programs = telephony.programs(container)
    live = container.release_cache.live()
    sounds = telephony.dialplan_sounds(live.prompts)
    configuration = render(settings, programs, sounds, (), topics=live.flow.topics)
    line = LineOfFloor()
    places = CheckpointStore(settings.home / "places")
    server = LineServer(
        settings.agi_bind, 9, line, line, lock=PortLock.of(settings), checkpoints=places
    )
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        server.start()
        stack.callback(server.close)
        output = settings.home / "logs" / "asterisk.out"
        asterisk = stack.enter_context(Asterisk(programs.asterisk, configuration, output))
        asterisk.wait_ready()
        desk = stack.enter_context(wiring.running(wiring.contacts(container)))
        floor = Floor(container, asterisk, line, desk)
        desk.cards.listeners.append(lambda seat, card: floor.cards.put((seat, card)))
        assert desk.link.connected.wait(20)
        yield floor
