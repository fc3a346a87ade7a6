"""Money and other people's settings on real calls: undone orders, two at once, held changes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from datetime import time as clock_time

import pytest

from ivr.domain.orders import OrderState
from ivr.domain.services import HeldChange
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.testing.acting import by
from tests.e2e.installation import short_folder
from tests.e2e.line import KEY_OF, Caller, RunningLine, running_line
from tests.e2e.test_network import network_that
from tests.waiting import until

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
PACKAGE = ServiceId("internet-package")
FORWARDING = ServiceId("forwarding")
XL = {"package": "package.xl", "volume": 1000, "price": Money(5_000), "days": 30}
SECONDS = 90.0
DONE, REJECTED, CANCELLED = OrderState.COMPLETED, OrderState.REJECTED, OrderState.CANCELLED


@pytest.fixture(scope="module")
def own_line() -> Iterator[RunningLine]:
    """A line whose network no other test meets."""
    folder = short_folder()
    with running_line(folder / "home") as line:
        yield line
    shutil.rmtree(folder)


def row(line: RunningLine, number: Msisdn) -> Subscriber:
    found = line.container.store.subscribers.find(number)
    assert found is not None
    return found


def hears_the_price(caller: Caller, language: Language) -> None:
    """Dial through to the package for 50 manat, up to the confirmation."""
    caller.language = language
    caller.press(f"{KEY_OF[language]}2#")
    caller.proves()
    caller.press("2")
    caller.hears("packages.none")
    caller.press("3")
    caller.hears("change.price.once", 60, price=Money(5_000))


def await_states(line: RunningLine, number: Msisdn, *states: OrderState) -> None:
    """Wait until the number's orders, oldest first, have ended like this."""

    def found() -> list[OrderState]:
        orders = [
            each for each in line.container.store.orders.newest(1000) if each.number == number
        ]
        return [each.state for each in reversed(orders)]

    until(lambda: found() == list(states), lambda: str(found()))


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("language", "mood", "states"),
    [
        (TK, {"refuses": [PACKAGE]}, (CANCELLED, CANCELLED)),
        (RU, {"refuses": [PACKAGE], "too_late": True}, (REJECTED, CANCELLED)),
        (EN, {"too_late": True}, (DONE, DONE)),
    ],
)
def test_an_undone_order_costs_and_pays_nothing_whatever_becomes_of_it(
    own_line: RunningLine,
    language: Language,
    mood: dict[str, object],
    states: tuple[OrderState, ...],
) -> None:
    number = own_line.subscriber(services="sms gprs", balance=6_000)
    with network_that(own_line, completes_after=30.0, **mood):
        with own_line.call(number) as caller:
            hears_the_price(caller, language)
            caller.press("1")
            caller.hears("change.on.accepted", 30, service=f"service.{PACKAGE}")
            caller.hears("change.undo")
            caller.press("2")
            said = "change.undo.accepted" if "too_late" in mood else "change.undone"
            caller.hears(said, 30, service=f"service.{PACKAGE}")
        await_states(own_line, number, *states)
    after = row(own_line, number)
    assert (after.balance, after.packages) == (Money(6_000), ())


@pytest.mark.nightly
def test_two_calls_cannot_buy_with_money_for_one(own_line: RunningLine) -> None:
    number = own_line.subscriber(services="sms gprs", balance=6_000)
    with own_line.call(number) as first, own_line.call(own_line.number()) as second:
        hears_the_price(first, EN)
        second.language = RU
        second.press(f"{KEY_OF[RU]}2{number.removeprefix('993')}")
        second.hears("identify.read-back", number=number)
        second.press("1")
        second.proves()
        second.press("2")
        second.hears("packages.none")
        second.press("3")
        second.hears("change.price.once", 60, price=Money(5_000))
        first.press("1")
        first.hears("change.on.done", service=f"service.{PACKAGE}")
        second.press("1")
        second.hears("refused.changed", service=f"service.{PACKAGE}")
    after = row(own_line, number)
    assert (after.balance, len(after.packages)) == (Money(1_000), 1)


@pytest.mark.nightly
def test_a_used_package_is_not_taken_back(own_line: RunningLine) -> None:
    number = own_line.subscriber(services="sms gprs", balance=6_000)
    with own_line.call(number) as caller:
        hears_the_price(caller, TK)
        caller.press("1")
        caller.hears("change.on.done", service=f"service.{PACKAGE}")
        (order,) = [o for o in own_line.container.store.orders.newest(10) if o.number == number]
        packages = own_line.container.store.packages
        assert packages.set_left(*by("meter"), {order.external_id: 0}).updated == 1
        caller.press("2")
        caller.hears("refused.used", 30, service=f"service.{PACKAGE}")
    after = row(own_line, number)
    assert (after.balance, len(after.packages)) == (Money(1_000), 1)


def forwards_by_passport(line: RunningLine, owner: Msisdn, language: Language) -> None:
    """Somebody at another phone knows the passport."""
    with line.call(line.number()) as thief:
        thief.language = language
        thief.press(f"{KEY_OF[language]}2{owner.removeprefix('993')}")
        thief.hears("identify.read-back", number=owner)
        thief.press("1")
        thief.proves("passport")
        thief.press("421")
        thief.hears("forwarding.number", 60)
        thief.press("61000000")
        thief.hears("forwarding.always.confirm", 60, number="99361000000", seconds=0)
        thief.press("1")
        until(lambda: line.container.store.orders.held(owner))
        day, at = due(line, held(line, owner))
        thief.hears("change.held", 60, service=f"service.{FORWARDING}", day=day, time=at)


def held(line: RunningLine, owner: Msisdn) -> HeldChange:
    (change,) = line.container.care.subscriptions.held(owner)
    return change


def due(line: RunningLine, change: HeldChange) -> tuple[date, clock_time]:
    local = line.container.clock.local(change.due)
    return local.date(), local.time().replace(second=0, microsecond=0)


@pytest.mark.nightly
def test_the_owner_hears_of_a_held_forwarding_before_the_menu_and_stops_it(
    own_line: RunningLine, language: Language
) -> None:
    owner = own_line.subscriber()
    own_line.container.store.callers.remember(owner, language)
    forwards_by_passport(own_line, owner, language)
    day, at = due(own_line, held(own_line, owner))
    with own_line.call(owner) as caller:
        caller.language = language
        caller.hears("held.change", service=f"service.{FORWARDING}")
        caller.hears("held.number", number="99361000000")
        caller.hears("held.due", day=day, time=at)
        caller.hears("held.stop")
        caller.press("1")
        caller.hears("held.stopped", service=f"service.{FORWARDING}")
        caller.hears("menu.main.account")
    assert own_line.container.store.orders.held(owner) == []
    await_states(own_line, owner, CANCELLED)
    assert own_line.network.switched(owner) == {}
    entries = own_line.container.store.audit.newest(5, owner)
    assert "order.stopped" in {entry.action for entry in entries}
