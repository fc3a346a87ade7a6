"""All services for calls with agents, on fakes, without threads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from ivr.contacts.callbacks import AgentCallbackService
from ivr.contacts.cards import CardService
from ivr.contacts.center import ContactCenter
from ivr.contacts.conversations import ConversationService
from ivr.contacts.handback import HandBackService
from ivr.contacts.identifying import CallIdentification
from ivr.contacts.live import LiveCalls
from ivr.contacts.membership import Membership
from ivr.contacts.presence import PresenceService
from ivr.contacts.seats import SeatService
from ivr.contacts.serving import ServingService
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import DataRead
from ivr.domain.callbacks import Callback, CallbackStatus
from ivr.domain.card import Card
from ivr.domain.contacts import AgentConnected, AgentRang, CallJoined, QueueEvent, Skills
from ivr.domain.journal import Record
from ivr.domain.paging import Page
from ivr.domain.presence import AgentState, AgentStatus
from ivr.domain.values import Language, Msisdn
from ivr.ports.audit import Readings
from ivr.ports.lists import CallbackList, CallList
from ivr.testing.acting import at_desk
from ivr.testing.contacts import (
    FixedSeatSecrets,
    MemoryCallControl,
    MemoryContacts,
    MemoryQueues,
    MemorySeatLoans,
    agent_session,
)
from ivr.testing.demo import Operator, demo_operator

ALL = Skills(frozenset(Language))
CHANNEL = "PJSIP/trunk-0000000a"
TEXTS = ("sms.settings.data", "advice.roaming")
NODES = frozenset({"main", "number-puk"})


class AtOnce(Executor):
    """Does everything in the caller's thread."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass
class Calls(CallList):
    """The journal."""

    records: list[Record] = field(default_factory=list)

    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        since: datetime | None = None,
        caller: Msisdn | None = None,
    ) -> Page[Record]:
        mine: Sequence[Record] = [
            each
            for each in self.records
            if each.caller == caller and (since is None or each.started >= since)
        ]
        return Page(tuple(mine[:most]), None)

    def get(self, id: str) -> Record | None:
        return next((each for each in self.records if each.id == id), None)


@dataclass
class Read(Readings):
    """The readings of personal data: who, what, of which number."""

    noted: list[tuple[str, DataRead]] = field(default_factory=list)

    def note_read(self, actor: Actor, key: OperationKey, read: DataRead, at: datetime) -> None:
        self.noted.append((actor.id, read))


@dataclass
class CallbacksListed(CallbackList):
    """The call-backs as lists."""

    rows: list[Callback] = field(default_factory=list)

    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        status: CallbackStatus | None = None,
        number: Msisdn | None = None,
    ) -> Page[Callback]:
        return Page([each for each in self.rows if each.status is status][:most], None)

    def due(
        self, languages: Collection[Language], at: datetime, since: datetime, most: int
    ) -> Sequence[Callback]:
        return [
            each
            for each in self.rows
            if each.status is CallbackStatus.OPEN
            and (each.language is None or each.language in languages)
        ]


@dataclass
class Office:
    operator: Operator = field(default_factory=demo_operator)
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    loans: MemorySeatLoans = field(default_factory=MemorySeatLoans)
    control: MemoryCallControl = field(default_factory=MemoryCallControl)
    calls: Calls = field(default_factory=Calls)
    readings: Read = field(default_factory=Read)
    callback_list: CallbacksListed = field(default_factory=lambda: CallbacksListed())
    shown: list[tuple[str, Card]] = field(default_factory=list)
    _forms: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Start the desk's process: what it had in memory is gone."""
        clock, book = self.operator.clock, self.operator.orders
        self.live = LiveCalls(clock.now)
        self.seats = SeatService(self.loans, FixedSeatSecrets(), clock)
        membership = Membership(self.queues, self.loans, lambda: ("payments",))
        self.presence = PresenceService(membership, self.contacts, clock)
        self.cards = CardService(
            self.live,
            self.control,
            self.contacts,
            book,
            self.calls,
            lambda: self.operator.care,
            clock,
            self.readings,
            AtOnce(),
            [lambda seat, card: self.shown.append((seat, card))],
        )
        self.conversations = ConversationService(
            self.contacts, self.cards, self.presence, book, clock
        )
        self.center = ContactCenter(self.presence, self.conversations, self.cards)
        self.handback = HandBackService(
            self.live,
            self.cards,
            self.control,
            self.contacts,
            clock,
            lambda _release: NODES,
            lambda: ("payments",),
        )
        self.identification = CallIdentification(
            self.live, self.cards, lambda: self.operator.care, self.operator.attempts, clock
        )
        self.serving = ServingService(
            self.live, self.cards, self.presence, lambda: self.operator.care, lambda: TEXTS
        )
        self.callbacks = AgentCallbackService(
            self.callback_list, lambda: self.operator.care.callbacks, self.readings, clock
        )

    def talks(self, call: str = "c1", agent: str = "aygul") -> None:
        """The agent has taken a call."""
        self.rings(call)
        self.hear(AgentConnected(call, "seat-01", "agents-ru", 3))

    def act(self, agent: str = "aygul") -> tuple[Actor, OperationKey]:
        """An agent with a form that was not sent before."""
        return at_desk(agent, f"form-{next(self._forms)}")

    def comes(self, agent: str = "aygul", session: int = 1, skills: Skills = ALL) -> None:
        """An agent gets a seat and checks in."""
        assert self.seats.lend(agent_session(session, agent))
        self.presence.check_in(*self.act(agent), skills)

    def hear(self, *events: QueueEvent) -> None:
        """What Asterisk tells."""
        for event in events:
            self.cards.hear(event)
            self.center.handle(event)

    def rings(self, call: str = "c1", seat: str = "seat-01", caller: str = "99365123456") -> None:
        """A caller joins a queue, and a phone rings."""
        self.hear(
            CallJoined(call, "agents-ru", CHANNEL, caller),
            AgentRang(call, seat, "agents-ru", CHANNEL, caller),
        )

    def later(self, seconds: float, *, beats: Sequence[str] = ("aygul",)) -> None:
        """Time passes; the pages of ``beats`` are alive."""
        self.operator.clock.sleep(seconds)
        for agent in beats:
            self.presence.beat(agent)
        self.center.tick()
        self.conversations.sweep()

    def status(self, agent: str = "aygul") -> AgentStatus:
        return self.presence.status(agent)

    def state(self, agent: str = "aygul") -> AgentState:
        return self.status(agent).state
