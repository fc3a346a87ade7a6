"""Switching services: what a change takes along, why it is refused, what becomes of an order."""

from __future__ import annotations

import pytest

from ivr.care.catalogue import FREE
from ivr.domain.orders import OrderState
from ivr.domain.services import Change, Offer, Reason, Refusal, Settled
from ivr.domain.subscriber import Status
from ivr.domain.values import Money, Msisdn
from ivr.errors import SubscriberGone
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, OTHER, Operator
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


class TestOffer:
    def test_names_what_it_needs_before_it(self) -> None:
        assert offered(operator(), on("mms")) == Offer((on("gprs"), on("mms")), FREE, FREE)

    def test_leaves_out_what_is_on_already(self) -> None:
        assert offered(operator("gprs"), on("mms")).changes == (on("mms"),)

    def test_off_names_what_needs_it(self) -> None:
        offer = offered(operator("gprs mms internet-package"), off("gprs"))
        assert offer.changes == (off("internet-package"), off("mms"), off("gprs"))

    def test_off_costs_nothing(self) -> None:
        assert offered(operator("international"), off("international")).once == FREE

    def test_has_the_fees_of_all_that_comes_along(self) -> None:
        assert offered(operator(), on("international")) == Offer(
            (on("international"),), Money(300), FREE
        )
        assert offered(operator(), on("clir-override")).monthly == Money(550)

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (Status.BLOCKED, Reason.BLOCKED),
            (Status.INACTIVE, Reason.INACTIVE),
            (Status.SUSPENDED, Reason.SUSPENDED),
            (Status.TERMINATED, Reason.TERMINATED),
        ],
    )
    @pytest.mark.parametrize("wanted", [on("mms"), off("sms")])
    def test_a_number_that_is_not_active_is_refused_by_its_state(
        self, status: Status, reason: Reason, wanted: Change
    ) -> None:
        assert refused(operator(status=status), wanted) is reason

    @pytest.mark.parametrize(
        ("made", "wanted", "reason"),
        [
            (operator("sms"), on("sms"), Reason.ALREADY),
            (operator("sms"), off("mms"), Reason.ALREADY),
            (operator(), on("teleport"), Reason.UNKNOWN),
            (operator(tariff="oba"), on("clir-override"), Reason.TARIFF),
            (operator(balance=299), on("international"), Reason.BALANCE),
            (operator(balance=-1), on("international"), Reason.BALANCE),
        ],
    )
    def test_is_refused_with_its_reason(
        self, made: Operator, wanted: Change, reason: Reason
    ) -> None:
        assert refused(made, wanted) is reason

    def test_the_last_teňňe_is_enough(self) -> None:
        assert offered(operator(balance=300), on("international")).once == Money(300)

    def test_what_costs_nothing_now_is_not_refused_for_debt(self) -> None:
        assert offered(operator(balance=-100), on("waiting")).monthly == Money(10)

    def test_writes_nothing(self) -> None:
        made = operator()
        offered(made, on("mms"))
        assert made.orders.orders == {}
        assert services(made) == "sms"

    def test_is_refused_while_an_earlier_order_for_the_same_waits(self) -> None:
        made = operator()
        made.network.outage = True
        order(made, on("mms"))
        assert refused(made, on("mms")) is Reason.PENDING
        assert refused(made, on("gprs")) is Reason.PENDING  # it comes along with MMS
        assert offered(made, on("waiting")).changes == (on("waiting"),)

    def test_for_a_number_that_has_gone_is_refused_and_its_state_is_not_known(self) -> None:
        gone = Msisdn("99361000000")
        assert subscriptions(operator()).offer(gone, on("mms")) == Refusal(Reason.UNKNOWN)
        with pytest.raises(SubscriberGone):
            subscriptions(operator()).states(gone)


