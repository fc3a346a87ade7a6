"""Invoices in memory: the repository, and a fax machine with settable answers."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult, FaxState, FaxTry
from ivr.domain.invoices import Draft, Invoice, InvoiceNumber, NoInvoice, Paper
from ivr.domain.values import Msisdn
from ivr.errors import KeyTaken
from ivr.ports.fax import Fax
from ivr.ports.invoices import InvoiceRenderer, InvoiceRepository
from ivr.testing.subscribers import MemorySubscribers


@dataclass
class MemoryInvoiceRepository(InvoiceRepository):
    """Invoices in the order of their creation, and the numbers whose proofs they need."""

    subscribers: MemorySubscribers = field(default_factory=MemorySubscribers)
    kept: dict[InvoiceNumber, Invoice] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def write(
        self, draft: Draft, since: datetime, most: int, to_fax: int | None = None
    ) -> Invoice | NoInvoice:
        with self._lock:
            for known in self.kept.values():
                if known.external_id == draft.external_id:
                    if (known.actor, known.paper.phone) != (draft.actor, draft.paper.phone):
                        raise KeyTaken
                    return known
            phone = draft.paper.phone
            draft.hold(self.subscribers.proof(phone))
            owner = self.subscribers.find(phone)
            since = max(since, owner.owner_since) if owner and owner.owner_since else since
            recent = [each for each in self.kept.values() if each.ordered > since]
            if sum(each.paper.phone == phone for each in recent) >= most:
                return NoInvoice.MANY
            if to_fax is not None and sum(each.fax == draft.fax for each in recent) >= to_fax:
                return NoInvoice.FAXED
            year = draft.paper.dated.year
            number = InvoiceNumber(year, 1 + sum(each.year == year for each in self.kept))
            self.kept[number] = Invoice(
                number,
                draft.external_id,
                draft.paper,
                draft.fax,
                draft.ordered,
                FaxState.WAITING,
                draft.ordered,
                actor=draft.actor,
            )
            return self.kept[number]

    def get(self, number: InvoiceNumber) -> Invoice | None:
        return self.kept.get(number)

    def find(self, external_id: str) -> Invoice | None:
        found = (each for each in self.kept.values() if each.external_id == external_id)
        return next(found, None)

    def due(self, at: datetime, most: int) -> Sequence[Invoice]:
        waiting = [each for each in self._in_state(FaxState.WAITING) if each.due <= at]
        return waiting[:most]

    def sending(self) -> Sequence[Invoice]:
        return self._in_state(FaxState.SENDING)

    def begin(self, number: InvoiceNumber, at: datetime) -> bool:
        with self._lock:
            invoice = self.kept[number]
            if invoice.state is not FaxState.WAITING:
                return False
            tries = (*invoice.tries, FaxTry(at))
            self.kept[number] = dataclasses.replace(
                invoice, state=FaxState.SENDING, due=at, tries=tries
            )
            return True

    def end(
        self,
        number: InvoiceNumber,
        answer: FaxAnswer,
        at: datetime,
        state: FaxState,
        due: datetime,
    ) -> None:
        with self._lock:
            invoice = self.kept[number]
            if invoice.state is not FaxState.SENDING:
                return
            last = dataclasses.replace(invoice.tries[-1], ended=at, answer=answer)
            self.kept[number] = dataclasses.replace(
                invoice, state=state, due=due, tries=(*invoice.tries[:-1], last)
            )

    def _in_state(self, state: FaxState) -> list[Invoice]:
        found = [each for each in self.kept.values() if each.state is state]
        return sorted(found, key=lambda each: (each.due, each.number))


@dataclass
class FakeFax(Fax):
    """Accept every fax immediately; ``refuses`` has the numbers that do not answer."""

    refuses: set[Msisdn] = field(default_factory=set)
    reason: FaxReason = FaxReason.NO_ANSWER
    """The failure reason for numbers in ``refuses``."""
    is_ready: bool = True
    is_silent: bool = False
    """If true, the fax machine never reports a result."""
    sent: dict[str, tuple[Msisdn, bytes]] = field(default_factory=dict)
    """The number and the pages, by reference."""
    answers: dict[str, FaxAnswer] = field(default_factory=dict)

    def ready(self) -> bool:
        return self.is_ready

    def send(self, reference: str, tiff: bytes, number: Msisdn) -> FaxAnswer | None:
        self.sent[reference] = (number, tiff)
        self.answers.pop(reference, None)
        if not self.is_silent:
            refused = FaxAnswer(FaxResult.UNREACHED, 0, "SIP 408", self.reason)
            answer = refused if number in self.refuses else FaxAnswer(FaxResult.SENT, 1, "OK")
            self.answers[reference] = answer
        return None

    def result(self, reference: str) -> FaxAnswer | None:
        return self.answers.get(reference)

    def forget(self, reference: str) -> None:
        self.answers.pop(reference, None)


class PlainInvoiceRenderer(InvoiceRenderer):
    """Papers in plain words, for tests that do not check the layout."""

    def pdf(self, number: InvoiceNumber, paper: Paper) -> bytes:
        return f"pdf {number} {paper.total.manat}".encode()

    def tiff(self, number: InvoiceNumber, paper: Paper, header: str = "") -> bytes:
        return f"tiff {number} {paper.total.manat}".encode()
