"""Words for tests of services: what is wanted, offered, ordered, and what became of it."""

from __future__ import annotations

from ivr.domain.services import Change, Offer, Reason, Receipt, Refusal
from ivr.domain.subscriber import Status
from ivr.domain.values import Money, ServiceId
from ivr.ports.services import Subscriptions
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, Operator, subscriber


def on(service: str) -> Change:
    return Change(ServiceId(service), True)


def off(service: str) -> Change:
    return Change(ServiceId(service), False)


def operator(
    services: str = "sms",
    status: Status = Status.ACTIVE,
    balance: int = 1_000,
    tariff: str = "duet",
) -> Operator:
    made = Operator()
    made.add(subscriber(services=services, status=status, balance=balance, tariff=tariff))
    return made


def offered(operator: Operator, wanted: Change) -> Offer:
    offer = subscriptions(operator).offer(NUMBER, wanted)
    assert isinstance(offer, Offer)
    return offer


def refused(operator: Operator, wanted: Change) -> Reason:
    refusal = subscriptions(operator).offer(NUMBER, wanted)
    assert isinstance(refusal, Refusal)
    return refusal.reason


def order(operator: Operator, wanted: Change, step: int = 1) -> Receipt:
    return subscriptions(operator).order(*on_phone("call", step), NUMBER, offered(operator, wanted))


def subscriptions(operator: Operator) -> Subscriptions:
    return operator.care.subscriptions


def services(operator: Operator) -> str:
    return " ".join(sorted(operator.subscribers.rows[NUMBER].services))


def balance(operator: Operator) -> Money:
    return operator.subscribers.rows[NUMBER].balance
