"""The states of all agents: keeps them, stores them, and tells Asterisk.

The desk's process has one PresenceService. Pages call its operations; ``hear`` and ``tick`` are
called by one thread, which may wait for Asterisk and for the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from ivr.contacts.membership import Membership
from ivr.contacts.states import RULES, advance, offline
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
from ivr.ports.contacts import ContactRepository
from ivr.staff.rights import require

log = structlog.get_logger()

Listener = Callable[[str, AgentStatus, AgentStatus], None]
"""Called with an agent's name, the old and the new status."""
MOST_UNSTORED = 10_000
"""States that are kept while the database is away."""
NO_SKILLS = Skills(frozenset())


@dataclass
class _Agent:
    status: AgentStatus
    skills: Skills = NO_SKILLS
    key: OperationKey | None = None
    """The key of the newest operation."""


@dataclass
class PresenceService:
    """Thread-safe. Operations of agents raise Forbidden if the actor may not take calls."""

    membership: Membership
    spans: ContactRepository
    clock: Clock
    rules: PresenceRules = RULES
    listeners: list[Listener] = field(default_factory=list)
    _agents: dict[str, _Agent] = field(default_factory=dict)
    _unstored: list[tuple[Span, OperationKey | None]] = field(default_factory=list)
    """States that the database could not store yet, oldest first."""
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def check_in(self, actor: Actor, key: OperationKey, skills: Skills) -> AgentStatus:
        """Begin to work: the page has tested sound and microphone, and a seat is lent."""
        require(actor, Right.TAKE_CALLS)
        with self._lock:
            agent = self._agent(actor.id)
            if agent.skills != skills:
                agent.skills = skills
                self.membership.forget(actor.id)
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
                    self.membership.forget(span.agent)

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
        """Let time pass for all agents. Store, and tell Asterisk, what was not possible before."""
        for name in self.statuses():
            self._apply(name, Tick())
        with self._lock:
            self._write()

    def reconcile(self) -> None:
        """Compare Asterisk's members with the agents: after a restart of either, and sometimes.

        A talk of which the end was not heard ends.
        """
        with self._lock:
            skills = {name: agent.skills for name, agent in self._agents.items()}
            try:
                members = self.membership.compare(skills)
            except TemporarilyUnavailable as error:
                log.warning("the members of the queues are not compared", reason=str(error))
                return
            for name, status in self.statuses().items():
                member = members.get(name, SeatMember({}))
                match status.state:
                    case AgentState.TALKING if not member.is_talking:
                        self._apply(name, Ended(status.call))
                    case AgentState.RINGING if member.is_talking:
                        self._apply(name, Answered(status.call))
                    case AgentState.RINGING if not member.is_ringing:
                        self._apply(name, StoppedRinging(status.call))
                    case _:
                        self._apply(name, Tick())

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
        if name := self.membership.agent_at(seat):
            self._apply(name, event)

    def _stop_ringing(self, call: str) -> None:
        for name, status in self.statuses().items():
            if status.state is AgentState.RINGING and status.call == call:
                self._apply(name, StoppedRinging(call))

    def _agent(self, name: str) -> _Agent:
        return self._agents.setdefault(name, _Agent(offline(self.clock.now())))

    def _apply(
        self, name: str, event: PresenceEvent, key: OperationKey | None = None
    ) -> AgentStatus:
        with self._lock:
            agent = self._agent(name)
            before, now = agent.status, self.clock.now()
            agent.status = after = advance(before, event, now, self.rules)
            is_new = _span_of(before) != _span_of(after)
            if is_new:
                span = Span(name, after.state, after.reason, after.call, after.since)
                self._unstored.append((span, key))
                self._write()
                for listener in self.listeners:
                    listener(name, before, after)
            if is_new or isinstance(event, Tick | CheckedIn):  # a heartbeat waits for nobody
                self.membership.tell(name, agent.status, agent.skills)
            return agent.status

    def _write(self) -> None:
        """Store the states in their order; keep what the database cannot take now."""
        try:
            while self._unstored:
                self.spans.begin_span(*self._unstored[0])
                del self._unstored[0]
        except TemporarilyUnavailable as error:
            log.error("states of agents are not stored yet", reason=str(error))
            del self._unstored[:-MOST_UNSTORED]


def _span_of(status: AgentStatus) -> tuple[AgentState, str, str, datetime]:
    return status.state, status.reason, status.call, status.since
