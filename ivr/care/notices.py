"""Notices: text messages to the owner of a number about acts that could be a theft.

The message worker looks for facts in the database that have no notice in the outbox, and writes one
for each. Nothing is lost if a process dies, and no caller waits. The operator's rule (domain,
"Guarding the code word") names the facts: forwarding, PUK, suspension, code word, a passport used
from another phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ivr.care.changes import favourite_number
from ivr.domain.dialogue import Value
from ivr.domain.notices import Occasion
from ivr.domain.orders import Order
from ivr.domain.services import FAVOURITE, FORWARDING, SMS, SUSPENSION, Change
from ivr.domain.values import Language, Msisdn
from ivr.errors import FlowBroken
from ivr.ports.clock import Clock
from ivr.ports.dialogue import TextSource
from ivr.ports.messages import Outbox
from ivr.ports.notices import Facts
from ivr.ports.subscribers import Subscribers

log = structlog.get_logger()

SERVICES = (FORWARDING, FAVOURITE, SUSPENSION)
"""Services with a notice about each change."""
OFF = (SMS,)
"""Services with a notice when they are switched off, and before a held order does so."""
HELD = (FORWARDING, FAVOURITE)
"""Services with a notice before a held order sets them."""
AT_ONCE = 200
NEWS = timedelta(hours=48)
"""Older facts get no notice. The outbox gives up messages of that age too."""
SLICE = timedelta(hours=1)
"""Length of time per query, so that each query stays short after a long absence."""
LATE = timedelta(minutes=10)
"""A fact may become visible this long after its own time: its transaction takes seconds, and the
clocks of two machines may differ."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One text message to the owner of a number."""

    number: Msisdn
    occasion: Occasion
    id: str
    """Names the fact, so that the same fact gets one notice."""
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return f"{self.occasion}:{self.id}"


def notices_of(order: Order) -> Iterator[Notice]:
    """Yield the notices of an order that was carried out. An undo is an order too."""
    for change in order.changes:
        match change.service:
            case "forwarding":
                yield _forwarding(order, change)
            case "favourite":
                occasion = Occasion.FAVOURITE if change.on else Occasion.FAVOURITE_OFF
                values = _favourite(change) if change.on else {}
                yield Notice(order.number, occasion, order.id, values)
            case "suspension":
                occasion = Occasion.SUSPENSION if change.on else Occasion.SUSPENSION_OFF
                yield Notice(order.number, occasion, order.id)
            case "sms" if not change.on:
                yield Notice(order.number, Occasion.SMS_OFF, order.id)


def held_notices(order: Order, due: datetime) -> Iterator[Notice]:
    """Yield the notices of an order that is held until ``due`` (local time).

    Until then the owner can stop it by a call to the line from the number itself.
    """
    at: dict[str, Value] = {"date": due.date(), "time": due.time()}
    for change in order.changes:
        match change.service:
            case "sms" if not change.on:
                yield Notice(order.number, Occasion.HELD_SMS, order.id, at)
            case "forwarding" if change.on:
                targets = {"targets": " ".join(dict.fromkeys(_fresh(change).values()))}
                yield Notice(order.number, Occasion.HELD_FORWARDING, order.id, {**targets, **at})
            case "favourite" if change.on:
                values = {**_favourite(change), **at}
                yield Notice(order.number, Occasion.HELD_FAVOURITE, order.id, values)


def _forwarding(order: Order, change: Change) -> Notice:
    if not change.on:
        return Notice(order.number, Occasion.FORWARDING_OFF, order.id)
    targets = _targets(change)
    if not targets:
        return Notice(order.number, Occasion.FORWARDING_CHANGED, order.id)
    values = {"targets": " ".join(targets)}
    return Notice(order.number, Occasion.FORWARDING, order.id, values)


def _targets(change: Change) -> list[str]:
    """Return all numbers to which calls are forwarded, each once, new ones first.

    All of them, because this notice may replace earlier ones. Empty: none is new, and there are
    fewer than before.
    """
    fresh, now = _fresh(change), _numbers(change.value)
    if not fresh and _numbers(change.before).keys() - now.keys():
        return []
    return list(dict.fromkeys((*fresh.values(), *now.values())))


def _fresh(change: Change) -> dict[str, str]:
    """Return the new numbers of a change, by kind."""
    before = _numbers(change.before)
    return {kind: one for kind, one in _numbers(change.value).items() if before.get(kind) != one}


def _numbers(value: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {kind: number for kind, number in value if not kind.endswith("seconds")}


def _favourite(change: Change) -> dict[str, Value]:
    return {"target": favourite_number(change.value) or ""}


@dataclass(frozen=True)
class Notices:
    """Writes notices in the owner's language, with the texts of one release."""

    subscribers: Subscribers
    outbox: Outbox
    wording: TextSource

    def tell(self, number: Msisdn, occasion: str, reference: str, /, **values: Value) -> None:
        """Put the notice ``sms.notice.<occasion>`` into the outbox, once for each reference.

        Raise TemporarilyUnavailable, or FlowBroken if the release has no such text. If the number
        does not belong to a subscriber, use Turkmen.
        """
        owner = self.subscribers.find(number)
        language = owner.language if owner else Language.TURKMEN
        if targets := values.pop("targets", None):
            values["targets"] = self._listed(language, str(targets).split())
        body = self.wording.write(language, f"sms.notice.{occasion}", **values)
        self.outbox.put(number, body, reference)

    def write(self, notice: Notice) -> bool:
        """Put a notice into the outbox. False: the release has no text for it."""
        try:
            self.tell(notice.number, notice.occasion, notice.reference, **notice.values)
        except FlowBroken as error:
            # It is written as soon as a release has the text.
            log.error("a notice is not written", notice=notice.reference, reason=str(error))
            return False
        return True

    def _listed(self, language: Language, numbers: list[str]) -> str:
        write = self.wording.write
        return ", ".join(write(language, "sms.notice.number", number=each) for each in numbers)


@dataclass
class NoticeWriter:
    """Finds facts without a notice, and writes the notices."""

    facts: Facts
    notices: Callable[[], Notices]
    """Writes with the texts of the live release."""
    clock: Clock
    _since: datetime | None = None
    """Facts before this have notices. None at first: go back by NEWS, in case no worker ran."""

    def write(self) -> int:
        """Put the missing notices into the outbox; return how many."""
        now = self.clock.now()
        written = self._put(
            [
                notice
                for order in self.facts.held(AT_ONCE)
                if order.due
                for notice in held_notices(order, self.clock.local(order.due))
            ]
        )
        since, left = self._since or now - NEWS, now - LATE
        while since <= now:
            until = min(since + SLICE, now + LATE)
            found = self._found(since, until)
            put = self._put(found)
            written += put
            if put == len(found) >= AT_ONCE:
                continue  # this time may have more facts
            if put < len(found):
                left = min(left, since)
            since = until
        self._since = left
        return written

    def _found(self, since: datetime, until: datetime) -> list[Notice]:
        orders = self.facts.orders(since, until, AT_ONCE)
        acts = self.facts.acts(since, until, AT_ONCE)
        told = [notice for order in orders for notice in notices_of(order)]
        return told + [Notice(act.number, act.occasion, act.id) for act in acts]

    def _put(self, found: list[Notice]) -> int:
        words = self.notices() if found else None
        return sum(words.write(notice) for notice in found if words)
