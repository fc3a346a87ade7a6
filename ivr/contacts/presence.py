"""The states of all agents: keeps them, stores them, and tells Asterisk.

The desk's process has one PresenceService. Pages call its operations; ``hear`` and ``tick`` are
called by one thread, which may wait for Asterisk and for the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from ivr.contacts.skills import memberships
from ivr.contacts.states import RULES, Availability, advance, availability, offline
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.contacts import (
    AgentCompleted,
    AgentConnected,
    AgentNotAnswered,
    AgentRang,
    CallLeft,
    QueueEvent,
    QueuesStarted,
    SeatMember,
    SeatUnreachable,
    Skills,
    Span,
)
from ivr.domain.presence import (
    AgentState,
    AgentStatus,
    Answered,
    CheckedIn,
    CheckedOut,
    Described,
    Ended,
    Heartbeat,
    NotAnswered,
    Paused,
    PauseReason,
    PresenceEvent,
    PresenceRules,
    Rang,
    StoppedRinging,
    Tick,
    Unreachable,
    WentReady,
    WrapUpExtended,
)
from ivr.domain.rights import Right
from ivr.errors import TemporarilyUnavailable
from ivr.ports.clock import Clock
from ivr.ports.contacts import AgentQueues, ContactRepository, SeatLoans
from ivr.staff.rights import require

log = structlog.get_logger()

Listener = Callable[[str, AgentStatus, AgentStatus], None]
"""Called with an agent's name, the old and the new status."""
ALL_SKILLS = Skills(frozenset())


@dataclass
class _Agent:
    status: AgentStatus
    skills: Skills = ALL_SKILLS
    told: tuple[Availability, str] | None = None
    """What Asterisk knows; None: it must be told."""
    key: OperationKey | None = None
    """The key of the newest operation."""


