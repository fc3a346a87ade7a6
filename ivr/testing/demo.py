"""A small operator in memory, for dialogues: subscribers, secrets, catalogue, network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from argon2 import PasswordHasher

from ivr.care.accounts import AccountService
from ivr.care.advice import AdviceService
from ivr.care.attempts import LIMITS, Limits
from ivr.care.callbacks import CallbackService
from ivr.care.catalogue import Catalogue, read_catalogue
from ivr.care.hash_queue import HashQueue
from ivr.care.identification import IdentificationService
from ivr.care.information import AnnouncementCache, InformationService
from ivr.care.invoices import InvoiceService, Terms, read_terms
from ivr.care.locks import UnlockService
from ivr.care.news import News, read_news
from ivr.care.notices import Notices, NoticeWriter
from ivr.care.numbering import NationalNumbering
from ivr.care.ordercheck import Weighing
from ivr.care.orders import OrderWorker
from ivr.care.puks import PukService
from ivr.care.requests import RequestService
from ivr.care.results import ResultNotifier
from ivr.care.subscriptions import SubscriptionService
from ivr.care.verifiers import CredentialVerifier
from ivr.care.warnings import OwnerWarning
from ivr.domain.orders import NetworkAnswer, Order
from ivr.domain.subscriber import ActiveService, Status, Subscriber
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.ports.business import OrderStatusQuery
from ivr.ports.care import Care
from ivr.ports.orders import Network
from ivr.settings import PROJECT
from ivr.testing.acting import by
from ivr.testing.attempts import MemoryAttempts, MemoryCodes
from ivr.testing.business import MemoryBills
from ivr.testing.callbacks import MemoryCallbacks
from ivr.testing.clock import FixedClock
from ivr.testing.content import MemoryAnnouncements
from ivr.testing.executors import SlowExecutor
from ivr.testing.facts import MemoryFacts
from ivr.testing.invoices import MemoryInvoiceRepository
from ivr.testing.messages import MemoryOutbox, MemoryPromises
from ivr.testing.orders import MemoryOrderRepository
from ivr.testing.prompts import EchoPrompts
from ivr.testing.requests import MemoryRequests
from ivr.testing.subscribers import MemoryCallers, MemoryPayments, MemorySubscribers

NUMBER = Msisdn("99365123456")
OTHER = Msisdn("99366300891")
CODEWORD = "merjenim"
CODEWORD_KEYS = "63753646"
PASSPORT = "II-MR 123456"
PASSPORT_KEYS = "26123456"
PUK = "73104826"


AT_ONCE = timedelta()
"""How long an unknown order is looked for: the network in memory knows its orders at once."""


class FakeNetwork(Network, OrderStatusQuery):
    """Apply orders immediately; ``fails`` makes it refuse or not answer."""

    def __init__(self) -> None:
        self.refuses = False
        self.outage = False
        self.done: dict[str, Order] = {}
        self.cancelled: list[str] = []
        """External ids of the orders whose cancellation was requested."""

    def carry_out(self, order: Order) -> NetworkAnswer:
        if self.outage:
            raise TemporarilyUnavailable("network")
        if self.refuses:
            return NetworkAnswer.REFUSED
        self.done.setdefault(order.external_id, order)
        return NetworkAnswer.DONE

    def cancel(self, order: Order) -> NetworkAnswer | None:
        if self.outage:
            raise TemporarilyUnavailable("network")
        self.cancelled.append(order.external_id)
        return NetworkAnswer.DONE if order.external_id in self.done else None

    def outcome(self, order: Order) -> NetworkAnswer | None:
        if self.outage:
            raise TemporarilyUnavailable("network")
        return NetworkAnswer.DONE if order.external_id in self.done else None

    def named(self, id: str) -> str | None:
        """Return the network's id of an order: here it is the same as ours."""
        return id if id in self.done else None


@lru_cache(maxsize=1)
def shipped_catalogue() -> Catalogue:
    """Return the catalogue of the project."""
    return read_catalogue(PROJECT / "db" / "catalogue.yaml")


@lru_cache(maxsize=1)
def shipped_news() -> News:
    """Return the news of the project."""
    return read_news(PROJECT / "prompts" / "news.yaml")


@lru_cache(maxsize=1)
def shipped_terms() -> Terms:
    """Return the invoice terms of the project."""
    return read_terms(PROJECT / "db" / "invoice.yaml")


