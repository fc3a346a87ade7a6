"""Invoices for prepayment: what callers order, and what is printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from ivr.domain.actor import Actor
from ivr.domain.fax import FaxState, FaxTry
from ivr.domain.identification import Proof
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import ProofEnded


@dataclass(frozen=True, slots=True, order=True)
class InvoiceNumber:
    """The number of an invoice, counted from 1 in each year without gaps. Written ``17/2026``."""

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
    """The services and amounts for which a caller may order an invoice."""

    services: tuple[str, ...]
    """Ids, the most used first. Each has a text: ``invoice.service.<id>``."""
    least: Money
    most: Money
    """Limits of the amount for one service, in whole manat."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One service for which a caller wants to pay ``amount``."""

    service: str
    amount: Money


class NoInvoice(StrEnum):
    """Why no invoice is drawn up. Each has a text of its own: ``invoice.<reason>``."""

    TERMINATED = "terminated"
    MANY = "many"
    """The number reached its daily limit of invoices."""
    FAXED = "faxed"
    """The mobile number for the fax reached its daily limit: a person answers there."""
    REFUSED = "refused"
    """The fax number costs more than a call, or is abroad."""


@dataclass(frozen=True, slots=True)
class Seller:
    """The seller that issues invoices, and the bank account for payment."""

    name: str
    address: str
    phone: str
    tax_number: str
    bank: str
    account: str
    bank_code: str
    director: str = ""
    """Name printed beside the signature line; empty: the line only. Likewise the next one."""
    accountant: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """The payer. Unknown fields are empty and not printed."""

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
    """One printed service, quantity 1; ``vat`` is the tax included in ``amount``."""

    name: str
    amount: Money
    vat: Money
    unit: str = ""
    """The unit of the quantity; empty: the word given in the form."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The contents of an invoice. They are fixed when the invoice gets its number."""

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
    """Print signature lines and space for a stamp; if False, a sentence that none are needed."""

    @property
    def total(self) -> Money:
        """The amount to pay."""
        return sum((line.amount for line in self.lines), Money(0))

    @property
    def vat(self) -> Money:
        """The tax included in the total: the sum of the lines' tax."""
        return sum((line.vat for line in self.lines), Money(0))


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice before it has a number. ``external_id`` is its operation key."""

    external_id: str
    paper: Paper
    fax: Msisdn
    ordered: datetime
    version: int | None = None
    """``Evidence.version`` of the call that orders it; None: no proof is needed."""
    actor: Actor = field(kw_only=True)
    """The actor that orders it."""

    def hold(self, proof: Proof | None) -> None:
        """Raise ProofEnded unless the caller's proof is still valid."""
        if self.version is None:
            return
        if proof is None or not proof.holds(self.version, self.actor.call):
            raise ProofEnded("the proof of the right to the number is no longer valid")


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice with its number and the state of sending it."""

    number: InvoiceNumber
    external_id: str
    paper: Paper
    fax: Msisdn
    ordered: datetime
    state: FaxState
    due: datetime
    """When the next attempt is due; while SENDING, when the present one began."""
    tries: tuple[FaxTry, ...] = ()
    actor: Actor = field(kw_only=True)
    """The actor that ordered it."""
