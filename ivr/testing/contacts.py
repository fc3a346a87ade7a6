"""Calls with agents, in memory: queues, seats, conversations."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from ivr.contacts.skills import ALL, language_queue, topic_queue
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import IdentificationMethod
from ivr.domain.contacts import (
    Conversation,
    DescribedConversation,
    QueueMembers,
    Result,
    SeatMember,
    Span,
    WrapUp,
)
from ivr.domain.staff import Role, StaffSession, User
from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.ports.contacts import (
    AgentQueues,
    CallControl,
    ContactRepository,
    SeatLoans,
    SeatSecrets,
)


def agent_session(id: int, name: str) -> StaffSession:
    """Return the session of an agent who speaks all languages."""
    roles, at = frozenset({Role.AGENT}), datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    user = User(id, name, name.title(), Language.RUSSIAN, frozenset(Language), roles)
    return StaffSession(id, user, at, at, None, "127.0.0.1", "a browser")


How = Literal["free", "busy", "paused"]


@dataclass
class MemoryQueues(AgentQueues):
    """Members of queues, as Asterisk has them."""

    joined: dict[str, dict[str, int]] = field(default_factory=dict)
    """Queues and penalties by seat."""
    agents: dict[str, str] = field(default_factory=dict)
    how: dict[str, How] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    talking: set[str] = field(default_factory=set)
    ringing: set[str] = field(default_factory=set)
    is_away: bool = False
    """Asterisk does not answer."""
    names: frozenset[str] = frozenset(
        {ALL, *map(language_queue, Language), *(topic_queue("payments", each) for each in Language)}
    )

    def join(self, seat: str, agent: str, queues: Mapping[str, int]) -> None:
        self._check()
        there = {queue: penalty for queue, penalty in queues.items() if queue in self.names}
        self.joined[seat] = {**self.joined.get(seat, {}), **there}
        self.agents[seat] = agent
        self.how.setdefault(seat, "paused")

    def leave(self, seat: str) -> None:
        self._check()
        for each in (self.joined, self.agents, self.how, self.reasons):
            each.pop(seat, None)

    def free(self, seat: str) -> None:
        self._set(seat, "free")

    def occupy(self, seat: str) -> None:
        self._set(seat, "busy")

    def pause(self, seat: str, reason: str) -> None:
        self._set(seat, "paused", reason)

    def members(self) -> QueueMembers:
        self._check()
        members = {
            seat: SeatMember(
                queues,
                self.reasons.get(seat, "") if self.how[seat] == "paused" else None,
                seat in self.talking,
                seat in self.ringing,
            )
            for seat, queues in self.joined.items()
        }
        return QueueMembers(self.names, members)

    def _set(self, seat: str, how: How, reason: str = "") -> None:
        self._check()
        if seat in self.joined:
            self.how[seat], self.reasons[seat] = how, reason

    def _check(self) -> None:
        if self.is_away:
            raise TemporarilyUnavailable("asterisk")


@dataclass
class MemoryCallControl(CallControl):
    checkpoints: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    """Calls that were sent back: call, channel and checkpoint."""
    passed: list[tuple[str, str, Language | None]] = field(default_factory=list)
    """Calls that were passed on: channel, topic and language."""
    gone: set[str] = field(default_factory=set)
    """Calls or channels of callers who have hung up."""

    def keep(self, call: str, channel: str, checkpoint: str) -> None:
        self.checkpoints[call] = checkpoint

    def pass_on(self, channel: str, topic: str, language: Language | None) -> bool:
        if channel in self.gone:
            return False
        self.passed.append((channel, topic, language))
        return True

    def checkpoint(self, call: str, channel: str) -> str:
        return self.checkpoints.get(call, "")

    def send_back(self, call: str, channel: str, checkpoint: str) -> bool:
        if call in self.gone:
            return False
        self.sent.append((call, channel, checkpoint))
        return True


@dataclass
class MemorySeatLoans(SeatLoans):
    lent: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Session and agent by seat."""

    def lend(self, session: int, agent: str, seats: Sequence[str], at: datetime) -> str | None:
        self.lent = {
            seat: loan
            for seat, loan in self.lent.items()
            if seat in seats and (loan[0] != session or loan[1] == agent)
        }
        mine = next((seat for seat, loan in self.lent.items() if loan[1] == agent), None)
        found = mine or next((seat for seat in seats if seat not in self.lent), None)
        if found is not None:
            self.lent[found] = session, agent
        return found

    def seat_of(self, session: int) -> str | None:
        return next((seat for seat, loan in self.lent.items() if loan[0] == session), None)

    def give_back(self, session: int) -> None:
        self.lent = {seat: loan for seat, loan in self.lent.items() if loan[0] != session}

    def take_back(self, agent: str) -> None:
        self.lent = {seat: loan for seat, loan in self.lent.items() if loan[1] != agent}

    def loans(self) -> Mapping[str, str]:
        return {seat: agent for seat, (_, agent) in self.lent.items()}


