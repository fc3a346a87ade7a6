"""Every reason to refuse a change is heard as a sentence of its own."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from ivr.care.catalogue import read_catalogue
from ivr.domain.orders import Check, NetworkAnswer, Order, OrderState, unweighed
from ivr.domain.services import SUSPENSION, Change, Offer, Reason, Refusal
from ivr.domain.subscriber import ActiveService, Status
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.flow.document import Flow
from ivr.settings import PROJECT
from ivr.speech.texts import read_texts
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, Operator, subscriber
from ivr.testing.dial import dial

FRIEND = Msisdn("99361000000")
FORWARD = "3 2 4 2 1"


def rich(**given: object) -> Operator:
    """An operator whose subscriber has money, and these particulars."""
    made = Operator()
    made.add(subscriber(**{"balance": 100_000, "services": "sms", **given}))  # type: ignore[arg-type]
    return made


def forwarded() -> Operator:
    """All calls go to the friend already."""
    made = rich()
    held = {ServiceId("forwarding"): ActiveService(value=(("always", FRIEND),))}
    made.add(dataclasses.replace(subscriber(balance=100_000), services=held))
    return made


def limited() -> Operator:
    """Call waiting is changed in the night only."""
    return ruled('hours: "22:00-06:00"')


def elsewhere() -> Operator:
    """Call waiting is for suspended numbers only."""
    return ruled("states: [suspended]")


def ruled(rule: str) -> Operator:
    """The usual one, with a further rule for call waiting."""
    shipped = (PROJECT / "db" / "catalogue.yaml").read_text(encoding="utf-8")
    edited = shipped.replace(
        'waiting: {group: calls, monthly: "0.10"}',
        f'waiting: {{group: calls, monthly: "0.10", {rule}}}',
    )
    assert edited != shipped
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.yaml"
        file.write_text(edited, encoding="utf-8")
        made = Operator(catalogue=read_catalogue(file))
    made.add(subscriber())
    return made


def pending() -> Operator:
    """An earlier order for the same is still to be carried out."""
    made = rich()
    made.network.outage = True
    offer = made.care.subscriptions.offer(NUMBER, Change(ServiceId("gprs"), True))
    assert isinstance(offer, Offer)
    made.care.subscriptions.order(*on_phone("earlier", 1), NUMBER, offer)
    return made


def refusing() -> Operator:
    made = rich()
    made.network.refuses = True
    return made


def looping() -> Operator:
    """The friend's calls come here already."""
    made = rich()
    held = {ServiceId("forwarding"): ActiveService(value=(("busy", NUMBER),))}
    made.add(dataclasses.replace(subscriber(FRIEND), services=held))
    return made


def saving() -> Operator:
    return rich(services="sms discount")


def full() -> Operator:
    """One SMS package is the most."""
    made = rich()
    change = Change(ServiceId("sms-package"), True, (("package", "s"),))
    offer = made.care.subscriptions.offer(NUMBER, change)
    assert isinstance(offer, Offer)
    made.care.subscriptions.order(*on_phone("earlier", 1), NUMBER, offer)
    return made


def settled() -> Operator:
    """The favourite number was set a moment ago."""
    made = rich()
    change = Change(ServiceId("favourite"), True, (("number", FRIEND),))
    offer = made.care.subscriptions.offer(NUMBER, change)
    assert isinstance(offer, Offer)
    made.care.subscriptions.order(*on_phone("earlier", 1), NUMBER, offer)
    return made


def poorer() -> Operator:
    """The balance goes to somebody else between the price and the confirmation."""
    made = rich()
    write = made.orders.write

    def late(order: Order, check: Check = unweighed) -> Order | Refusal:
        made.subscribers.rows[NUMBER] = dataclasses.replace(
            made.subscribers.rows[NUMBER], balance=Money(0)
        )
        try:
            return write(order, check)
        finally:
            made.add(subscriber(balance=100_000, services="sms"))

    made.orders.write = late  # type: ignore[method-assign]
    return made


def stopped() -> Operator:
    """Orders are withdrawn elsewhere while the network is asked."""
    made = rich()

    def carry_out(order: Order) -> NetworkAnswer:
        now = made.clock.now()
        made.orders.settle(order.id, OrderState.CANCELLED, now, Reason.WITHDRAWN)
        return NetworkAnswer.CANCELLED

    made.network.carry_out = carry_out  # type: ignore[method-assign]
    return made


