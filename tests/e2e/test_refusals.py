"""Refusals as a caller hears them, each with its own sentence. Languages take turns."""

from __future__ import annotations

import pytest

from ivr.domain.services import Change, Offer
from ivr.domain.subscriber import ActiveService, Status, Subscriber
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.testing.acting import on_phone
from tests.e2e.line import KEY_OF, RunningLine

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
STATES = {
    Status.BLOCKED: TK,
    Status.INACTIVE: RU,
    Status.SUSPENDED: EN,
}
NUMBERS = {
    "itself": (TK, ""),
    "foreign": (RU, "0079161234567#"),
    "premium": (EN, "69901234"),
}

MORE = ("itself", "foreign")


def hears_refusal(
    line: RunningLine,
    number: Msisdn,
    language: Language,
    keys: str,
    reason: str,
    service: str,
    entry: str = "",
) -> None:
    """Ask for a service of one's own number, and hear why not; nothing is written."""
    before: Subscriber | None = line.container.store.subscribers.find(number)
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}2#")
        caller.proves()
        caller.press(keys)
        if entry:
            text = "favourite.number" if service == "favourite" else "forwarding.number"
            caller.hears(text, 60)
            caller.press(entry)
        caller.hears(
            f"refused.{reason}", 60, service=f"service.{service}", other="service.discount"
        )
    assert line.container.store.subscribers.find(number) == before


@pytest.mark.nightly
@pytest.mark.parametrize("status", STATES)
def test_the_state_of_the_number(line: RunningLine, status: Status) -> None:
    number = line.subscriber(status=status)
    hears_refusal(line, number, STATES[status], "11", str(status), "gprs")


@pytest.mark.nightly
def test_too_little_money(line: RunningLine) -> None:
    hears_refusal(line, line.subscriber(balance=100), RU, "33", "balance", "international")


@pytest.mark.nightly
def test_not_on_this_tariff(line: RunningLine) -> None:
    hears_refusal(line, line.subscriber(tariff="oba"), EN, "412", "tariff", "clir-override")


@pytest.mark.nightly
def test_not_together(line: RunningLine) -> None:
    number = line.subscriber(services="sms discount")
    hears_refusal(line, number, TK, "43", "excluded", "favourite", "61000000")


@pytest.mark.nightly
def test_no_more_at_once(line: RunningLine) -> None:
    number = line.subscriber(services="sms", balance=10_000)
    wanted = Change(ServiceId("sms-package"), True, (("package", "s"),))
    offer = line.container.care.subscriptions.offer(number, wanted)
    assert isinstance(offer, Offer)
    line.container.care.subscriptions.order(*on_phone(f"test-{number}", 1), number, offer)
    hears_refusal(line, number, RU, "511", "most", "sms-package")


@pytest.mark.nightly
@pytest.mark.parametrize(
    "reason", ["premium", *(pytest.param(each, marks=pytest.mark.nightly) for each in MORE)]
)
def test_numbers_that_calls_cannot_be_forwarded_to(line: RunningLine, reason: str) -> None:
    number = line.subscriber()
    language, keyed = NUMBERS[reason]
    entry = keyed or number.removeprefix("993")
    hears_refusal(line, number, language, "421", reason, "forwarding", entry)


@pytest.mark.nightly
def test_a_loop_over_own_subscribers(line: RunningLine) -> None:
    number, friend = line.subscriber(), line.subscriber()
    forwarding = ServiceId("forwarding")
    wanted = Change(forwarding, True, (("busy", number),))
    offer = line.container.care.subscriptions.offer(friend, wanted)
    assert isinstance(offer, Offer)
    line.container.care.subscriptions.order(*on_phone(f"test-{friend}", 1), friend, offer)
    held = line.container.store.subscribers.find(friend)
    assert held is not None
    assert isinstance(held.services[forwarding], ActiveService)
    hears_refusal(line, number, EN, "421", "loop", "forwarding", friend.removeprefix("993"))
    assert held.balance == Money(4530)


@pytest.mark.nightly
def test_what_is_so_already(line: RunningLine) -> None:
    """Forwarding to the number that is set already, on a real call."""
    number, friend = line.subscriber(), Msisdn("99361000000")
    wanted = Change(ServiceId("forwarding"), True, (("always", friend),))
    offer = line.container.care.subscriptions.offer(number, wanted)
    assert isinstance(offer, Offer)
    line.container.care.subscriptions.order(*on_phone(f"test-{number}", 1), number, offer)
    before = line.container.store.subscribers.find(number)
    with line.call(number) as caller:
        caller.language = RU
        caller.press(f"{KEY_OF[RU]}2#")
        caller.proves()
        caller.press("4211")
        caller.hears("forwarding.number", 60)
        caller.press("61000000")
        caller.hears("refused.already", 60, service="service.forwarding")
    assert line.container.store.subscribers.find(number) == before
