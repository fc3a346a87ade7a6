"""Every item of the operator's service page by telephone: keyed, heard, found in the database."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from ivr.commands.call import words_of
from ivr.domain.content import Announcement
from ivr.domain.services import FORWARDING
from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.testing.acting import by
from tests.e2e.installation import short_folder
from tests.e2e.line import KEY_OF, PUK, Caller, RunningLine, running_line

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
SWITCHED = {
    "a1-sms": (TK, "sms", "13", ""),
    "a2-clir": (RU, "clir", "411", "sms"),
    "a3-clir-override": (EN, "clir-override", "412", "sms"),
    "a5-waiting": (TK, "waiting", "31", "sms"),
    "a6-conference": (RU, "conference", "32", "sms"),
    "a7-international": (EN, "international", "33", "sms"),
    "a8-gprs": (TK, "gprs", "11", "sms"),
    "a9-mms": (RU, "mms", "12", "sms"),
    "c6-discount": (EN, "discount", "52", "sms"),
}
"""Items that are switched on: language, service, keys below "services", what is on before."""
ADVICE = {
    "b1-accounts": (TK, "12", "accounts"),
    "b2-payment": (RU, "11", "payment"),
    "b3-vip": (EN, "3", "vip"),
    "b4-handset-services": (TK, "22", "handset-services"),
    "b5-handset-data": (RU, "21", "handset-data"),
    "b6-roaming": (EN, "23", "roaming"),
    "b7-gudok": (TK, "24", "gudok"),
    "b8-bill-splitting": (RU, "13", "bill-splitting"),
    "b9-finance": (EN, "14", "finance"),
}
FRIEND = Msisdn("99361000000")


def identified(caller: Caller, language: Language, menu: str) -> None:
    """Dial into a menu that needs identification, for the calling number."""
    caller.language = language
    caller.press(f"{KEY_OF[language]}{menu}#")
    caller.proves()


@pytest.mark.nightly
@pytest.mark.parametrize("item", SWITCHED)
def test_a_service_is_switched_on(line: RunningLine, item: str) -> None:
    language, service, keys, before = SWITCHED[item]
    number = line.subscriber(services=before, balance=5000)
    with line.call(number) as caller:
        identified(caller, language, "2")
        caller.press(keys)
        caller.hears("change.on.confirm", 40, service=f"service.{service}")
        caller.hears("confirm")
        caller.press("1")
        caller.hears("change.on.done", 30, service=f"service.{service}")
    subscriber = line.container.store.subscribers.find(number)
    assert subscriber is not None
    assert service in subscriber.services
    assert line.network.switched(number)[ServiceId(service)]


@pytest.mark.nightly
@pytest.mark.parametrize(("key", "kind"), [("1", "always"), ("2", "busy"), ("4", "unreachable")])
def test_a4_forwarding_is_set(line: RunningLine, key: str, kind: str) -> None:
    number = line.subscriber()
    with line.call(number) as caller:
        identified(caller, TK, "2")
        caller.press(f"42{key}")
        caller.hears("forwarding.number", 40)
        caller.press("61000000")
        caller.hears(f"forwarding.{kind}.confirm", 40, number=FRIEND)
        caller.hears("confirm")
        caller.press("1")
        caller.hears("change.modify.done", 30, service="service.forwarding")
    assert settings(line, number) == {kind: FRIEND}


def test_a4_forwarding_on_no_answer_is_told_and_all_are_ended(line: RunningLine) -> None:
    number = line.subscriber()
    with line.call(number) as caller:
        identified(caller, EN, "2")
        caller.press("423")
        caller.hears("forwarding.number", 40)
        caller.press("61000000")
        caller.hears("forwarding.seconds", 30)
        caller.press("20")
        caller.hears("forwarding.no-answer.confirm", 40, number=FRIEND, seconds=20)
        caller.hears("confirm")
        caller.press("1")
        caller.hears("change.modify.done", 30, service="service.forwarding")
        assert settings(line, number) == {"no-answer": FRIEND, "no-answer-seconds": "20"}
        caller.press("*")
        caller.hears("forwarding.no-answer.is", 40, number=FRIEND, seconds=20)
        caller.press("5")
        caller.hears("change.off.confirm", 40, service="service.forwarding")
        caller.hears("confirm")
        caller.press("1")
        caller.hears("change.off.done", 30, service="service.forwarding")
    assert settings(line, number) == {}


@pytest.mark.nightly
def test_a4_entries_that_cannot_be_change_nothing(line: RunningLine) -> None:
    number = line.subscriber()
    with line.call(number) as caller:
        identified(caller, RU, "2")
        caller.press("421")
        caller.hears("forwarding.number", 40)
        caller.press("#")
        caller.hears("nomatch.number.1", 40)
        caller.press("123#")
        caller.hears("nomatch.number.2", 40)
        caller.press("*")
        caller.hears("forwarding.none", 40)
        caller.press("1")
        caller.hears("forwarding.number", 40)
        caller.hears("noinput.1", 40)
        caller.press("6100")
    assert [
        each for each in line.container.store.orders.newest(1000) if each.number == number
    ] == []
    assert settings(line, number) == {}


def test_a10_an_internet_package_is_bought_with_gprs(line: RunningLine) -> None:
    number = line.subscriber(services="sms", balance=5000)
    with line.call(number) as caller:
        identified(caller, RU, "2")
        caller.press("22")
        caller.hears("change.also.on", 60, service="service.gprs")
        caller.hears("packages.megabytes.confirm", volume=500, days=30)
        caller.hears("change.price.once", price=Money(2000))
        caller.hears("confirm")
        caller.press("1")
        caller.hears("change.on.done", 30, service="service.internet-package")
        subscriber = line.container.store.subscribers.find(number)
        assert subscriber is not None
        (bought,) = subscriber.packages
        caller.press("*")
        until = line.container.clock.local(bought.until).date()
        caller.hears("packages.left.megabytes", 40, package="package.l", left=500, until=until)
    assert (bought.package, subscriber.balance) == ("l", Money(3000))
    assert "gprs" in subscriber.services


@pytest.mark.nightly
def test_a11_an_sms_package_is_bought(line: RunningLine) -> None:
    number = line.subscriber(services="sms", balance=5000)
    with line.call(number) as caller:
        identified(caller, TK, "2")
        caller.press("511")
        caller.hears("packages.messages.confirm", 60, volume=50, days=30)
        caller.hears("confirm")
        caller.press("1")
        caller.hears("change.on.done", 30, service="service.sms-package")
    subscriber = line.container.store.subscribers.find(number)
    assert subscriber is not None
    assert [each.package for each in subscriber.packages] == ["s"]


@pytest.mark.nightly
@pytest.mark.parametrize("item", ADVICE)
def test_advice_is_given_to_anyone(line: RunningLine, item: str) -> None:
    language, keys, topic = ADVICE[item]
    with line.call(line.number()) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}5{keys}")
        caller.hears(f"advice.{topic}", 60)
        caller.hears("after.details" if "handset" in topic else "after.topic", 40)


def test_c1_the_puk_is_read_in_pairs(line: RunningLine) -> None:
    number = line.subscriber()
    with line.call(number) as caller:
        identified(caller, RU, "4")
        caller.press("31")
        caller.hears("puk.read", 40, puk=PUK)


def test_c2_the_block_for_inactivity_is_lifted(line: RunningLine) -> None:
    number = line.subscriber(status=Status.INACTIVE)
    with line.call(number) as caller:
        identified(caller, TK, "4")
        caller.press("32")
        caller.hears("inactivity.off.confirm", 40)
        caller.hears("confirm")
        caller.press("1")
        caller.hears("inactivity.off.done", 30)
    subscriber = line.container.store.subscribers.find(number)
    assert subscriber is not None
    assert subscriber.status is Status.ACTIVE


def test_c3_tariff_services_and_payments_are_told(line: RunningLine) -> None:
    number = line.subscriber(services="sms", balance=1500)
    at = line.container.clock.now() - timedelta(hours=1)
    line.container.store.payments.add(*by("test"), [(number, at, Money(1500))])
    with line.call(number) as caller:
        identified(caller, EN, "1")
        caller.press("2")
        caller.hears("account.tariff", 40, tariff="tariff.duet")
        caller.hears("account.service", service="service.sms")
        caller.press("*4")
        day = line.container.clock.local(at).date()
        caller.hears("account.payment", 40, day=day, amount=Money(1500))


def test_c5_the_favourite_number_is_set_and_not_changed_at_once(line: RunningLine) -> None:
    number = line.subscriber(balance=1000)
    with line.call(number) as caller:
        identified(caller, RU, "2")
        caller.press("43")
        caller.hears("favourite.number", 40)
        caller.press("61000000")
        caller.hears("favourite.set.confirm", 40, number=FRIEND)
        caller.hears("change.price.once", price=Money(100))
        caller.hears("confirm")
        caller.press("1")
        caller.hears("favourite.set.done", 30, number=FRIEND)
        caller.press("*3")
        caller.hears("favourite.is", 40, number=FRIEND)
        caller.press("1")
        caller.hears("favourite.number", 40)
        caller.press("12223344")
        again = line.container.clock.local() + timedelta(days=30)
        caller.hears("refused.soon", 40, service="service.favourite", until=again.date())
    assert settings(line, number, "favourite") == {"number": FRIEND}


def test_c8_the_bill_of_this_month_and_the_last(line: RunningLine) -> None:
    number = line.subscriber(services="sms waiting")
    with line.call(number) as caller:
        identified(caller, TK, "1")
        caller.press("3")
        caller.hears("account.bill.item", 40, item="tariff.duet", amount=Money(1500))
        caller.hears("account.bill.item", item="service.waiting", amount=Money(10))
        caller.hears("account.bill.total", total=Money(1510))
        caller.press("2")
        caller.hears("account.bill.last", 40)
        caller.hears("account.bill.total", 40, total=Money(1510))


@pytest.mark.parametrize(("language", "key"), [(TK, "1"), (RU, "2"), (EN, "3")])
def test_i0_information_needs_no_identification(
    line: RunningLine, language: Language, key: str
) -> None:
    with line.call(line.number()) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}3{key}")
        match key:
            case "1":
                caller.hears("news.packages-by-telephone", 60)
                caller.hears("news.three-languages", 60)
            case "2":
                caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))
                caller.press("#")
                caller.hears("info.tariff", 60, tariff="tariff.duet", fee=Money(1500))
            case "3":
                caller.hears("info.price.free", 60, service="service.gprs")


@pytest.mark.nightly
def test_i0_an_announcement_is_made_before_the_menu() -> None:
    folder = short_folder()
    with running_line(folder / "home") as line:
        now = line.container.clock.now()
        words = {TK: "Aşgabatda tor näsaz.", RU: "В городе авария.", EN: "There is a fault."}
        announced = Announcement(words, now + timedelta(hours=1), "test")
        line.container.store.announcements.set(*by("engineer"), announced, now)
        line.words = words_of(line.container)
        for _ in range(5):  # the line looks every second
            with line.call(line.number()) as caller:
                caller.language = RU
                caller.press("2")
                caller.hears("menu.main.account", 20)
            if "авария" in caller.transcript:
                break
        assert "авария" in caller.transcript
    shutil.rmtree(folder)


def settings(line: RunningLine, number: Msisdn, service: str = FORWARDING) -> dict[str, str]:
    """What a service of a number is set to, by the database."""
    subscriber = line.container.store.subscribers.find(number)
    held = subscriber.services.get(ServiceId(service)) if subscriber else None
    return dict(held.value) if held else {}
