"""States of a number, and results that are promised as text messages."""

from __future__ import annotations

import pytest

from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.services import FORWARDING, INACTIVITY, SUSPENSION, Change, Offer, Reason, Settled
from ivr.domain.subscriber import Status
from ivr.domain.values import Language
from ivr.errors import TemporarilyUnavailable
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER
from tests.care.services import offered, on, operator, order, refused, services, subscriptions


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