@dataclass(frozen=True)
class FixedSeatSecrets(SeatSecrets):
    """Seats ``seat-01`` … with passwords that tests know."""

    count: int = 2
    address: str = ""

    def secrets(self) -> Mapping[str, str]:
        return {f"seat-{number:02d}": f"password-{number}" for number in range(1, self.count + 1)}

    def websocket(self) -> str:
        return self.address


@dataclass
class MemoryContacts(ContactRepository):
    kept: list[Span] = field(default_factory=list)
    talks: list[Conversation] = field(default_factory=list)
    """The id of a conversation is its position, from 1."""
    said: dict[int, tuple[OperationKey, WrapUp]] = field(default_factory=dict)
    keys: set[OperationKey] = field(default_factory=set)
    proofs: dict[str, tuple[Msisdn, IdentificationMethod, datetime]] = field(default_factory=dict)
    owed: frozenset[str] = frozenset()
    owners: dict[Msisdn, datetime] = field(default_factory=dict)
    """When numbers got their present owners."""

    is_away: bool = False
    """The database does not answer."""

    def begin_span(self, span: Span, key: OperationKey | None = None) -> None:
        if self.is_away:
            raise TemporarilyUnavailable("database")
        self.kept = [
            dataclasses.replace(each, ended=span.begun)
            if each.agent == span.agent and each.ended is None
            else each
            for each in self.kept
        ]
        self.kept.append(span)

    def open_spans(self) -> Sequence[Span]:
        return [each for each in self.kept if each.ended is None]

    def spans(self, agent: str, since: datetime, until: datetime) -> Sequence[Span]:
        return [
            each
            for each in self.kept
            if each.agent == agent
            and each.begun < until
            and (each.ended is None or each.ended > since)
        ]

    def answered(self, conversation: Conversation) -> int:
        if self.is_away:
            raise TemporarilyUnavailable("database")
        for at, each in enumerate(self.talks):
            if (each.call, each.agent) == (conversation.call, conversation.agent):
                again = dataclasses.replace(each, ended=None, channel=conversation.channel)
                self.talks[at] = again
                return again.id
        new = dataclasses.replace(conversation, id=len(self.talks) + 1)
        self.talks.append(new)
        return new.id

    def ended(self, call: str, agent: str, at: datetime) -> None:
        for index, each in enumerate(self.talks):
            if (each.call, each.agent, each.ended) == (call, agent, None):
                self.talks[index] = dataclasses.replace(each, ended=at)

    def sent_back(
        self, actor: Actor, key: OperationKey, call: str, node: str, at: datetime
    ) -> bool:
        if key in self.keys:
            return True
        for index, each in enumerate(self.talks):
            if (each.call, each.agent, each.ended) == (call, actor.id, None):
                self.talks[index] = dataclasses.replace(each, sent_to=node)
                self.keys.add(key)
                return True
        return False

    def describe(
        self, actor: Actor, key: OperationKey, id: int, wrap_up: WrapUp, at: datetime
    ) -> bool:
        known = self.said.get(id)
        if known and known[0] != key and known[1].result is not Result.NOT_DESCRIBED:
            return False
        self.said[id] = key, wrap_up
        return True

    def undescribed(self, most: int) -> Sequence[Conversation]:
        left = [each for each in self.talks if each.ended and each.id not in self.said]
        return sorted(left, key=lambda each: (each.ended, each.id))[:most]

    def get(self, call: str, agent: str) -> DescribedConversation | None:
        mine = [each for each in self.talks if (each.call, each.agent) == (call, agent)]
        return self._described(mine[0]) if mine else None

    def of_agent(self, agent: str, since: datetime, most: int) -> Sequence[DescribedConversation]:
        mine = [
            each
            for each in self.talks
            if each.agent == agent and each.answered and each.answered >= since
        ]
        return [self._described(each) for each in mine[::-1]][:most]

    def of_number(self, number: Msisdn, most: int) -> Sequence[DescribedConversation]:
        mine = [each for each in self.talks if each.number == number]
        return [self._described(each) for each in mine[::-1]][:most]

    def open_conversations(self) -> Sequence[Conversation]:
        return [each for each in self.talks if each.ended is None]

    def proved(self, call: str) -> tuple[Msisdn, IdentificationMethod, datetime] | None:
        return self.proofs.get(call)

    def owned_since(self, number: Msisdn) -> datetime | None:
        return self.owners.get(number)

    def promised(self, order_ids: Sequence[str]) -> frozenset[str]:
        return self.owed & frozenset(order_ids)

    def _described(self, talk: Conversation) -> DescribedConversation:
        said = self.said.get(talk.id)
        return DescribedConversation(talk, said[1] if said else None)
