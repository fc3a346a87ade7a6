"""Switching services: what a change takes along, why it is refused, what becomes of an order."""

from __future__ import annotations

import pytest

from ivr.care.catalogue import FREE
from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.orders import OrderState
from ivr.domain.services import (
    FORWARDING,
    INACTIVITY,
    SUSPENSION,
    Change,
    Offer,
    Reason,
    Refusal,
    Settled,
)
from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import SubscriberGone, TemporarilyUnavailable
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


class TestSuspension:
    def test_suspends_and_resumes(self) -> None:
        made = operator()
        order(made, Change(SUSPENSION, True), step=1)
        assert made.subscribers.rows[NUMBER].status is Status.SUSPENDED
        assert subscriptions(made).states(NUMBER)[SUSPENSION]
        order(made, Change(SUSPENSION, False), step=2)
        assert made.subscribers.rows[NUMBER].status is Status.ACTIVE

    @pytest.mark.parametrize(
        ("status", "suspend", "reason"),
        [
            (Status.SUSPENDED, True, Reason.ALREADY),
            (Status.ACTIVE, False, Reason.ALREADY),
            (Status.BLOCKED, True, Reason.BLOCKED),
            (Status.INACTIVE, True, Reason.INACTIVE),
            (Status.TERMINATED, True, Reason.TERMINATED),
        ],
    )
    def test_is_refused_with_its_reason(
        self, status: Status, suspend: bool, reason: Reason
    ) -> None:
        assert refused(operator(status=status), Change(SUSPENSION, suspend)) is reason

    def test_is_refused_while_one_waits(self) -> None:
        made = operator()
        made.network.outage = True
        order(made, Change(SUSPENSION, True))
        assert refused(made, Change(SUSPENSION, True)) is Reason.PENDING


class TestInactivity:
    def test_the_block_is_lifted(self) -> None:
        made = operator(status=Status.INACTIVE)
        assert order(made, Change(INACTIVITY, False)).settled is Settled.DONE
        assert made.subscribers.rows[NUMBER].status is Status.ACTIVE
        assert services(made) == "sms"

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (Status.ACTIVE, Reason.ALREADY),
            (Status.BLOCKED, Reason.BLOCKED),
            (Status.SUSPENDED, Reason.SUSPENDED),
            (Status.TERMINATED, Reason.TERMINATED),
        ],
    )
    def test_only_this_block_is_lifted(self, status: Status, reason: Reason) -> None:
        assert refused(operator(status=status), Change(INACTIVITY, False)) is reason

    def test_nobody_blocks_a_number_by_telephone(self) -> None:
        assert refused(operator(), Change(INACTIVITY, True)) is Reason.UNKNOWN


class TestStates:
    def test_every_service_of_the_catalogue_is_on_or_off(self) -> None:
        made = operator("sms clip")
        states = subscriptions(made).states(NUMBER)
        assert {id for id, is_on in states.items() if is_on} == {"sms", "clip"}
        assert set(states) == {*made.catalogue.order, SUSPENSION, INACTIVITY}

    def test_a_menu_has_the_services_of_its_group(self) -> None:
        assert subscriptions(operator()).menu("data") == ("gprs", "mms", "sms")


class TestPromise:
    """What is not known yet is promised by text message."""

    @pytest.mark.parametrize(
        ("outage", "refuses", "language", "is_promised"),
        [
            (True, False, Language.RUSSIAN, True),
            (True, False, None, False),
            (False, False, Language.RUSSIAN, False),
            (False, True, Language.RUSSIAN, False),
        ],
    )
    def test_an_order(
        self, outage: bool, refuses: bool, language: Language | None, is_promised: bool
    ) -> None:
        made = operator()
        made.network.outage, made.network.refuses = outage, refuses
        offer = offered(made, on("mms"))
        receipt = subscriptions(made).order(*on_phone("call", 1), NUMBER, offer, language=language)
        assert receipt.is_promised is is_promised
        assert made.promises.made == ({receipt.order: language} if is_promised else {})

    def test_one_that_is_held(self) -> None:
        made = operator()
        weak = Evidence(IdentificationMethod.PASSPORT, version=0)
        change = Change(FORWARDING, True, (("always", "99361000000"),))
        offer = subscriptions(made).offer(NUMBER, change, weak)
        assert isinstance(offer, Offer)
        receipt = subscriptions(made).order(
            *on_phone("call", 1), NUMBER, offer, evidence=weak, language=Language.TURKMEN
        )
        assert (receipt.settled, receipt.is_promised) == (Settled.HELD, True)
        assert made.promises.made == {receipt.order: Language.TURKMEN}

    def test_one_that_another_worker_placed_and_an_undo(self) -> None:
        made = operator()
        made.network.outage = True
        done = order(made, on("mms"))
        assert not done.is_promised
        recalled = subscriptions(made).recall(
            *on_phone("call", 1), NUMBER, language=Language.ENGLISH
        )
        assert recalled is not None
        assert recalled.receipt.is_promised
        undone = subscriptions(made).undo(
            *on_phone("call", 2), NUMBER, done.order, language=Language.ENGLISH
        )
        assert undone.is_promised
        assert set(made.promises.made) == {done.order, undone.order}

    def test_what_cannot_be_written_is_not_promised_and_stands(self) -> None:
        def down(order: str, language: Language) -> None:
            raise TemporarilyUnavailable("database")

        made = operator()
        made.network.outage = True
        made.promises.promise = down  # type: ignore[method-assign]
        offer = offered(made, on("mms"))
        receipt = subscriptions(made).order(
            *on_phone("call", 1), NUMBER, offer, language=Language.ENGLISH
        )
        assert (receipt.settled, receipt.is_promised) == (Settled.ACCEPTED, False)