@dataclass
class PresenceService:
    """Thread-safe. Operations of agents raise Forbidden if the actor may not take calls."""

    queues: AgentQueues
    spans: ContactRepository
    loans: SeatLoans
    clock: Clock
    topics: Callable[[], Iterable[str]]
    """The topics of the live release."""
    rules: PresenceRules = RULES
    listeners: list[Listener] = field(default_factory=list)
    _agents: dict[str, _Agent] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def check_in(self, actor: Actor, key: OperationKey, skills: Skills) -> AgentStatus:
        """Begin to work: the page has tested sound and microphone, and a seat is lent."""
        require(actor, Right.TAKE_CALLS)
        with self._lock:
            agent = self._agent(actor.id)
            agent.skills = skills
            agent.told = None
            return self._do(actor, key, CheckedIn())

    def ready(self, actor: Actor, key: OperationKey) -> AgentStatus:
        """Take calls again, after a pause, a sleep or a wrap-up."""
        return self._do(actor, key, WentReady())

    def pause(self, actor: Actor, key: OperationKey, reason: PauseReason) -> AgentStatus:
        """Begin a pause; in a call: after it."""
        return self._do(actor, key, Paused(reason))

    def extend(self, actor: Actor, key: OperationKey) -> AgentStatus:
        """Begin the time for the wrap-up anew."""
        until = self.clock.now() + self.rules.wrap_up
        return self._do(actor, key, WrapUpExtended(until))

    def check_out(self, actor: Actor, key: OperationKey) -> AgentStatus:
        """End the work; in a talk: after it."""
        return self._do(actor, key, CheckedOut())

    def beat(self, agent: str, *, has_microphone: bool = True) -> AgentStatus:
        """Take a sign of life of an agent's page. It comes every two seconds and is not stored."""
        return self._apply(agent, Heartbeat(has_microphone))

    def described(self, agent: str, call: str) -> AgentStatus:
        """End the wrap-up of a call: it is described."""
        return self._apply(agent, Described(call))

    def status(self, agent: str) -> AgentStatus:
        with self._lock:
            return self._agent(agent).status

    def statuses(self) -> Mapping[str, AgentStatus]:
        """Return the states of all agents that are known, by name."""
        with self._lock:
            return {name: each.status for name, each in self._agents.items()}

    def restore(self, skills: Callable[[str], Skills]) -> None:
        """Take over the states that an earlier process has stored. Pages then have the usual time
        to give a sign of life."""
        now = self.clock.now()
        with self._lock:
            for span in self.spans.open_spans():
                if span.state is not AgentState.OFFLINE:
                    until = now + self.rules.wrap_up if span.state is AgentState.WRAP_UP else None
                    status = AgentStatus(span.state, span.begun, span.reason, span.call, now, until)
                    self._agents[span.agent] = _Agent(status, skills(span.agent))

    def hear(self, event: QueueEvent) -> None:
        """Take an event of the queues."""
        match event:
            case AgentRang(call=call, seat=seat):
                self._seat(seat, Rang(call))
            case AgentConnected(call=call, seat=seat):
                self._seat(seat, Answered(call))
            case AgentCompleted(call=call, seat=seat):
                self._seat(seat, Ended(call))
            case AgentNotAnswered(call=call, seat=seat):
                self._seat(seat, NotAnswered(call))
            case SeatUnreachable(seat=seat):
                self._seat(seat, Unreachable())
            case CallLeft(call=call, is_abandoned=True):
                self._stop_ringing(call)
            case QueuesStarted():
                self.reconcile()

    def tick(self) -> None:
        """Let time pass for all agents, and tell Asterisk what it could not be told before."""
        for name in self.statuses():
            self._apply(name, Tick())

    def reconcile(self) -> None:
        """Compare Asterisk's members with the agents: after a restart of either, every minute.

        Members that belong to nobody leave. A talk of which the end was not heard ends.
        """
        with self._lock:
            try:
                members, loans = self.queues.members(), self.loans.loans()
                for seat in members.keys() - loans.keys():
                    self.queues.leave(seat)
            except TemporarilyUnavailable as error:
                log.warning("the members of the queues are not compared", reason=str(error))
                return
            by_agent = {agent: seat for seat, agent in loans.items()}
            for name, agent in list(self._agents.items()):
                member = members.get(by_agent.get(name, ""), SeatMember({}))
                agent.told = None
                status = agent.status
                match status.state:
                    case AgentState.TALKING if not member.is_talking:
                        self._apply(name, Ended(status.call))
                    case AgentState.RINGING if member.is_talking:
                        self._apply(name, Answered(status.call))
                    case AgentState.RINGING if not member.is_ringing:
                        self._apply(name, StoppedRinging(status.call))
                    case _:
                        self._tell(name, agent)

    def _do(self, actor: Actor, key: OperationKey, event: PresenceEvent) -> AgentStatus:
        """Apply an operation of an agent once."""
        require(actor, Right.TAKE_CALLS)
        with self._lock:
            agent = self._agent(actor.id)
            if agent.key == key:
                return agent.status
            agent.key = key
            return self._apply(actor.id, event, key)

    def _seat(self, seat: str, event: PresenceEvent) -> None:
        try:
            name = self.loans.loans().get(seat)
        except TemporarilyUnavailable as error:
            log.error("an event of a seat is lost", seat=seat, reason=str(error))
            return
        if name:
            self._apply(name, event)

    def _stop_ringing(self, call: str) -> None:
        for name, status in self.statuses().items():
            if status.state is AgentState.RINGING and status.call == call:
                self._apply(name, StoppedRinging(call))

    def _agent(self, name: str) -> _Agent:
        known = self._agents.get(name)
        if known is None:
            known = self._agents[name] = _Agent(offline(self.clock.now()))
            known.told = (Availability.ABSENT, "")
        return known

    def _apply(
        self, name: str, event: PresenceEvent, key: OperationKey | None = None
    ) -> AgentStatus:
        with self._lock:
            agent = self._agent(name)
            before, now = agent.status, self.clock.now()
            agent.status = after = advance(before, event, now, self.rules)
            if _span_of(before) != _span_of(after):
                self._store(name, after, key)
                for listener in self.listeners:
                    listener(name, before, after)
                self._tell(name, agent)
            elif isinstance(event, Tick | CheckedIn):  # a heartbeat never waits for Asterisk
                self._tell(name, agent)
            return agent.status

    def _store(self, name: str, status: AgentStatus, key: OperationKey | None) -> None:
        span = Span(name, status.state, status.reason, status.call, status.since)
        try:
            self.spans.begin_span(span, key)
        except TemporarilyUnavailable as error:
            log.error("the state of an agent is not stored", agent=name, reason=str(error))

    def _tell(self, name: str, agent: _Agent) -> None:
        """Tell Asterisk the availability of an agent, if it does not know it."""
        wanted = availability(agent.status), agent.status.reason
        if agent.told == wanted:
            return
        try:
            seat = _seat_of(name, self.loans.loans())
            if seat:
                self._set(seat, name, agent, *wanted)
            is_told = seat or wanted[0] is Availability.ABSENT
            agent.told = wanted if is_told else None  # a seat may be lent later
        except TemporarilyUnavailable as error:
            agent.told = None
            log.warning("Asterisk does not know an agent's state", agent=name, reason=str(error))

    def _set(self, seat: str, name: str, agent: _Agent, wanted: Availability, reason: str) -> None:
        is_member = agent.told is not None and agent.told[0] is not Availability.ABSENT
        if not is_member and wanted is not Availability.ABSENT:
            self.queues.join(seat, name, memberships(agent.skills, self.topics()))
        match wanted:
            case Availability.FREE:
                self.queues.free(seat)
            case Availability.BUSY:
                self.queues.occupy(seat)
            case Availability.AWAY:
                self.queues.pause(seat, reason)
            case Availability.ABSENT:
                self.queues.leave(seat)
                self.loans.take_back(name)


def _seat_of(agent: str, loans: Mapping[str, str]) -> str:
    return next((seat for seat, each in loans.items() if each == agent), "")


def _span_of(status: AgentStatus) -> tuple[AgentState, str, str, datetime]:
    return status.state, status.reason, status.call, status.since