HEARD: dict[Reason, tuple[Callable[[], Operator], str]] = {
    Reason.TARIFF: (lambda: rich(tariff="oba"), "3 2 4 1 2"),
    Reason.BALANCE: (lambda: rich(balance=200), "3 2 3 3"),
    Reason.BLOCKED: (lambda: rich(status=Status.BLOCKED), "3 2 1 1"),
    Reason.INACTIVE: (lambda: rich(status=Status.INACTIVE), "3 2 1 1"),
    Reason.SUSPENDED: (lambda: rich(status=Status.SUSPENDED), "3 2 1 1"),
    Reason.EXCLUDED: (saving, "3 2 4 3 61000000"),
    Reason.MOST: (full, "3 2 5 1 1"),
    Reason.SOON: (settled, "3 2 4 3 1 12223344"),
    Reason.HOURS: (limited, "3 2 3 1"),
    Reason.ITSELF: (rich, f"{FORWARD} 65123456"),
    Reason.FOREIGN: (rich, f"{FORWARD} 0079161234567#"),
    Reason.LINE: (rich, f"{FORWARD} 66300890"),
    Reason.PREMIUM: (rich, f"{FORWARD} 69901234"),
    Reason.LOOP: (looping, f"{FORWARD} 61000000"),
    Reason.PENDING: (pending, "3 2 1 1"),
    Reason.NETWORK: (refusing, "3 2 1 1 1"),
    Reason.ALREADY: (forwarded, "3 2 4 2 1 1 61000000"),
    Reason.UNKNOWN: (elsewhere, "3 2 3 1"),
    Reason.CHANGED: (poorer, "3 2 3 3 1"),
    Reason.WITHDRAWN: (stopped, "3 2 1 1 1"),
}
"""What brings each about, and the keys that ask for it."""
UNHEARD = {Reason.TERMINATED, Reason.UNTOLD}
"""Nobody is identified for a terminated number; what the owner was not told of is cancelled after
the call, and told by text message."""


def test_no_reason_is_forgotten() -> None:
    assert set(HEARD) | UNHEARD | {Reason.USED} == set(Reason)


def test_a_package_that_was_used_is_not_taken_back(flow: Flow) -> None:
    operator = rich(services="sms gprs")
    settle = operator.orders.settle

    def use(id: str, state: OrderState, at: datetime, reason: Reason | None = None) -> Order:
        """It is used as soon as it is there."""
        settled = settle(id, state, at, reason)
        row = operator.subscribers.rows[NUMBER]
        used = tuple(dataclasses.replace(each, left=199) for each in row.packages)
        operator.subscribers.rows[NUMBER] = dataclasses.replace(row, packages=used)
        return settled

    operator.orders.settle = use  # type: ignore[method-assign]
    call = dial(flow, operator.care, operator.clock, "3 2 2 1 1 ~2", caller=None, subscriber=NUMBER)
    assert "change.undo" in call.keys
    assert "refused.used service=service.internet-package" in call.heard
    assert operator.subscribers.rows[NUMBER].balance == Money(99_000)
    assert len(operator.subscribers.rows[NUMBER].packages) == 1


@pytest.mark.parametrize("reason", HEARD)
def test_a_reason_is_heard(flow: Flow, reason: Reason) -> None:
    make, keys = HEARD[reason]
    operator = make()
    before = dict(operator.subscribers.rows)
    call = dial(flow, operator.care, operator.clock, keys, caller=None, subscriber=NUMBER)
    assert [key for key in call.keys if key.startswith("refused.")] == [f"refused.{reason}"]
    assert operator.subscribers.rows == before, "what is refused changes nothing"


@pytest.mark.parametrize("side", ["on", "off"])
def test_what_is_so_already_has_words_of_its_own(flow: Flow, side: str) -> None:
    operator = rich(status=Status.SUSPENDED if side == "on" else Status.ACTIVE)
    keys = "3 4 1" if side == "on" else "3 4 2"
    call = dial(flow, operator.care, operator.clock, keys, caller=None, subscriber=NUMBER)
    assert f"suspension.{side}.already" in call.keys


@pytest.mark.parametrize("language", Language)
def test_no_two_reasons_have_the_same_sentence(language: Language) -> None:
    words = read_texts(PROJECT / "prompts").by_language[language]
    sentences = [words[f"refused.{reason}"] for reason in Reason]
    assert len(set(sentences)) == len(sentences)


def test_a_suspension_is_refused_by_the_network_too(flow: Flow) -> None:
    operator = refusing()
    call = dial(flow, operator.care, operator.clock, "3 4 1 1", caller=None, subscriber=NUMBER)
    assert "refused.network service=service.suspension" in call.heard
    (order,) = operator.orders.orders.values()
    assert isinstance(order, Order)
    assert (order.state, order.changes) == (OrderState.REJECTED, (Change(SUSPENSION, True),))
    assert operator.subscribers.rows[NUMBER].balance == Money(100_000)
