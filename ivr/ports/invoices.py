"""Invoices for prepayment: ordered in a call, drawn up as a paper, sent by fax.

Amounts are what the payer pays, value added tax included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from ivr.call import Evidence
from ivr.errors import ProofEnded
from ivr.ports.fax import FaxAnswer, FaxState, FaxTry
from ivr.ports.proof import Proof
from ivr.ports.services import UNQUESTIONED, Reason
from ivr.values import Language, Money, Msisdn


@dataclass(frozen=True, slots=True, order=True)
class InvoiceNumber:
    """Invoices are counted from 1 in each year, without gaps. Written ``17/2026``."""

    year: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.sequence}/{self.year}"

    @classmethod
    def read(cls, text: str) -> InvoiceNumber:
        """Read ``17/2026``; ValueError for anything else."""
        sequence, _, year = text.partition("/")
        if not (text.isascii() and sequence.isdecimal() and year.isdecimal() and len(year) == 4):
            raise ValueError(f"not the number of an invoice: {text!r}")
        return cls(int(year), int(sequence))


@dataclass(frozen=True, slots=True)
class Prepayment:
    """What a caller may order an invoice for."""

    services: tuple[str, ...]
    """Ids, the most used first. Each has a text: ``invoice.service.<id>``."""
    least: Money
    most: Money
    """Limits of the amount for one service, in whole manat."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One service that a caller wants to pay ``amount`` for."""

    service: str
    amount: Money


class NoInvoice(StrEnum):
    """Why no invoice is drawn up. Each has a text of its own: ``invoice.<reason>``."""

    TERMINATED = "terminated"
    MANY = "many"
    """As many as the operator allows were ordered for this number today."""
    FAXED = "faxed"
    """As many as a day allows went to this mobile number, where a person answers."""
    REFUSED = "refused"
    """The fax number costs more than a call, or is abroad."""


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
        call: str,
        step: int,
        number: Msisdn,
        language: Language,
        wanted: Sequence[Wanted],
        fax: Msisdn,
        evidence: Evidence = UNQUESTIONED,
    ) -> InvoiceNumber | NoInvoice:
        """Write the confirmed invoice down, to be sent; answers its number. ProofEnded: the proof
        has ended when it is written.

        ``call`` and ``step`` are the idempotency key: the same key is never a second invoice.
        """
        ...

    def recall(self, call: str, step: int, number: Msisdn) -> InvoiceNumber | None:
        """The number of what was ordered for a number under a key; None: nothing was."""
        ...


@dataclass(frozen=True, slots=True)
class Seller:
    """Who issues invoices, and where they are paid."""

    name: str
    address: str
    phone: str
    tax_number: str
    bank: str
    account: str
    bank_code: str
    director: str = ""
    """Who signs, as printed beside the line; empty: only the line is there. Likewise below."""
    accountant: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays. What is not known is empty, and not printed."""

    name: str
    """The company, or the full name."""
    phone: Msisdn
    """The number that is paid for."""
    tax_number: str = ""
    address: str = ""
    contract: str = ""
    """The number of the contract."""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One service as it is printed, once; ``vat`` is the tax within ``amount``."""

    name: str
    amount: Money
    vat: Money
    unit: str = ""
    """What it is counted in; empty: the form's own word."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What an invoice says. It is fixed when the invoice gets its number, and never changes."""

    language: Language
    dated: date
    until: date
    """The last day to pay."""
    payer: str
    """The company, or the full name."""
    phone: Msisdn
    """The number that is paid for."""
    lines: tuple[PaperLine, ...]
    rate: int
    """Value added tax in hundredths of a percent: 1500 is 15 %."""
    seller: Seller
    payer_tax_number: str = ""
    """Empty: not known, and not printed. Likewise the next two."""
    payer_address: str = ""
    contract: str = ""
    """The number of the payer's contract."""
    is_signed: bool = True
    """Lines for signatures and a place for the stamp; else a sentence that it is valid without."""

    @property
    def total(self) -> Money:
        """What is to be paid."""
        return sum((line.amount for line in self.lines), Money(0))

    @property
    def vat(self) -> Money:
        """The tax within the total: the sum of that of the lines."""
        return sum((line.vat for line in self.lines), Money(0))


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice before it has its number. ``external_id`` is the idempotency key."""

    external_id: str
    paper: Paper
    fax: Msisdn
    ordered: datetime
    version: int | None = None
    """As ``Evidence.version``, of the call that orders it."""

    def hold(self, proof: Proof | None) -> None:
        """Raise ProofEnded unless the caller's proof holds still."""
        call = self.external_id.rpartition(":")[0]
        if self.version is not None and not (proof and proof.holds(self.version, call)):
            raise ProofEnded("the right to the number holds no longer")


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice with its number, and how far its sending is."""

    number: InvoiceNumber
    external_id: str
    paper: Paper
    fax: Msisdn
    ordered: datetime
    state: FaxState
    due: datetime
    """When the next try is due; while SENDING, when the present one began."""
    tries: tuple[FaxTry, ...] = ()


class InvoiceBook(Protocol):
    """Invoices as written down. Each method is one short transaction."""

    def write(
        self, draft: Draft, since: datetime, most: int, to_fax: int | None = None
    ) -> Invoice | NoInvoice:
        """Give a draft the next number of the year that it is dated in, due at once.

        A known external id answers the invoice written then; KeyTaken: that is for another phone.
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


class Press(Protocol):
    """Draws the paper of an invoice. Unusable: its form is broken."""

    def pdf(self, number: InvoiceNumber, paper: Paper) -> bytes: ...

    def tiff(self, number: InvoiceNumber, paper: Paper, header: str = "") -> bytes:
        """The pages for a fax machine (ITU-T T.4 fine, Group 4): black and white, 1728 wide.

        ``header`` is the line above each of them, to which the page's number is added.
        """
        ...
