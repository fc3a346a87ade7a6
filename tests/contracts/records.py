"""What the contracts of the records run on: a database, or its twin in memory."""

from __future__ import annotations

from typing import Protocol

from ivr.domain.orders import Order
from ivr.domain.subscriber import ActiveService, Status, Subscriber
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.ports.attempts import Attempts
from ivr.ports.content import Releases
from ivr.ports.orders import OrderRepository
from ivr.ports.requests import RequestRepository
from ivr.ports.subscribers import Payments, Subscribers

NUMBER = Msisdn("99365123456")


class Records(Protocol):
    """Everything that is kept, open to a test."""

    @property
    def subscribers(self) -> Subscribers: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def orders(self) -> OrderRepository: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def requests(self) -> RequestRepository: ...
    @property
    def payments(self) -> Payments: ...

    def add(self, subscriber: Subscriber) -> None: ...

    def use(self, bought: Order, left: int) -> None:
        """The meter says what is left of the package that an order bought."""

    def acts(self) -> list[tuple[str, str]]:
        """Who did what to orders, by the audit, oldest first."""


def subscriber(status: Status = Status.ACTIVE, number: Msisdn = NUMBER) -> Subscriber:
    """The usual subscriber, with 45.30 manat and SMS on."""
    return Subscriber(
        msisdn=number,
        full_name="Myradowa Aýgül",
        language=Language.TURKMEN,
        tariff="duet",
        status=status,
        balance=Money(4530),
        services={ServiceId("sms"): ActiveService()},
    )


def written_order(repository: OrderRepository, order: Order) -> Order:
    """An order as it is written, which nothing refuses."""
    written = repository.write(order)
    assert isinstance(written, Order)
    return written
