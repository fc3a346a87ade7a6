"""Invoices for prepayment: making them, keeping them, printing them."""

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
        """A city or mobile number of the country in any of its forms.

        Else why it is not dialled (a number abroad, one that costs more than a call), or None: it
        is no number.
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
        """Write the confirmed invoice down, to be sent; answers its number. ProofEnded: the proof
        has ended when it is written.

        The same ``key`` is never a second invoice.
        """
        ...

    def recall(self, actor: Actor, key: OperationKey, number: Msisdn) -> InvoiceNumber | None:
        """The number of what was ordered for a number under a key; None: nothing was."""
        ...


class InvoiceRepository(Protocol):
    """Invoices as written down. Each method is one short transaction."""

    def write(
        self, draft: Draft, since: datetime, most: int, to_fax: int | None = None
    ) -> Invoice | NoInvoice:
        """Give a draft the next number of the year that it is dated in, due at once.

        A known external id answers the invoice written then; KeyTaken: that is for another phone,
        or by another actor.
        No number is taken if the draft's phone has ``most`` invoices since ``since`` (MANY), or its
        fax number ``to_fax`` of them, of all payers together (FAXED); those of a former owner do
        not count. ProofEnded: ``Draft.hold``, asked within the transaction with the subscriber's
        row locked.
        """
        ...

    def get(self, number: InvoiceNumber) -> Invoice | None: ...

    def find(self, external_id: str) -> Invoice | None:
        """The invoice with an external id."""
        ...

    def due(self, at: datetime, most: int) -> Sequence[Invoice]:
        """WAITING and due by ``at``, those due first before others."""
        ...

    def sending(self) -> Sequence[Invoice]: ...

    def begin(self, number: InvoiceNumber, at: datetime) -> bool:
        """WAITING becomes SENDING with a new try. False: it was not WAITING, another has it."""
        ...

    def end(
        self,
        number: InvoiceNumber,
        answer: FaxAnswer,
        at: datetime,
        state: FaxState,
        due: datetime,
    ) -> None:
        """End the try that goes on; what is not SENDING is left as it is."""
        ...


class InvoiceRenderer(Protocol):
    """Draws the paper of an invoice. Unusable: its form is broken."""

    def pdf(self, number: InvoiceNumber, paper: Paper) -> bytes: ...

    def tiff(self, number: InvoiceNumber, paper: Paper, header: str = "") -> bytes:
        """The pages for a fax machine (ITU-T T.4 fine, Group 4): black and white, 1728 wide.

        ``header`` is the line above each of them, to which the page's number is added.
        """
        ...
