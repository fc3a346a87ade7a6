"""Invoices for prepayment: what is asked, what is on the paper."""

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
    """An invoice before it has its number. ``external_id`` is the key of its operation."""

    external_id: str
    paper: Paper
    fax: Msisdn
    ordered: datetime
    version: int | None = None
    """As ``Evidence.version``, of the call that orders it."""
    actor: Actor = field(kw_only=True)
    """Who orders it."""

    def hold(self, proof: Proof | None) -> None:
        """Raise ProofEnded unless the caller's proof holds still."""
        if self.version is None:
            return
        if proof is None or not proof.holds(self.version, self.actor.call):
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
    actor: Actor = field(kw_only=True)
    """Who ordered it."""
