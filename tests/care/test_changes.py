"""What a choice asks for is decided by how the service is, and packages and favourites alike."""

from __future__ import annotations

import pytest

from ivr.care import changes
from ivr.care.rules import is_package
from ivr.domain.services import FAVOURITE, Change, Settled
from ivr.domain.subscriber import Status
from ivr.domain.values import ServiceId
from ivr.testing.demo import NUMBER, OTHER
from tests.care.services import on, operator, order, subscriptions

SMS, MMS, INTERNET = ServiceId("sms"), ServiceId("mms"), ServiceId("internet")


def test_what_is_on_is_switched_off_and_what_is_off_on() -> None:
    wanted = subscriptions(operator(services="sms")).wanted(NUMBER, [MMS, SMS])
    assert wanted == (Change(MMS, True), Change(SMS, False))


@pytest.mark.parametrize(("status", "is_on"), [(Status.ACTIVE, True), (Status.SUSPENDED, False)])
def test_a_state_of_the_number_too(status: Status, is_on: bool) -> None:
    (wanted,) = subscriptions(operator(status=status)).wanted(NUMBER, [ServiceId("suspension")])
    assert wanted.on is is_on


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (changes.purchase(INTERNET, "small"), True),
        (changes.purchase(INTERNET, "small").opposite, True),
        (changes.favourite(OTHER), False),
        (on("sms"), False),
    ],
)
def test_a_package_is_told_from_other_changes(change: Change, expected: bool) -> None:
    assert is_package(change) is expected


def test_a_package_is_bought_by_its_name() -> None:
    made = operator(services="sms gprs", balance=100_000)
    internet = next(id for id in made.catalogue.order if made.catalogue.services[id].packages)
    package = subscriptions(made).packages(internet)[0]
    assert order(made, subscriptions(made).purchase(internet, package.id)).settled is Settled.DONE
    (owned,) = subscriptions(made).owned(NUMBER, internet)
    assert owned.package == package.id


def test_the_favourite_number_is_set_changed_and_ended() -> None:
    made = operator(balance=100_000)
    found = [subscriptions(made).favourite(NUMBER)]
    for step, target in enumerate((OTHER, None), 1):
        order(made, subscriptions(made).favourite_change(target), step)
        made.clock.sleep(86_400 * 400)
        found.append(subscriptions(made).favourite(NUMBER))
    assert found == [None, OTHER, None]
    assert FAVOURITE not in made.subscribers.rows[NUMBER].services
