"""Sends invoices by fax, with several attempts and a text message about the result.

The invoice repository holds the state. An attempt is stored before it begins, its result before the
fax software drops it, and the text message before the end of the last attempt. So if a worker dies
at any point, another worker goes on from there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from ivr import metrics
from ivr.care.faxtries import pause_before_next, told
from ivr.care.numbering import not_to_dial
from ivr.care.worker import run_rounds
from ivr.domain.dialogue import Value
from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult, FaxState
from ivr.domain.invoices import Invoice
from ivr.domain.values import Language, mask
from ivr.errors import Unusable
from ivr.ports.clock import Clock
from ivr.ports.fax import Fax
from ivr.ports.invoices import InvoiceRenderer, InvoiceRepository
from ivr.ports.messages import Outbox

log = structlog.get_logger()

LOST_AFTER = timedelta(minutes=10)
"""An attempt without a result has failed after this time: ten pages take less."""
AT_ONCE = 4
"""Maximum number of faxes at the same time."""
IDLE = 1.0


class Write(Protocol):
    """Returns the written form of a text."""

    def __call__(self, language: Language, key: str, **values: Value) -> str: ...


@dataclass(frozen=True)
class FaxWorker:
    """Sends the waiting invoices, earliest due first."""

    repository: InvoiceRepository
    fax: Fax
    press: InvoiceRenderer
    outbox: Outbox
    write: Write
    clock: Clock
    tries: int = 3
    pause: timedelta = timedelta(minutes=5)
    """Pause after an attempt; ``ivr.care.faxtries`` says how many pauses precede the next one."""
    premium: Callable[[], Sequence[str]] = tuple
    """Prefixes of national numbers that cost more than a normal call. Such numbers and foreign
    numbers are not dialled, even if they were allowed when the invoice was ordered."""
    station: str = ""
    """Our own fax number, for the header line of each page."""

    def once(self) -> int:
        """Do one round; return how many attempts began or ended."""
        if not self.fax.ready():
            return 0
        now = self.clock.now()
        going = self.repository.sending()
        moved = sum(self._look(invoice, now) for invoice in going)
        room = AT_ONCE - len(going)
        for invoice in self.repository.due(now, room) if room > 0 else ():
            moved += self._begin(invoice, now)
        return moved

    def run(self, stop: threading.Event) -> None:
        """Do rounds until ``stop`` is set."""
        run_rounds("invoices", self.once, stop, IDLE)

    def _begin(self, invoice: Invoice, now: datetime) -> bool:
        if not self.repository.begin(invoice.number, now):
            return False
        reference = reference_of(invoice, len(invoice.tries) + 1)
        if reason := not_to_dial(invoice.fax, self.premium()):
            why = FaxReason.NOT_DIALLED
            self._end(invoice, reference, FaxAnswer(FaxResult.FAILED, 0, str(reason), why), now)
            return True
        log.info("a fax is sent", fax=reference, to=mask(invoice.fax))
        try:
            header = self._header(invoice, now)
            tiff = self.press.tiff(invoice.number, invoice.paper, header)
        except Unusable as error:
            log.error("an invoice cannot be drawn", fax=reference, reason=str(error))
            why = FaxReason.NOT_DRAWN
            self._end(invoice, reference, FaxAnswer(FaxResult.FAILED, 0, str(error), why), now)
            return True
        answer = self.fax.send(reference, tiff, invoice.fax)
        if answer is not None:
            self._end(invoice, reference, answer, now)
        return True

    def _look(self, invoice: Invoice, now: datetime) -> bool:
        """Settle the running attempt of an invoice if it has ended."""
        reference = reference_of(invoice, len(invoice.tries))
        answer = self.fax.result(reference)
        if answer is None and now >= invoice.due + LOST_AFTER:
            answer = FaxAnswer(FaxResult.LOST, reason=FaxReason.LOST)
        if answer is None:
            return False
        self._end(invoice, reference, answer, now)
        return True

    def _end(self, invoice: Invoice, reference: str, answer: FaxAnswer, now: datetime) -> None:
        tried = int(reference.rpartition("-")[2])
        pause = timedelta()
        if answer.result is FaxResult.SENT:
            state = FaxState.SENT
        else:
            wait = pause_before_next(answer.reason, invoice.fax, tried, self.tries, self.pause)
            state = FaxState.FAILED if wait is None else FaxState.WAITING
            pause = wait or pause
        if state is not FaxState.WAITING:
            self._tell(invoice, state, answer.reason)
        self.repository.end(invoice.number, answer, now, state, now + pause)
        metrics.fax_tried(answer.reason, is_last=state is not FaxState.WAITING)
        log.info(
            "a fax has ended",
            fax=reference,
            result=str(answer.result),
            reason=str(answer.reason or ""),
            pages=answer.pages,
            detail=answer.detail,
            state=str(state),
        )
        self.fax.forget(reference)

    def _header(self, invoice: Invoice, now: datetime) -> str:
        """Return the header line: time, both numbers, seller: ``29.11.2026 21:00 (UTC+5)  …``."""
        local = self.clock.local(now)
        ends = f"{self.station} → +{invoice.fax}" if self.station else f"+{invoice.fax}"
        return f"{local:%d.%m.%Y %H:%M} ({_zone(local)})  {ends}  {invoice.paper.seller.name}"

    def _tell(self, invoice: Invoice, state: FaxState, reason: FaxReason | None) -> None:
        """Send the text message to the number that is paid for: the calling phone may be any."""
        paper = invoice.paper
        body = self.write(
            paper.language,
            "sms.invoice.sent" if state is FaxState.SENT else told(reason),
            number=invoice.number.sequence,
            date=paper.dated,
            total=paper.total,
            fax=invoice.fax,
        )
        self.outbox.put(paper.phone, body, f"invoice:{invoice.number}")


def _zone(local: datetime) -> str:
    """Return the UTC offset of a local time: ``UTC+5``, ``UTC-3:30``."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def reference_of(invoice: Invoice, tried: int) -> str:
    """Return the name of one attempt: ``2026-17-1``."""
    return f"{invoice.number.year}-{invoice.number.sequence}-{tried}"
