"""Invoices for prepayment: the operator's terms, and ordering an invoice for a caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ivr.care.numbering import fixed_or_mobile, is_foreign, is_mobile, not_to_dial
from ivr.care.yamlfile import read_yaml
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Evidence
from ivr.domain.invoices import (
    Draft,
    InvoiceNumber,
    NoInvoice,
    Paper,
    PaperLine,
    Payer,
    Prepayment,
    Seller,
    Wanted,
)
from ivr.domain.services import UNQUESTIONED, Reason
from ivr.domain.subscriber import Status, Subscriber
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import SubscriberGone
from ivr.flow.fields import Id, Percent, Price
from ivr.ports.clock import Clock
from ivr.ports.invoices import InvoiceRepository, Invoices
from ivr.ports.subscribers import Subscribers

log = structlog.get_logger()

MOST_SERVICES = 4
"""A menu has five choices; the fifth ends the list."""
DAY = timedelta(hours=24)

Line = Annotated[str, Field(min_length=1, max_length=120)]
Named = dict[Language, Line]
Signatures = Literal["lines", "none"]


class Issuer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Named
    address: Named
    phone: Line
    tax_number: Line


class Bank(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Named
    account: Line
    code: Line


class Terms(BaseModel):
    """The operator's terms for invoices. Build one with ``read_terms``, which checks it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    seller: Issuer
    bank: Bank
    vat: Percent
    """Value added tax in percent."""
    least: Price
    most: Price
    days: Annotated[int, Field(ge=1, le=366)]
    a_day: Annotated[int, Field(ge=1, le=1000)]
    services: Annotated[dict[Id, Named], Field(min_length=1, max_length=MOST_SERVICES)]
    unit: Named = {}
    """The unit of services; empty: the word given in the form."""
    signatures: Signatures = "lines"
    director: Named = {}
    """Name beside the signature line; empty: the line only."""
    accountant: Named = {}

    @model_validator(mode="after")
    def _whole(self) -> Terms:
        names = (self.seller.name, self.seller.address, self.bank.name, *self.services.values())
        optional = (self.unit, self.director, self.accountant)
        for named in (*names, *filter(None, optional)):
            for language in Language:
                if language not in named:
                    raise ValueError(f"the name '{min(named.values())}' is missing in '{language}'")
        if self.least.tenge % 100 or self.most.tenge % 100 or not self.least.tenge:
            raise ValueError("least and most must be whole manat, at least 1")
        if self.least > self.most:
            raise ValueError("least must not be greater than most")
        return self

    @cached_property
    def rate(self) -> int:
        """Value added tax in hundredths of a percent."""
        return Money.from_manat(self.vat).tenge

    def paper(
        self, payer: Payer, language: Language, wanted: Sequence[Wanted], dated: date
    ) -> Paper:
        """Return the contents of an invoice with these terms, dated ``dated``."""
        return Paper(
            language=language,
            dated=dated,
            until=dated + timedelta(days=self.days),
            payer=payer.name,
            phone=payer.phone,
            lines=tuple(
                PaperLine(
                    self.services[each.service][language],
                    each.amount,
                    vat_within(each.amount, self.rate),
                    self.unit.get(language, ""),
                )
                for each in wanted
            ),
            rate=self.rate,
            seller=Seller(
                name=self.seller.name[language],
                address=self.seller.address[language],
                phone=self.seller.phone,
                tax_number=self.seller.tax_number,
                bank=self.bank.name[language],
                account=self.bank.account,
                bank_code=self.bank.code,
                director=self.director.get(language, ""),
                accountant=self.accountant.get(language, ""),
            ),
            payer_tax_number=payer.tax_number,
            payer_address=payer.address,
            contract=payer.contract,
            is_signed=self.signatures == "lines",
        )

    def texts(self) -> Iterable[str]:
        """Return the keys of the texts that name the services."""
        return (f"invoice.service.{id}" for id in self.services)


def read_terms(path: Path) -> Terms:
    """Read and check the terms. Raise Unusable with the file, the entry and the fault."""
    read = read_yaml(path)
    try:
        return Terms.model_validate(read.data)
    except ValidationError as error:
        raise read.refusal(error, (Terms, Issuer, Bank)) from None


def vat_within(amount: Money, rate: int) -> Money:
    """Return the tax included in an amount, rounded half up to teňňe; ``rate``: 1500 is 15 %."""
    whole = 10_000 + rate
    return Money((2 * amount.tenge * rate + whole) // (2 * whole))


def _payer(subscriber: Subscriber) -> Payer:
    return Payer(
        subscriber.company or subscriber.full_name,
        subscriber.msisdn,
        subscriber.tax_number,
        subscriber.address,
        subscriber.contract,
    )


@dataclass(frozen=True)
class InvoiceService(Invoices):
    subscribers: Subscribers
    repository: InvoiceRepository
    terms: Terms
    clock: Clock
    premium: Sequence[str]
    """Prefixes of national numbers that cost more than a normal call."""
    to_mobile: int = 1
    """Maximum invoices to one mobile number in 24 hours, for all payers together."""

    def offered(self) -> Prepayment:
        return Prepayment(tuple(self.terms.services), self.terms.least, self.terms.most)

    def fax_number(self, keyed: str) -> Msisdn | Reason | None:
        number = fixed_or_mobile(keyed)
        if number is None:
            return Reason.FOREIGN if is_foreign(keyed) else None
        return not_to_dial(number, self.premium) or number

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
        subscriber = self.subscribers.find(number)
        if subscriber is None:
            raise SubscriberGone
        if subscriber.status is Status.TERMINATED:
            return NoInvoice.TERMINATED
        if not_to_dial(fax, self.premium):
            return NoInvoice.REFUSED
        now = self.clock.now()
        today = self.clock.local(now).date()
        paper = self.terms.paper(_payer(subscriber), language, wanted, today)
        draft = Draft(key, paper, fax, now, evidence.version, actor=actor)
        to_fax = self.to_mobile if is_mobile(fax) else None
        written = self.repository.write(draft, now - DAY, self.terms.a_day, to_fax)
        return written if isinstance(written, NoInvoice) else written.number

    def recall(self, actor: Actor, key: OperationKey, number: Msisdn) -> InvoiceNumber | None:
        known = self.repository.find(key)
        if known is not None and (known.actor, known.paper.phone) != (actor, number):
            log.error("an invoice of another number has this key", invoice=known.external_id)
            return None  # another actor used the key: this caller's invoice was not stored
        return known.number if known else None
