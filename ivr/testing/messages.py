"""Text messages in memory: the outbox, the promises, and a message centre controlled by tests."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ivr.care.receipts import KnownPart, meant
from ivr.domain.messages import (
    SECRET_OCCASIONS,
    DeliveryReceipt,
    Message,
    MessageState,
    NotEver,
    NotNow,
    Promise,
    Receipts,
    Taken,
)
from ivr.domain.values import Language, Msisdn
from ivr.errors import KeyTaken, TemporarilyUnavailable
from ivr.ports.messages import MessageCentre, Outbox, Outgoing, Promises

if TYPE_CHECKING:
    from ivr.testing.orders import MemoryOrderRepository

PUT_OFF = (MessageState.WAITING, MessageState.CAPPED)
GONE = (MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED)


@dataclass
class _Part:
    name: str
    at: datetime
    has_arrived: bool | None = None


@dataclass
class MemoryOutbox(Outbox, Outgoing):
    """Text messages by reference, in the order of creation."""

    a_day: int = 10
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    rows: dict[str, Message] = field(default_factory=dict)
    parts: dict[tuple[int, int], _Part] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def messages(self) -> dict[str, tuple[Msisdn, str]]:
        """Return the number and body of each message, by reference."""
        return {reference: (row.number, row.body) for reference, row in self.rows.items()}

    def put(self, number: Msisdn, body: str, reference: str) -> None:
        with self._lock:
            at, id = self.now(), len(self.rows) + 1
            fresh = Message(id, reference, number, body, MessageState.WAITING, at, at)
            if self.rows.setdefault(reference, fresh).number != number:
                raise KeyTaken

    def has_room(self, number: Msisdn, occasion: str) -> bool:
        with self._lock:
            waiting = sum(
                row.number == number and row.occasion == occasion and row.state in PUT_OFF
                for row in self.rows.values()
            )
            gone = self.sent(number, occasion, self.now() - timedelta(days=1))
            return waiting + gone < self.a_day

    def claim(self, at: datetime, until: datetime) -> Message | None:
        with self._lock:
            due = [row for row in self.rows.values() if row.state in PUT_OFF and row.due <= at]
            if not due:
                return None
            oldest = min(due, key=lambda row: (row.written, row.id))
            self._change(oldest.id, due=until)
            return oldest

    def acknowledged(
        self, id: int, part: int, of: int, name: str, at: datetime, until: datetime
    ) -> None:
        with self._lock:
            self.parts.setdefault((id, part), _Part(name, at))
            count = sum(known == id for known, _ in self.parts)
            if part + 1 == of:
                sent = MessageState.SENT
                self._change(id, parts=count, state=sent, settled=at, detail="")
            else:
                self._change(id, parts=count, due=until)

    def later(self, id: int, due: datetime, detail: str) -> None:
        with self._lock:
            row = self._row(id)
            if row.state in PUT_OFF:
                waiting = MessageState.WAITING
                self._change(id, state=waiting, tries=row.tries + 1, due=due, detail=detail)

    def cap(self, id: int, due: datetime) -> None:
        with self._lock:
            if self._row(id).state in PUT_OFF:
                self._change(id, state=MessageState.CAPPED, due=due)

    def settle(self, id: int, state: MessageState, at: datetime, detail: str) -> None:
        with self._lock:
            if self._row(id).state in PUT_OFF:
                self._change(id, state=state, settled=at, detail=detail)

    def sent(self, number: Msisdn, occasion: str, since: datetime) -> int:
        with self._lock:
            return sum(
                row.number == number
                and row.occasion == occasion
                and row.state in GONE
                and row.settled is not None
                and row.settled > since
                for row in self.rows.values()
            )

    def find(self, reference: str) -> Message | None:
        return self.rows.get(reference)

    def is_followed(self, message: Message) -> bool:
        with self._lock:
            return any(
                row.number == message.number
                and row.occasion == message.occasion
                and row.state in PUT_OFF
                and row.id > message.id
                for row in self.rows.values()
            )

    def expire(self, before: datetime, at: datetime) -> Sequence[Message]:
        with self._lock:
            old = [
                row
                for row in self.rows.values()
                if row.state in PUT_OFF and row.written < before and row.due <= at
            ]
            for row in old:
                said = f"; {row.detail}" if row.detail else ""
                self.settle(row.id, MessageState.FAILED, at, f"waited too long{said}")
            return old

    def receipt(self, receipt: DeliveryReceipt, at: datetime) -> bool:
        with self._lock:
            found = meant(
                receipt,
                (
                    KnownPart(id, index, part.name, self._row(id).number, part.at)
                    for (id, index), part in self.parts.items()
                ),
            )
            part = self.parts[found.message, found.part] if found else None
            if found is None or part is None or part.has_arrived is not None:
                return False
            part.has_arrived, part.at = receipt.has_arrived, at
            self._conclude(found.message)
            return True

    def _conclude(self, id: int) -> None:
        told = [part.has_arrived for (of, _), part in self.parts.items() if of == id]
        if self._row(id).state is MessageState.SENT:
            if False in told:
                self._change(id, state=MessageState.UNDELIVERED)
            elif None not in told:
                self._change(id, state=MessageState.DELIVERED)

    def _row(self, id: int) -> Message:
        return next(row for row in self.rows.values() if row.id == id)

    def _change(self, id: int, **values: object) -> None:
        row = self._row(id)
        if values.get("settled") and row.occasion in SECRET_OCCASIONS:
            values["body"] = ""
        self.rows[row.reference] = dataclasses.replace(row, **values)  # type: ignore[arg-type]


@dataclass
class MemoryPromises(Promises):
    """Promises by order, in the order in which they were made."""

    repository: MemoryOrderRepository
    made: dict[str, Language] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def promise(self, order: str, language: Language) -> None:
        self.made.setdefault(order, language)

    def owed(self, most: int) -> Sequence[Promise]:
        settled = [
            Promise(order, language)
            for id, language in self.made.items()
            if id not in self.done
            and (order := self.repository.get(id)) is not None
            and order.settled is not None
        ]
        return sorted(settled, key=lambda promise: str(promise.order.settled))[:most]

    def kept(self, order: str) -> None:
        self.done.add(order)


@dataclass
class FakeCentre(MessageCentre):
    """A message centre in memory. It uses ``answers`` in turn; then it accepts every part."""

    most: int = 67
    """Maximum letters of a short message."""
    answers: list[NotNow | NotEver | TemporarilyUnavailable] = field(default_factory=list)
    is_down: bool = False
    taken: list[tuple[Msisdn, str]] = field(default_factory=list)
    """The acknowledged parts: number and the part's own letters."""

    def parts(self, body: str) -> int:
        return -(-len(body) // self.most)

    def submit(self, message: Message, part: int, receipts: Receipts) -> Taken | NotNow | NotEver:
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, TemporarilyUnavailable):
                raise answer
            return answer
        letters = message.body[part * self.most : (part + 1) * self.most]
        self.taken.append((message.number, letters))
        return Taken(f"name {len(self.taken)}")

    def attend(self, seconds: float, receipts: Receipts) -> None:
        if self.is_down:
            raise TemporarilyUnavailable("smsc")

    def close(self) -> None:
        """Do nothing: there is no connection."""
