"""An offer that is not what it was when it was told: nothing of it is carried out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from ivr.care.catalogue import Catalogue, Refund
from ivr.care.ordercheck import delay_of
from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.orders import OrderState
from ivr.domain.services import SUSPENSION, Change, Offer, Reason, Settled
from ivr.domain.subscriber import ActiveService, Status, Subscriber
from ivr.domain.values import Money, ServiceId
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, Operator, shipped_catalogue
from tests.care.services import (
    balance,
    off,
    offered,
    on,
    operator,
    order,
    refused,
    services,
    subscriptions,
)

INTERNET, FORWARDING = ServiceId("internet-package"), ServiceId("forwarding")
HOME, FRIEND = "99312223344", "99361000000"
WEAK = Evidence(IdentificationMethod.PASSPORT)


def package(id: str = "m") -> Change:
    return Change(INTERNET, True, (("package", id),))


def forwarded(**parts: str) -> Change:
    return Change(FORWARDING, True, tuple(sorted(parts.items())))


def confirm(made: Operator, offer: Offer, key: str = "call:9") -> tuple[Settled, Reason | None]:
    call, _, step = key.partition(":")
    receipt = subscriptions(made).order(*on_phone(call, int(step)), NUMBER, offer)
    return receipt.settled, receipt.reason


CHANGED = (Settled.REFUSED, Reason.CHANGED)
Happens = Callable[[Subscriber], Subscriber]


@pytest.mark.parametrize(
    "happens",
    [
        lambda row: dataclasses.replace(row, status=Status.BLOCKED),
        lambda row: dataclasses.replace(row, balance=Money(299)),
        lambda row: dataclasses.replace(row, balance=Money(-500)),
        lambda row: dataclasses.replace(
            row, services={**row.services, on("international").service: ActiveService()}
        ),
    ],
)
def test_what_has_changed_since_the_price_was_told_is_not_carried_out(happens: Happens) -> None:
    made = operator(balance=1_000)
    offer = offered(made, on("international"))
    made.subscribers.rows[NUMBER] = before = happens(made.subscribers.rows[NUMBER])
    assert confirm(made, offer) == CHANGED
    assert made.orders.orders == {}
    assert made.subscribers.rows[NUMBER] == before


def test_a_tariff_that_has_it_no_more() -> None:
    made = operator("sms clip", balance=1_000)
    offer = offered(made, on("clir-override"))
    row = made.subscribers.rows[NUMBER]
    made.subscribers.rows[NUMBER] = dataclasses.replace(row, tariff="oba")
    assert confirm(made, offer) == CHANGED


def test_a_price_that_a_release_has_changed() -> None:
    made = operator(balance=1_000)
    offer = offered(made, on("international"))
    dearer = shipped_catalogue().services["international"].model_copy(update={"once": Money(400)})
    catalogue = shipped_catalogue().model_copy(
        update={"services": {**shipped_catalogue().services, "international": dearer}}
    )
    switching = dataclasses.replace(subscriptions(made), catalogue=catalogue)  # type: ignore[type-var]
    assert switching.order(*on_phone("call", 1), NUMBER, offer).reason is Reason.CHANGED
    assert balance(made) == Money(1_000)


def test_what_has_not_changed_is_carried_out() -> None:
    made = operator(balance=1_000)
    offer = offered(made, on("international"))
    order(made, on("waiting"))  # of another call
    assert confirm(made, offer) == (Settled.DONE, None)
    assert confirm(made, offer) == (Settled.DONE, None), "the same key is the same order"
    assert balance(made) == Money(700)


def test_the_fee_of_an_open_order_is_reserved() -> None:
    made = operator("sms gprs", balance=1_000)
    made.network.outage = True
    order(made, package())
    assert refused(made, on("international")) is Reason.BALANCE
    assert offered(made, on("waiting"))


def test_packages_of_open_orders_count() -> None:
    made = operator("sms gprs", balance=100_000)
    made.network.outage = True
    for step in (1, 2, 3):
        order(made, package(), step)
    assert refused(made, package()) is Reason.MOST


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (off("gprs"), on("mms")),
        (on("mms"), off("gprs")),
        (on("discount"), Change(ServiceId("favourite"), True, (("number", FRIEND),))),
        (Change(SUSPENSION, True), on("waiting")),
        (package(), off("gprs")),
    ],
)
def test_what_an_open_order_may_still_decide_waits_for_it(first: Change, second: Change) -> None:
    made = operator("sms gprs", balance=5_000)
    made.network.outage = True
    order(made, first)
    assert refused(made, second) is Reason.PENDING
    made.network.outage = False
    made.clock.sleep(10)
    assert made.worker().once() == 1


def test_a_part_that_was_set_meanwhile_stays() -> None:
    made = operator()
    offer = offered(made, forwarded(always=HOME))
    order(made, forwarded(busy=FRIEND))
    assert confirm(made, offer) == (Settled.DONE, None)
    value = subscriptions(made).value(NUMBER, FORWARDING)
    assert value == (("always", HOME), ("busy", FRIEND))


def test_a_part_is_ended_by_itself_and_the_last_one_ends_the_service() -> None:
    made = operator()
    order(made, forwarded(always=HOME, busy=FRIEND))
    assert offered(made, forwarded(always="")).changes[0].value == (("busy", FRIEND),)
    order(made, forwarded(always=""), step=2)
    (change,) = offered(made, forwarded(busy="")).changes
    assert not change.on


class TestUndo:
    def bought(self, made: Operator, left: int) -> str:
        id = order(made, package()).order
        row = made.subscribers.rows[NUMBER]
        used = tuple(dataclasses.replace(each, left=left) for each in row.packages)
        made.subscribers.rows[NUMBER] = dataclasses.replace(row, packages=used)
        return id

    def operator(self, refund: Refund) -> Operator:
        shipped = shipped_catalogue()
        sold = shipped.services[INTERNET].model_copy(update={"refund": refund})
        catalogue = Catalogue(
            tariffs=shipped.tariffs, services={**shipped.services, INTERNET: sold}
        )
        made = Operator(catalogue=catalogue)
        made.subscribers.rows.update(operator("sms gprs", balance=1_000).subscribers.rows)
        return made

    @pytest.mark.parametrize(
        ("left", "reason"), [(0, Reason.USED), (199, Reason.USED), (200, None)]
    )
    def test_a_package_that_was_used_stays(self, left: int, reason: Reason | None) -> None:
        made = self.operator(Refund.NONE)
        id = self.bought(made, left)
        assert subscriptions(made).undo(*on_phone("call", 2), NUMBER, id).reason is reason
        assert balance(made) == Money(1_000 if reason is None else 0)

    @pytest.mark.parametrize(
        ("left", "reason", "paid"), [(0, Reason.USED, 0), (50, None, 250), (200, None, 1_000)]
    )
    def test_or_the_rest_of_it_is_paid_back(
        self, left: int, reason: Reason | None, paid: int
    ) -> None:
        made = self.operator(Refund.REST)
        id = self.bought(made, left)
        assert subscriptions(made).undo(*on_phone("call", 2), NUMBER, id).reason is reason
        assert balance(made) == Money(paid)

    def test_one_that_was_used_while_its_undo_waited_stays(self) -> None:
        made = self.operator(Refund.NONE)
        id = order(made, package()).order
        made.network.outage = True
        undone = subscriptions(made).undo(*on_phone("call", 2), NUMBER, id)
        assert undone.settled is Settled.ACCEPTED
        row = made.subscribers.rows[NUMBER]
        used = tuple(dataclasses.replace(each, left=1) for each in row.packages)
        made.subscribers.rows[NUMBER] = dataclasses.replace(row, packages=used)
        made.network.outage = False
        made.clock.sleep(400)
        made.worker().once()
        # It was on its way before the package was used: the network may have taken it back.
        assert balance(made).tenge <= 5

    def test_what_was_changed_since_by_another_is_not_put_back(self) -> None:
        made = operator()
        first = order(made, forwarded(always=HOME))
        order(made, forwarded(always=FRIEND), step=2)
        undone = subscriptions(made).undo(*on_phone("call", 3), NUMBER, first.order)
        assert undone.reason is Reason.CHANGED
        assert subscriptions(made).value(NUMBER, FORWARDING) == (("always", FRIEND),)

    def test_what_another_came_to_need_is_not_taken_away(self) -> None:
        made = operator()
        first = order(made, on("gprs"))
        made.clock.sleep(1)
        order(made, on("mms"), step=2)
        assert (
            subscriptions(made).undo(*on_phone("call", 3), NUMBER, first.order).reason
            is Reason.CHANGED
        )
        assert services(made) == "gprs mms sms"

    def test_with_another_key_it_is_the_same_undo(self) -> None:
        made = operator()
        first = order(made, on("international"))
        receipts = {
            subscriptions(made).undo(*on_phone("call", n), NUMBER, first.order) for n in (2, 3)
        }
        assert len(receipts) == 1
        assert balance(made) == Money(1_000)

    def test_an_undo_is_not_undone(self) -> None:
        made = operator()
        first = order(made, on("international"))
        undone = subscriptions(made).undo(*on_phone("call", 2), NUMBER, first.order)
        again = subscriptions(made).undo(*on_phone("call", 3), NUMBER, undone.order)
        assert again.reason is Reason.UNKNOWN
        assert services(made) == "sms"

    def test_of_what_the_network_refuses_later_pays_nothing(self) -> None:
        """Finding 4: it is accepted, undone, refused, and the undo would be completed."""
        made = operator(balance=6_000)
        made.network.outage = True
        first = order(made, on("international"))
        subscriptions(made).undo(*on_phone("call", 2), NUMBER, first.order)
        made.orders.settle(first.order, OrderState.REJECTED, made.clock.now(), Reason.NETWORK)
        made.network.outage = False
        made.clock.sleep(400)
        made.worker().once()
        assert balance(made) == Money(6_000)
        states = [each.state for each in made.orders.orders.values()]
        assert states == [OrderState.REJECTED, OrderState.CANCELLED]
        assert made.network.done == {}

    def test_of_what_is_completed_after_all_is_carried_out(self) -> None:
        made = operator(balance=6_000)
        made.network.outage = True
        first = order(made, on("international"))
        subscriptions(made).undo(*on_phone("call", 2), NUMBER, first.order)
        made.orders.settle(first.order, OrderState.COMPLETED, made.clock.now())
        assert balance(made) == Money(5_700)
        made.network.outage = False
        made.clock.sleep(400)
        made.worker().once()
        assert (balance(made), services(made)) == (Money(6_000), "sms")


@pytest.mark.parametrize(
    ("change", "evidence", "hours"),
    [
        (forwarded(always=HOME), WEAK, 24),
        (forwarded(always=HOME), Evidence(IdentificationMethod.PASSPORT, is_own_phone=True), 0),
        (forwarded(always=HOME), Evidence(IdentificationMethod.CODEWORD), 0),
        (forwarded(always=HOME), Evidence(), 0),
        (Change(FORWARDING, False, (), (("always", HOME),)), WEAK, 0),
        (Change(FORWARDING, True, (("busy", HOME),), (("busy", HOME), ("always", HOME))), WEAK, 0),
        (Change(FORWARDING, True, (("busy", HOME),), (("busy", FRIEND),)), WEAK, 24),
        (off("sms"), WEAK, 24),
        (off("sms"), Evidence(IdentificationMethod.CODEWORD), 0),
        (on("sms"), WEAK, 0),
        (on(SUSPENSION), WEAK, 0),
    ],
)
def test_a_new_number_and_the_end_of_text_messages_are_delayed_by_a_weak_proof(
    change: Change, evidence: Evidence, hours: int
) -> None:
    delay = delay_of(shipped_catalogue(), [on("gprs"), change], evidence)
    assert delay.total_seconds() == hours * 3600
