"""Conversations with agents and their descriptions (wrap-up)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from ivr.contacts.cards import CardService
from ivr.contacts.live import LiveCall
from ivr.contacts.presence import PresenceService
from ivr.contacts.wrapup import fill
from ivr.domain.actor import SYSTEM, Actor, OperationKey
from ivr.domain.contacts import (
    AgentCompleted,
    AgentConnected,
    AgentRang,
    Conversation,
    DescribedConversation,
    QueueEvent,
    Result,
    WrapUp,
)
from ivr.domain.orders import Order
from ivr.domain.presence import AgentState, AgentStatus
from ivr.domain.rights import Right
from ivr.errors import TemporarilyUnavailable
from ivr.ports.clock import Clock
from ivr.ports.contacts import ContactRepository
from ivr.ports.orders import OrderRepository
from ivr.staff.rights import require

log = structlog.get_logger()

MOST_SWEPT = 100
MOST_UNSTORED = 10_000
"""Beginnings and ends that are kept while the database is away."""


@dataclass
class ConversationService:
    """Stores conversations as they happen. ``hear`` is called by the events' thread."""

    contacts: ContactRepository
    cards: CardService
    presence: PresenceService
    orders: OrderRepository
    clock: Clock
    _rung: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """When a phone rang, by call and seat."""
    _unstored: list[Callable[[], object]] = field(default_factory=list)
    """What the database could not store yet, oldest first."""

    def hear(self, event: QueueEvent) -> None:
        """Take an event of the queues."""
        match event:
            case AgentRang(call=call, seat=seat):
                self._rung = {(call, seat): self.clock.now(), **self._rung_elsewhere(seat)}
            case AgentConnected(seat=seat):
                if agent := self.presence.membership.agent_at(seat):
                    self._store(partial(self.contacts.answered, self._begun(event, agent)))
            case AgentCompleted(call=call, seat=seat):
                if agent := self.presence.membership.agent_at(seat):
                    self._store(partial(self.contacts.ended, call, agent, self.clock.now()))
            case _:
                return

    def suggested(self, agent: str, call: str) -> WrapUp:
        """Return the description of a conversation as it follows from what happened."""
        found = self.contacts.get(call, agent)
        if found is None:
            return WrapUp(Result.NOT_DESCRIBED)
        if found.wrap_up is not None:
            return found.wrap_up
        return self._filled(found.conversation)

    def describe(self, actor: Actor, key: OperationKey, call: str, wrap_up: WrapUp) -> bool:
        """Store what the agent says about a conversation; the agent's wrap-up ends.

        False: there is no such conversation of this agent, or it is described otherwise.
        """
        require(actor, Right.TAKE_CALLS)
        found = self.contacts.get(call, actor.id)
        if found is None:
            return False
        now = self.clock.now()
        done = self.contacts.describe(actor, key, found.conversation.id, wrap_up, now)
        self.presence.described(actor.id, call)
        return done

    def sweep(self) -> int:
        """Store NOT_DESCRIBED for conversations that nobody described in time; return how many.

        A conversation of which the end was not heard ends. What could not be stored is stored.
        """
        self._write()
        for each in self.contacts.open_conversations():
            status = self.presence.status(each.agent)
            if (status.state, status.call) != (AgentState.TALKING, each.call):
                self.contacts.ended(each.call, each.agent, self.clock.now())
        swept = 0
        for each in self.contacts.undescribed(MOST_SWEPT):
            if _is_describing(self.presence.status(each.agent), each.call):
                continue
            wrap_up = self._filled(each, Result.NOT_DESCRIBED)
            key = OperationKey(f"not-described:{each.id}")
            swept += self.contacts.describe(SYSTEM, key, each.id, wrap_up, self.clock.now())
        return swept

    def restore(self) -> None:
        """Take over the conversations that an earlier process has seen begin."""
        for each in self.contacts.open_conversations():
            joined = each.rang or each.answered or self.clock.now()
            self.cards.live.take_over(LiveCall(each.call, each.channel, each.caller, joined))

    def of_agent(self, agent: str, since: datetime, most: int) -> Sequence[DescribedConversation]:
        """Return the conversations of an agent, newest first."""
        return self.contacts.of_agent(agent, since, most)

    def _store(self, act: Callable[[], object]) -> None:
        self._unstored.append(act)
        self._write()

    def _write(self) -> None:
        try:
            while self._unstored:
                self._unstored[0]()
                del self._unstored[0]
        except TemporarilyUnavailable as error:
            log.error("conversations are not stored yet", reason=str(error))
            del self._unstored[:-MOST_UNSTORED]

    def _begun(self, event: AgentConnected, agent: str) -> Conversation:
        card, live = self.cards.card(event.call), self.cards.live.get(event.call)
        return Conversation(
            call=event.call,
            agent=agent,
            seat=event.seat,
            queue=event.queue,
            topic=card.topic if card else "",
            language=card.language if card else None,
            number=card.number if card else None,
            rang=self._rung.pop((event.call, event.seat), None),
            answered=self.clock.now(),
            caller=live.caller if live else "",
            channel=live.channel if live else "",
        )

    def _rung_elsewhere(self, seat: str) -> Mapping[tuple[str, str], datetime]:
        """A seat rings for one call at a time."""
        return {key: at for key, at in self._rung.items() if key[1] != seat}

    def _filled(self, talk: Conversation, result: Result | None = None) -> WrapUp:
        orders: tuple[Order, ...] = ()
        if talk.number:
            orders = tuple(
                order
                for order in (*self.orders.waiting(talk.number), *self.orders.held(talk.number))
                if order.actor.id == talk.agent
            )
        return fill(talk, self.cards.card(talk.call), orders, said=result)


def _is_describing(status: AgentStatus, call: str) -> bool:
    in_call = status.state in (AgentState.TALKING, AgentState.WRAP_UP)
    return in_call and status.call == call
