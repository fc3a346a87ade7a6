"""Invoices for prepayment: ordering, storing and drawing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Evidence
from ivr.domain.fax import FaxAnswer, FaxState
from ivr.domain.invoices import Draft, Invoice, InvoiceNumber, NoInvoice, Paper, Prepayment, Wanted
from ivr.domain.services import UNQUESTIONED, Reason
from ivr.domain.values import Language, Msisdn


class Invoices(Protocol):
    """Invoices for identified callers."""

    def offered(self) -> Prepayment: ...

    def fax_number(self, keyed: str) -> Msisdn | Reason | None:
        """Parse a city or mobile number of this country in any of its forms.

        Return a Reason if the line does not dial it (foreign, or more expensive than a call).
        Return None if it is not a number.
        """
        ...

    def order(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        language: Language,
        wanted: Sequence[Wanted],
        fax: Msisdn,
        evidence: Evidence = UNQUESTIONED,
    ) -> InvoiceNumber | NoInvoice:
        """Store the confirmed invoice for sending; return its number.

        The same ``key`` never makes a second invoice. Raise ProofEnded if the caller's proof is no
        longer valid in the writing transaction.
        """
        ...

    def recall(self, actor: Actor, key: OperationKey, number: Msisdn) -> InvoiceNumber | None:
        """Return the number of the invoice ordered for ``number`` under ``key``; None: none was."""
        ...


class InvoiceRepository(Protocol):
    """Stored invoices. Each method is one short transaction."""

    def write(
        self, draft: Draft, since: datetime, most: int, to_fax: int | None = None
    ) -> Invoice | NoInvoice:
        """Give a draft the next number of the year of its date; it is due at once.

        If the external id is known, return the invoice stored under it; raise KeyTaken if that
        invoice is for another phone or by another actor.
        No number is used if the draft's phone has ``most`` invoices since ``since`` (MANY), or all
        payers together sent ``to_fax`` invoices to its fax number (FAXED). Invoices of a former
        owner do not count. Raise ProofEnded if ``Draft.hold`` does, called within the transaction
        while the subscriber's row is locked.
        """
        ...

    def get(self, number: InvoiceNumber) -> Invoice | None: ...

    def find(self, external_id: str) -> Invoice | None:
        """Return the invoice with an external id."""
        ...

    def due(self, at: datetime, most: int) -> Sequence[Invoice]:
        """Return invoices that are WAITING and due by ``at``, earliest first."""
        ...

    def sending(self) -> Sequence[Invoice]: ...

    def begin(self, number: InvoiceNumber, at: datetime) -> bool:
        """Start an attempt: WAITING becomes SENDING. False: it was not WAITING (taken already)."""
        ...

    def end(
        self,
        number: InvoiceNumber,
        answer: FaxAnswer,
        at: datetime,
        state: FaxState,
        due: datetime,
    ) -> None:
        """End the running attempt. An invoice that is not SENDING is left unchanged."""
        ...


class InvoiceRenderer(Protocol):
    """Draws the pages of an invoice. Raises Unusable if the operator's form is broken."""

    def pdf(self, number: InvoiceNumber, paper: Paper) -> bytes: ...

    def tiff(self, number: InvoiceNumber, paper: Paper, header: str = "") -> bytes:
        """Draw the pages for fax (ITU-T T.4 fine, Group 4): black and white, 1728 pixels wide.

        ``header`` is the line at the top of each page; the page number is added to it.
        """
        ...