@lru_cache(maxsize=1)
def quick_verifying() -> CredentialVerifier:
    """Return a verifier with real argon2id and parameters that take very little time."""
    return CredentialVerifier("pepper", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@lru_cache(maxsize=1)
def demo_secrets() -> MemorySubscribers:
    """Return the verifiers of the demo number."""
    verifying = quick_verifying()
    made = MemorySubscribers({NUMBER: subscriber()})
    made.set_codeword(*by("demo"), NUMBER, verifying.codeword(CODEWORD))
    return made


def subscriber(
    number: Msisdn = NUMBER,
    *,
    services: str = "sms clip",
    status: Status = Status.ACTIVE,
    balance: int = 4530,
    tariff: str = "duet",
) -> Subscriber:
    """Return a subscriber with these particulars; ``balance`` in teňňe."""
    return Subscriber(
        msisdn=number,
        full_name="Myradowa Aýgül Batyrowna",
        language=Language.TURKMEN,
        tariff=tariff,
        status=status,
        balance=Money(balance),
        services={ServiceId(id): ActiveService() for id in services.split()},
    )


@dataclass
class Operator:
    """All services behind a dialogue, accessible to a test."""

    clock: FixedClock = field(default_factory=FixedClock)
    subscribers: MemorySubscribers = field(default_factory=MemorySubscribers)
    attempts: MemoryAttempts = field(default_factory=MemoryAttempts)
    codes: MemoryCodes = field(default_factory=MemoryCodes)
    limits: Limits = LIMITS
    network: FakeNetwork = field(default_factory=FakeNetwork)
    callers: MemoryCallers = field(default_factory=MemoryCallers)
    callbacks: MemoryCallbacks = field(default_factory=MemoryCallbacks)
    announcements: MemoryAnnouncements = field(default_factory=MemoryAnnouncements)
    requests: MemoryRequests = field(default_factory=MemoryRequests)
    bills: MemoryBills = field(default_factory=MemoryBills)
    payments: MemoryPayments = field(default_factory=MemoryPayments)
    catalogue: Catalogue = field(default_factory=shipped_catalogue)
    news: News = field(default_factory=shipped_news)
    invoices: MemoryInvoiceRepository = field(default_factory=MemoryInvoiceRepository)
    turns: HashQueue = field(default_factory=HashQueue)

    def __post_init__(self) -> None:
        self.executor = SlowExecutor(self.clock)
        self.subscribers.attempts = self.attempts
        self.invoices.subscribers = self.subscribers
        self.orders = MemoryOrderRepository(self.subscribers)
        self.announcement_cache = AnnouncementCache(self.announcements, self.clock)
        self.outbox = MemoryOutbox(now=self.clock.now)
        self.promises = MemoryPromises(self.orders)
        self.results = ResultNotifier(self.promises, self.outbox, EchoPrompts())
        self.facts = MemoryFacts(self.orders, self.subscribers, self.attempts, self.outbox)
        notices = Notices(self.subscribers, self.outbox, EchoPrompts())
        self.notices = NoticeWriter(self.facts, lambda: notices, self.clock)
        premium = self.catalogue.premium_numbers
        warning = OwnerWarning(self.subscribers, self.outbox, EchoPrompts())
        verifying = quick_verifying()
        self.care = Care(
            identification=IdentificationService(
                self.subscribers,
                self.attempts,
                verifying,
                self.clock,
                warning,
                self.turns,
                self.limits,
            ),
            codes=UnlockService(
                self.subscribers,
                self.attempts,
                self.codes,
                verifying,
                self.outbox,
                EchoPrompts(),
                self.clock,
            ),
            numbering=NationalNumbering(),
            subscriptions=SubscriptionService(
                self.subscribers,
                self.orders,
                self.network,
                self.catalogue,
                self.clock,
                self.executor,
                notices,
                AT_ONCE,
                self.promises,
            ),
            accounts=AccountService(
                self.subscribers,
                self.orders,
                self.payments,
                self.bills,
                self.catalogue,
                self.clock,
            ),
            puks=PukService(self.subscribers, self.clock),
            information=InformationService(
                self.catalogue, self.news, self.announcement_cache, self.clock
            ),
            callers=self.callers,
            callbacks=CallbackService(self.callbacks, premium, self.clock),
            requests=RequestService(self.requests, self.clock),
            advice=AdviceService(self.outbox, EchoPrompts()),
            invoices=InvoiceService(
                self.subscribers, self.invoices, shipped_terms(), self.clock, premium
            ),
        )

    def worker(self) -> OrderWorker:
        """Return the worker that carries out accepted orders."""
        weighing = Weighing(self.catalogue, self.clock)
        return OrderWorker(
            self.orders,
            self.network,
            self.clock,
            self.subscribers,
            lambda: weighing,
            self.outbox.find,
            AT_ONCE,
        )

    def add(self, row: Subscriber, *, secrets: bool = True) -> None:
        """Add a subscriber; with ``secrets``, the demo code word and passport."""
        self.subscribers.rows[row.msisdn] = row
        if secrets:
            known = demo_secrets().secrets[NUMBER]
            passport = quick_verifying().passport(row.msisdn, PASSPORT_KEYS)
            self.subscribers.puks[row.msisdn] = Secret(PUK)
            self.subscribers.secrets[row.msisdn] = type(known)(
                known.codeword, known.keys_latin, known.keys_cyrillic, passport
            )


def demo_operator() -> Operator:
    """Return an operator with two subscribers; the first has the demo code word and passport."""
    operator = Operator()
    operator.add(subscriber())
    operator.add(subscriber(OTHER, services="sms gprs", balance=100, tariff="oba"), secrets=False)
    return operator