class TestOrder:
    def test_is_carried_out_at_once(self) -> None:
        made = operator()
        assert order(made, on("mms")).settled is Settled.DONE
        assert services(made) == "gprs mms sms"

    def test_takes_its_price_once(self) -> None:
        made = operator(balance=1_000)
        order(made, on("international"))
        assert balance(made) == Money(700)

    def test_that_the_network_refuses_changes_nothing(self) -> None:
        made = operator()
        made.network.refuses = True
        receipt = order(made, on("international"))
        assert (receipt.settled, receipt.reason) == (Settled.REFUSED, Reason.NETWORK)
        assert (services(made), balance(made)) == ("sms", Money(1_000))

    def test_that_the_network_does_not_answer_is_accepted_and_done_later(self) -> None:
        made = operator()
        made.network.outage = True
        assert order(made, on("international")).settled is Settled.ACCEPTED
        assert (services(made), balance(made)) == ("sms", Money(1_000))
        made.network.outage = False
        made.clock.sleep(10)
        assert made.worker().once() == 1
        assert (services(made), balance(made)) == ("international sms", Money(700))

    def test_the_same_key_acts_once(self) -> None:
        made = operator()
        offer = offered(made, on("international"))
        first = subscriptions(made).order(*on_phone("call", 1), NUMBER, offer)
        again = subscriptions(made).order(*on_phone("call", 1), NUMBER, offer)
        assert first == again
        assert balance(made) == Money(700)

    def test_goes_behind_an_older_one_of_the_same_number(self) -> None:
        """Else a later "off" could be overtaken by an earlier "on"."""
        made = operator()
        made.network.outage = True
        order(made, on("mms"), step=1)
        made.network.outage = False
        assert order(made, on("waiting"), step=2).settled is Settled.ACCEPTED
        made.clock.sleep(10)
        worker = made.worker()
        assert sum(worker.once() for _ in range(3)) == 2
        assert services(made) == "gprs mms sms waiting"

    def test_off_with_what_needs_it(self) -> None:
        made = operator("sms gprs mms")
        assert order(made, off("gprs")).settled is Settled.DONE
        assert services(made) == "sms"


class TestUndo:
    def test_puts_back_what_was_changed_and_what_was_paid(self) -> None:
        made = operator()
        receipt = order(made, on("international"))
        undone = subscriptions(made).undo(*on_phone("call", 2), NUMBER, receipt.order)
        assert undone.settled is Settled.DONE
        assert (services(made), balance(made)) == ("sms", Money(1_000))

    def test_puts_back_only_what_this_order_changed(self) -> None:
        made = operator("sms gprs")
        receipt = order(made, on("mms"))
        subscriptions(made).undo(*on_phone("call", 2), NUMBER, receipt.order)
        assert services(made) == "gprs sms"

    def test_of_an_accepted_order_cancels_it(self) -> None:
        made = operator()
        made.network.outage = True
        receipt = order(made, on("international"))
        assert (
            subscriptions(made).undo(*on_phone("call", 2), NUMBER, receipt.order).settled
            is Settled.ACCEPTED
        )
        made.network.outage = False
        made.clock.sleep(10)
        worker = made.worker()
        assert sum(worker.once() for _ in range(3)) == 1
        assert (services(made), balance(made)) == ("sms", Money(1_000))
        assert {each.state for each in made.orders.orders.values()} == {OrderState.CANCELLED}
        assert made.network.cancelled == ["call:1"]
        assert made.network.done == {}, "neither it nor its opposite is sent"

    def test_twice_acts_once(self) -> None:
        made = operator()
        receipt = order(made, on("international"))
        for _ in range(2):
            subscriptions(made).undo(*on_phone("call", 2), NUMBER, receipt.order)
        assert balance(made) == Money(1_000)

    @pytest.mark.parametrize(
        ("call", "number"), [("another", NUMBER), ("call", OTHER), ("cal", NUMBER)]
    )
    def test_is_for_the_same_call_and_number_only(self, call: str, number: Msisdn) -> None:
        made = operator()
        receipt = order(made, on("international"))
        undone = subscriptions(made).undo(*on_phone(call, 2), number, receipt.order)
        assert (undone.settled, undone.reason) == (Settled.REFUSED, Reason.UNKNOWN)
        assert services(made) == "international sms"

    def test_of_what_was_refused_is_refused(self) -> None:
        made = operator()
        made.network.refuses = True
        receipt = order(made, on("international"))
        made.network.refuses = False
        undone = subscriptions(made).undo(*on_phone("call", 2), NUMBER, receipt.order)
        assert undone.reason is Reason.ALREADY
        assert balance(made) == Money(1_000)
