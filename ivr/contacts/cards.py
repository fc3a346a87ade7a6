"""Gathers what a card shows when a caller begins to wait, and shows it when a phone rings.

It is shown again when more is known: the journal of the call comes a second later.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ivr.contacts.card import CardFacts, build_card
from ivr.contacts.live import MOST, LiveCall, LiveCalls
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import DataRead, PersonalData
from ivr.domain.call import Call, CallOutcome
from ivr.domain.card import Card, Earlier
from ivr.domain.contacts import AgentRang, CallJoined, CallLeft, QueueEvent
from ivr.domain.journal import Record
from ivr.domain.orders import Order
from ivr.domain.rights import Right
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.ports.audit import Readings
from ivr.ports.care import Care
from ivr.ports.clock import Clock
from ivr.ports.contacts import CallControl, ContactRepository
from ivr.ports.lists import CallList
from ivr.ports.orders import OrderRepository
from ivr.staff.rights import require

log = structlog.get_logger()

LOOKED_BACK = timedelta(days=90)
MOST_CALLS = 20
COMPLETE_SECONDS = timedelta(seconds=5)
"""How long a card may get more facts after the phone began to ring."""
Listener = Callable[[str, Card], None]
"""Called with the seat that rings and the card."""


@dataclass
class _Shown:
    seat: str
    since: datetime
    card: Card | None = None
    is_renewed: bool = False
    """The card was built anew since the phone rings."""


@dataclass
class CardService:
    """Builds cards beside the events' thread. Thread-safe."""

    live: LiveCalls
    control: CallControl
    contacts: ContactRepository
    orders: OrderRepository
    calls: CallList
    care: Callable[[], Care]
    """The operations with the content of the live release."""
    clock: Clock
    readings: Readings
    executor: Executor
    listeners: list[Listener] = field(default_factory=list)
    _cards: OrderedDict[str, Card] = field(default_factory=OrderedDict)
    _ringing: dict[str, _Shown] = field(default_factory=dict)
    """By call: the seat that rings or has answered, until the card is complete."""
    _gathering: set[str] = field(default_factory=set)
    """Calls whose card is being built."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, event: QueueEvent) -> None:
        """Take an event of the queues. Returns at once."""
        match event:
            case CallJoined(call=call):
                with self._lock:
                    self._cards.pop(call, None)  # of an earlier wait in the same call
                self._gather(self.live.add(event))
            case AgentRang(call=call, seat=seat):
                live = self.live.add(event)
                with self._lock:
                    self._ringing[call] = _Shown(seat, self.clock.now())
                self._show(call)
                if call not in self._cards:
                    self._gather(live)
            case CallLeft(call=call, is_abandoned=True):
                with self._lock:
                    self._cards.pop(call, None)
                    self._ringing.pop(call, None)
                self.live.remove(call)
            case _:
                return

    def tick(self) -> None:
        """Build the cards anew that are shown and not complete yet."""
        now = self.clock.now()
        with self._lock:
            shown = list(self._ringing.items())
        for call, each in shown:
            live = self.live.get(call)
            is_old = now - each.since > COMPLETE_SECONDS
            is_complete = each.is_renewed and each.card is not None and bool(each.card.steps)
            if live is None or is_old or is_complete:
                with self._lock:
                    self._ringing.pop(call, None)
            else:
                each.is_renewed = True
                self._gather(live)

    def card(self, call: str) -> Card | None:
        """Return the newest card of a call; None: the call is not known here."""
        with self._lock:
            known = self._cards.get(call)
        if known is not None:
            return known
        live = self.live.get(call)
        return self.refresh(live) if live else None

    def open(self, actor: Actor, key: OperationKey, call: str) -> Card | None:
        """Return the card of a call to be shown with its whole number. The reading is audited.

        Raise Forbidden if the actor may see no cards.
        """
        require(actor, Right.SEE_CARD)
        card = self.card(call)
        if card is not None:
            read = DataRead(PersonalData.CARD, card.number, call)
            self.readings.note_read(actor, key, read, self.clock.now())
        return card

    def refresh(self, live: LiveCall) -> Card:
        """Build the card of a call anew."""
        card = build_card(self._facts(live))
        with self._lock:
            self._cards[live.id] = card
            if len(self._cards) > MOST:
                self._cards.popitem(last=False)
        return card

    def state(self, live: LiveCall) -> Call:
        """Return the state of a call, from its checkpoint."""
        checkpoint = self.control.checkpoint(live.id, live.channel)
        return live.state(self.care().numbering.parse(live.caller), checkpoint)

    def _gather(self, live: LiveCall) -> None:
        """Build a card beside the caller's thread, once at a time; show it if a phone rings."""
        with self._lock:
            if live.id in self._gathering:
                return
            self._gathering.add(live.id)
        self.executor.submit(self._gathered, live)

    def _gathered(self, live: LiveCall) -> None:
        try:
            self.refresh(live)
        except Exception:
            log.exception("a card cannot be built", call=live.id)
        finally:
            with self._lock:
                self._gathering.discard(live.id)
        self._show(live.id)

    def _show(self, call: str) -> None:
        """Show the newest card at the seat that rings, if it is another than the shown one."""
        with self._lock:
            shown, card = self._ringing.get(call), self._cards.get(call)
            if shown is None or card is None or shown.card == card:
                return
            shown.card = card
        for listener in self.listeners:
            listener(shown.seat, card)

    def _facts(self, live: LiveCall) -> CardFacts:
        """Gather the facts. Without the database or Asterisk the card has only the others."""
        try:
            call = self.state(live)
        except TemporarilyUnavailable as error:
            log.warning("the card lacks the state of the call", call=live.id, reason=str(error))
            call = live.state(self.care().numbering.parse(live.caller), "")
        facts = CardFacts(call, live.joined, note=live.note)
        try:
            return self._known(call, live)
        except TemporarilyUnavailable as error:
            log.warning("the card lacks what is stored", call=live.id, reason=str(error))
            return facts

    def _known(self, call: Call, live: LiveCall) -> CardFacts:
        care, now = self.care(), self.clock.now()
        number = call.subscriber or call.caller
        record = self.calls.get(call.id)
        orders = list(self._orders(call, number))
        records = list(self._records(call, now)) if call.caller else []
        today = self.clock.local(now).date()
        return CardFacts(
            call=call,
            joined=live.joined,
            steps=record.path if record else (),
            begun=record.started if record else None,
            proved=self.contacts.proved(call.id),
            orders=orders,
            promised=self.contacts.promised([order.id for order in orders]),
            earlier=list(self._earlier(number, records)),
            calls_today=1 + sum(self.clock.local(each.started).date() == today for each in records),
            lock=care.identification.lock_state(call.id, number, call.origin) if number else None,
            account=care.accounts.account(call.subscriber) if call.subscriber else None,
            note=live.note,
        )

    def _records(self, call: Call, now: datetime) -> Iterator[Record]:
        """Yield earlier calls of the present owner of the calling number, newest first."""
        assert call.caller is not None
        owned = self.contacts.owned_since(call.caller)
        since = max(now - LOOKED_BACK, owned) if owned else now - LOOKED_BACK
        page = self.calls.page(MOST_CALLS, since=since, caller=call.caller)
        yield from (each for each in page.items if each.id != call.id)

    def _orders(self, call: Call, number: Msisdn | None) -> Iterator[Order]:
        """Yield the orders of the call and the open ones of the number, each once."""
        mine = [order for id in call.orders if (order := self.orders.get(id)) is not None]
        yield from mine
        known = {order.id for order in mine}
        if number:
            for order in (*self.orders.waiting(number), *self.orders.held(number)):
                if order.id not in known:
                    yield order

    def _earlier(self, number: Msisdn | None, records: Sequence[Record]) -> Iterator[Earlier]:
        """Yield earlier contacts: conversations with agents, and calls with the line alone."""
        if number:
            since = self.contacts.owned_since(number)
            for each in self.contacts.of_number(number, MOST_CALLS):
                talk, wrap_up = each.conversation, each.wrap_up
                if talk.answered and talk.ended and (since is None or talk.answered > since):
                    topic = wrap_up.topic if wrap_up else talk.topic
                    result = wrap_up.result.value if wrap_up else ""
                    yield Earlier(talk.answered, topic, result, talk.agent)
        for record in records:
            if record.outcome and record.outcome != CallOutcome.AGENT:
                goal = record.goals[-1] if record.goals else ""
                yield Earlier(record.started, goal, record.outcome)
