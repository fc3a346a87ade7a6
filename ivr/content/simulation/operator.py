"""Simulated ``Care`` that accepts whatever the rules allow, for walks and for trying content.

The catalogue's rules are the real ones. Nothing is compared, stored, sent or ordered: every secret
matches, every order is done immediately.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.care.advice import AdviceService
from ivr.care.information import AnnouncementCache, InformationService
from ivr.care.numbering import (
    NationalNumbering,
    fixed_or_mobile,
    is_foreign,
    not_to_dial,
)
from ivr.care.requests import numbers_of
from ivr.content.model import Content
from ivr.content.simulation.dial import CALLER
from ivr.content.simulation.subscriptions import SimulatedSubscriptions
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Evidence, Origin
from ivr.domain.callbacks import Asked, CallbackResult, Left
from ivr.domain.content import Announcement
from ivr.domain.identification import Attempt, CodeSent, LockState, Proof, Verdict
from ivr.domain.invoices import InvoiceNumber, NoInvoice, Prepayment, Wanted
from ivr.domain.payments import BillLine, Payment
from ivr.domain.requests import NoRequest, Numbers, RequestKind
from ivr.domain.services import (
    UNQUESTIONED,
    OnDelay,
    Reason,
    no_op,
)
from ivr.domain.subscriber import (
    ActiveService,
    NoPuk,
    Status,
    Subscriber,
)
from ivr.domain.values import Language, Money, Msisdn, Secret, SpokenSecret
from ivr.ports.callbacks import Callbacks
from ivr.ports.care import Accounts, Callers, Care, Codes, Identification, Puks
from ivr.ports.clock import Clock
from ivr.ports.content import Announcements
from ivr.ports.invoices import Invoices
from ivr.ports.messages import Outbox
from ivr.ports.requests import Requests
from ivr.speech.written import WrittenTexts

NAME = "Myradowa Aýgül Batyrowna"
BALANCE = Money(100_000)
"""A balance that is enough for all services (in teňňe)."""


def simulated_care(content: Content, clock: Clock, status: Status = Status.ACTIVE) -> Care:
    """Return the care for a subscriber with this status, with money and without services."""
    catalogue = content.catalogue
    subscriptions = SimulatedSubscriptions(content, clock, _subscriber(content, status))
    return Care(
        identification=AlwaysRight(),
        codes=NoCodes(),
        numbering=NationalNumbering(),
        subscriptions=subscriptions,
        accounts=SimulatedAccounts(content, subscriptions),
        puks=SimulatedPuks(),
        information=InformationService(
            catalogue, content.news, AnnouncementCache(NoAnnouncements(), clock), clock
        ),
        callers=ForgottenCallers(),
        callbacks=SimulatedCallbacks(catalogue.premium_numbers),
        requests=SimulatedRequests(),
        advice=AdviceService(Unsent(), WrittenTexts(content.texts)),
        invoices=SimulatedInvoices(content, clock),
    )


def _subscriber(content: Content, status: Status) -> Subscriber:
    """Return a subscriber with the tariff that offers most services."""
    services = content.catalogue.services.values()

    def offered(tariff: str) -> int:
        return sum(not each.tariffs or tariff in each.tariffs for each in services)

    tariff = max(content.catalogue.tariffs, key=offered)
    return Subscriber(CALLER, NAME, Language.TURKMEN, tariff, status, BALANCE, {})


class AlwaysRight(Identification):
    """Every code word and every passport matches."""

    def lock_state(self, call: str, number: Msisdn, origin: Origin) -> LockState:
        return LockState.OPEN

    def proof(self, number: Msisdn) -> Proof | None:
        return Proof(0)

    def check(
        self, attempt: Attempt, secret: Secret | SpokenSecret, on_delay: OnDelay = no_op
    ) -> Verdict:
        return Verdict.MATCH


class NoCodes(Codes):
    """No number is locked, so no code is sent."""

    def send(self, number: Msisdn, origin: Origin) -> CodeSent:
        return CodeSent.NOT_LOCKED

    def check(self, actor: Actor, number: Msisdn, origin: Origin, secret: Secret) -> bool:
        return False


@dataclass
class SimulatedAccounts(Accounts):
    content: Content
    subscriptions: SimulatedSubscriptions

    def account(self, number: Msisdn) -> Subscriber | None:
        known, order = self.subscriptions.subscriber, self.content.catalogue.order
        services = {id: ActiveService() for id in order if id in known.services}
        return replace(known, msisdn=number, services=services)

    def priority(self, number: Msisdn) -> int:
        return 0

    def bill(self, number: Msisdn, months_ago: int = 0) -> tuple[BillLine, ...]:
        tariff = self.subscriptions.subscriber.tariff
        fee = self.content.catalogue.tariffs[tariff].monthly
        return () if months_ago else (BillLine(f"tariff.{tariff}", fee),)

    def payments(self, number: Msisdn) -> tuple[Payment, ...]:
        return ()


class SimulatedPuks(Puks):
    def tell(self, actor: Actor, key: OperationKey, number: Msisdn) -> Secret | NoPuk:
        return Secret("73104826")


class NoAnnouncements(Announcements):
    def newest(self) -> Announcement | None:
        return None

    def set(
        self, actor: Actor, key: OperationKey, announcement: Announcement, at: datetime
    ) -> None:
        """Nothing is kept."""


class ForgottenCallers(Callers):
    """No language is known, so every caller is asked."""

    def language(self, caller: Msisdn) -> Language | None:
        return None

    def remember(self, caller: Msisdn, language: Language) -> None:
        """Do nothing."""


@dataclass
class SimulatedCallbacks(Callbacks):
    premium: Sequence[str]

    def refused(self, number: Msisdn) -> Reason | None:
        return not_to_dial(number, self.premium)

    def leave(self, actor: Actor, key: OperationKey, asked: Asked) -> Left:
        return Left.DONE

    def take(self, actor: Actor, key: OperationKey, id: int) -> bool:
        return False

    def done(self, actor: Actor, key: OperationKey, id: int) -> bool:
        return False

    def tried(
        self,
        actor: Actor,
        key: OperationKey,
        id: int,
        result: CallbackResult,
        next_at: datetime | None = None,
    ) -> bool:
        return False


class SimulatedRequests(Requests):
    def room(self, actor: Actor, party: Msisdn | None) -> NoRequest | None:
        return None

    def numbers(self, kind: RequestKind, numbers: Sequence[Msisdn]) -> Numbers:
        return numbers_of(kind, numbers)

    def leave(
        self,
        actor: Actor,
        key: OperationKey,
        kind: RequestKind,
        numbers: Sequence[Msisdn],
        asker: Msisdn | None,
        language: Language | None,
        subscriber: Msisdn | None = None,
    ) -> int | NoRequest:
        return 1

    def recall(self, actor: Actor, key: OperationKey, asker: Msisdn | None) -> int | None:
        return None


class Unsent(Outbox):
    """No text message is written."""

    def put(self, number: Msisdn, body: str, reference: str) -> None:
        """Do nothing."""

    def has_room(self, number: Msisdn, occasion: str) -> bool:
        return True

    def find(self, reference: str) -> None:
        """Return None: there are no messages."""


@dataclass
class SimulatedInvoices(Invoices):
    content: Content
    clock: Clock

    def offered(self) -> Prepayment:
        terms = self.content.terms
        return Prepayment(tuple(terms.services), terms.least, terms.most)

    def fax_number(self, keyed: str) -> Msisdn | Reason | None:
        number = fixed_or_mobile(keyed)
        if number is None:
            return Reason.FOREIGN if is_foreign(keyed) else None
        return not_to_dial(number, self.content.catalogue.premium_numbers) or number

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
        return InvoiceNumber(self.clock.local().year, 1)

    def recall(self, actor: Actor, key: OperationKey, number: Msisdn) -> InvoiceNumber | None:
        return None
