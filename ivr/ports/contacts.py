"""Calls with agents: the queues in Asterisk, and what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import IdentificationMethod
from ivr.domain.contacts import (
    Conversation,
    DescribedConversation,
    QueueMembers,
    Span,
    WrapUp,
)
from ivr.domain.values import Language, Msisdn


class AgentQueues(Protocol):
    """The members of the queues. Each method may raise TemporarilyUnavailable."""

    def join(self, seat: str, agent: str, queues: Mapping[str, int]) -> None:
        """Make a seat a member of queues, with a penalty in each; paused until ``free``.

        Other memberships stay. A queue that Asterisk does not have is left out.
        """
        ...

    def leave(self, seat: str) -> None:
        """End all memberships of a seat."""
        ...

    def free(self, seat: str) -> None:
        """Let the next call ring at a seat."""
        ...

    def occupy(self, seat: str) -> None:
        """Let no call ring at a seat; callers still wait for it."""
        ...

    def pause(self, seat: str, reason: str) -> None:
        """Let no call ring at a seat; callers do not wait for it."""
        ...

    def members(self) -> QueueMembers:
        """Return the queues, and the memberships of all seats, as Asterisk has them now."""
        ...


class CallControl(Protocol):
    """The caller's side of a call. Each method may raise TemporarilyUnavailable."""

    def checkpoint(self, call: str, channel: str) -> str:
        """Return the checkpoint of a call; "" if there is none."""
        ...

    def keep(self, call: str, channel: str, checkpoint: str) -> None:
        """Store the checkpoint of a call."""
        ...

    def pass_on(self, channel: str, topic: str, language: Language | None) -> bool:
        """Let a caller wait for another agent, before those who have not been with one yet.

        False: the caller has hung up.
        """
        ...

    def send_back(self, call: str, channel: str, checkpoint: str) -> bool:
        """Let the line go on with a caller at a checkpoint. False: the caller has hung up."""
        ...


class SeatLoans(Protocol):
    """Which seat is lent to whom. It survives a restart, so that a page keeps its seat."""

    def lend(self, session: int, agent: str, seats: Sequence[str], at: datetime) -> str | None:
        """Lend one of ``seats`` and return it; None: all are lent.

        The agent keeps the seat of an older session; that session loses it.
        """
        ...

    def seat_of(self, session: int) -> str | None: ...

    def give_back(self, session: int) -> None:
        """End the loan of a session; a later loan of the same agent stays."""
        ...

    def take_back(self, agent: str) -> None:
        """End the loan of an agent, whose page then may ask for a seat again."""
        ...

    def loans(self) -> Mapping[str, str]:
        """Return the agents by their seats."""
        ...


class SeatSecrets(Protocol):
    """The secrets of the seats, new at each start of Asterisk. Each method may raise
    TemporarilyUnavailable."""

    def secrets(self) -> Mapping[str, str]:
        """Return the SIP passwords by seat; empty: Asterisk has no seats."""
        ...

    def websocket(self) -> str:
        """Return the address of Asterisk's websocket. It is a secret."""
        ...


class ContactRepository(Protocol):
    """Stored states of agents, conversations and their descriptions."""

    def begin_span(self, span: Span, key: OperationKey | None = None) -> None:
        """Store the beginning of a state. It ends the state that the agent was in."""
        ...

    def open_spans(self) -> Sequence[Span]:
        """Return the present states of all agents."""
        ...

    def spans(self, agent: str, since: datetime, until: datetime) -> Sequence[Span]:
        """Return the states of an agent that touch a time, oldest first."""
        ...

    def answered(self, conversation: Conversation) -> int:
        """Store a conversation and return its id. The same call and agent are stored once."""
        ...

    def ended(self, call: str, agent: str, at: datetime) -> None:
        """Store the end of a conversation. The first end stays."""
        ...

    def sent_back(
        self, actor: Actor, key: OperationKey, call: str, node: str, at: datetime
    ) -> bool:
        """Store that the actor sends the caller of a conversation to a node, with an audit entry.

        False: the actor has no such conversation, or it has ended. The same key acts once.
        """
        ...

    def describe(
        self, actor: Actor, key: OperationKey, id: int, wrap_up: WrapUp, at: datetime
    ) -> bool:
        """Store the description of a conversation, or replace NOT_DESCRIBED by it.

        False: it has another description. The same key acts once.
        """
        ...

    def undescribed(self, most: int) -> Sequence[Conversation]:
        """Return ended conversations without a description, oldest first."""
        ...

    def get(self, call: str, agent: str) -> DescribedConversation | None: ...

    def of_agent(self, agent: str, since: datetime, most: int) -> Sequence[DescribedConversation]:
        """Return the conversations of an agent since a moment, newest first."""
        ...

    def of_number(self, number: Msisdn, most: int) -> Sequence[DescribedConversation]:
        """Return the conversations about a number, newest first."""
        ...

    def proved(self, call: str) -> tuple[Msisdn, IdentificationMethod, datetime] | None:
        """Return the newest proof of a call: the number, how and when; None: there is none."""
        ...

    def owned_since(self, number: Msisdn) -> datetime | None:
        """Return when a number got its present owner; None: before this database had it."""
        ...

    def promised(self, order_ids: Sequence[str]) -> frozenset[str]:
        """Return those of some orders whose result is still promised as a text message."""
        ...

    def open_conversations(self) -> Sequence[Conversation]:
        """Return the conversations that have not ended."""
        ...
