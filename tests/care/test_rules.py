"""The rules of the catalogue, each with its own reason."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from ivr.care.catalogue import Catalogue, read_catalogue
from ivr.care.rules import Rules
from ivr.domain.hours import Hours
from ivr.domain.services import Change, Characteristics, Offer, Reason, Refusal
from ivr.domain.subscriber import ActiveServiceRecord, HeldPackage, Status
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.errors import Unusable
from ivr.testing.acting import on_phone
from ivr.testing.clock import ASHGABAT
from ivr.testing.demo import NUMBER, Operator, subscriber
from tests.care.services import offered, operator, order, refused, subscriptions

HOME = "99312223344"
FRIEND = Msisdn("99361000000")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=ASHGABAT)
RULES = """
tariffs: {oba: {monthly: "1.00"}, duet: {monthly: "2.00"}}
services:
  plain: {}
  day: {hours: "08:00-20:00"}
  night: {hours: "22:00-06:00"}
  needy: {requires: [day]}
  rich: {balance: "5.00", once: "2.00"}
  saver: {excludes: [plain]}
  late: {states: [blocked]}
  tuned: {once: "3.00", modify: "1.00", modify_days: 30, premium: ["69"]}
"""


def forwarding(*settings: tuple[str, str]) -> Change:
    return Change(ServiceId("forwarding"), True, tuple(sorted(settings)))


def package(id: str, service: str = "internet-package") -> Change:
    return Change(ServiceId(service), True, (("package", id),))


def favourite(number: str) -> Change:
    return Change(ServiceId("favourite"), True, (("number", number),))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    file = tmp_path / "catalogue.yaml"
    file.write_text(RULES, encoding="utf-8")
    return read_catalogue(file)


def answer(
    catalogue: Catalogue,
    wanted: Change,
    *,
    services: str = "",
    at: datetime = NOON,
    changed: datetime | None = None,
    balance: int = 10_000,
    status: Status = Status.ACTIVE,
    value: Characteristics = (),
) -> Offer | Refusal:
    row = subscriber(services=services, balance=balance, status=status)
    if value:
        held = {**row.services, wanted.service: ActiveServiceRecord(value=value)}
        row = dataclasses.replace(row, services=held)
    return Rules(catalogue, row, at).offer(wanted, changed)


def turn(service: str, on: bool = True) -> Change:
    return Change(ServiceId(service), on)


class TestHours:
    @pytest.mark.parametrize(
        ("service", "hour", "opens"),
        [
            ("day", 8, True),
            ("day", 19, True),
            ("day", 20, False),
            ("day", 3, False),
            ("night", 23, True),
            ("night", 5, True),
            ("night", 6, False),
            ("needy", 3, False),
            ("plain", 3, True),
        ],
    )
    def test_changes_are_made_in_them(
        self, catalogue: Catalogue, service: str, hour: int, opens: bool
    ) -> None:
        said = answer(catalogue, turn(service), at=NOON.replace(hour=hour))
        assert isinstance(said, Offer) == opens

    def test_they_are_told(self, catalogue: Catalogue) -> None:
        said = answer(catalogue, turn("day"), at=NOON.replace(hour=3))
        assert said == Refusal(Reason.HOURS, hours=Hours(time(8), time(20)))

    def test_switching_off_keeps_them_too(self, catalogue: Catalogue) -> None:
        late = NOON.replace(hour=21)
        said = answer(catalogue, turn("day", on=False), services="day", at=late)
        assert isinstance(said, Refusal)
        assert said.reason is Reason.HOURS

    @pytest.mark.parametrize("text", ["8-20", "08:00", "25:00-26:00", "08:00-20:61", "always"])
    def test_wrong_ones_are_refused_when_read(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "catalogue.yaml"
        file.write_text(RULES.replace("08:00-20:00", text), encoding="utf-8")
        with pytest.raises(Unusable, match=r"services\.day\.hours: write hours"):
            read_catalogue(file)

    def test_a_day_may_end_at_midnight(self) -> None:
        assert Hours(time(8), time(0)).include(time(23, 59))
        assert Hours(time(0), time(0)).include(time(0))
        assert not Hours(time(8), time(0)).include(time(7, 59))


class TestRules:
    def test_what_is_excluded_is_named(self, catalogue: Catalogue) -> None:
        for wanted, other in (("saver", "plain"), ("plain", "saver")):
            said = answer(catalogue, turn(wanted), services=other)
            assert said == Refusal(Reason.EXCLUDED, other=ServiceId(other))

    def test_a_balance_is_needed_besides_the_price(self, catalogue: Catalogue) -> None:
        assert answer(catalogue, turn("rich"), balance=699) == Refusal(Reason.BALANCE)
        assert isinstance(answer(catalogue, turn("rich"), balance=700), Offer)

    def test_states_are_those_of_the_entry(self, catalogue: Catalogue) -> None:
        assert isinstance(answer(catalogue, turn("late"), status=Status.BLOCKED), Offer)
        assert answer(catalogue, turn("late")) == Refusal(Reason.UNKNOWN)
        assert answer(catalogue, turn("plain"), status=Status.BLOCKED) == Refusal(Reason.BLOCKED)

    def test_setting_and_setting_anew_have_prices_of_their_own(self, catalogue: Catalogue) -> None:
        wanted = Change(ServiceId("tuned"), True, (("number", FRIEND),))
        first = answer(catalogue, wanted)
        assert isinstance(first, Offer)
        assert first.once == Money(300)
        before: Characteristics = (("number", HOME),)
        again = answer(catalogue, wanted, value=before)
        assert isinstance(again, Offer)
        assert (again.once, again.monthly) == (Money(100), Money(0))
        assert again.changes == (dataclasses.replace(wanted, before=before),)

    def test_it_cannot_be_set_anew_at_once(self, catalogue: Catalogue) -> None:
        wanted = Change(ServiceId("tuned"), True, (("number", FRIEND),))
        changed = NOON - timedelta(days=29)
        said = answer(catalogue, wanted, value=(("number", HOME),), changed=changed)
        assert said == Refusal(Reason.SOON, until=date(2026, 11, 23))
        earlier = NOON - timedelta(days=30)
        assert isinstance(
            answer(catalogue, wanted, value=(("number", HOME),), changed=earlier), Offer
        )

    def test_the_same_setting_is_there_already(self, catalogue: Catalogue) -> None:
        wanted = Change(ServiceId("tuned"), True, (("number", FRIEND),))
        assert answer(catalogue, wanted, value=wanted.value) == Refusal(Reason.ALREADY)

    @pytest.mark.parametrize(
        ("number", "reason"),
        [
            (NUMBER, Reason.ITSELF),
            ("79161234567", Reason.FOREIGN),
            ("99369123456", Reason.PREMIUM),
        ],
    )
    def test_some_numbers_are_refused(
        self, catalogue: Catalogue, number: str, reason: Reason
    ) -> None:
        wanted = Change(ServiceId("tuned"), True, (("number", number),))
        assert answer(catalogue, wanted) == Refusal(reason)


class TestForwarding:
    def test_the_first_one_switches_the_service_on(self) -> None:
        offer = offered(operator(), forwarding(("always", HOME)))
        assert offer.changes == (forwarding(("always", HOME)),)
        assert offer.monthly == Money(10)

    def test_more_cost_no_more(self) -> None:
        made = operator()
        order(made, forwarding(("always", HOME)))
        offer = offered(made, forwarding(("always", HOME), ("busy", FRIEND)))
        assert (offer.once, offer.monthly) == (Money(0), Money(0))
        assert offer.changes[0].before == (("always", HOME),)

    def test_undoing_puts_back_what_was_set(self) -> None:
        made = operator()
        order(made, forwarding(("always", HOME)))
        second = order(made, forwarding(("always", FRIEND)), step=2)
        subscriptions(made).undo(*on_phone("call", 3), NUMBER, second.order)
        assert subscriptions(made).value(NUMBER, ServiceId("forwarding")) == (("always", HOME),)

    def test_ending_all_and_undoing_it(self) -> None:
        made = operator()
        order(made, forwarding(("always", HOME), ("busy", FRIEND)))
        ended = order(made, Change(ServiceId("forwarding"), False), step=2)
        assert subscriptions(made).value(NUMBER, ServiceId("forwarding")) == ()
        subscriptions(made).undo(*on_phone("call", 3), NUMBER, ended.order)
        assert len(subscriptions(made).value(NUMBER, ServiceId("forwarding"))) == 2

    def test_a_loop_over_own_subscribers_is_refused(self) -> None:
        made = operator()
        third = Msisdn("99362000000")
        for number, target in ((FRIEND, third), (third, NUMBER)):
            held = {ServiceId("forwarding"): ActiveServiceRecord(value=(("busy", target),))}
            made.add(dataclasses.replace(subscriber(number), services=held))
        assert refused(made, forwarding(("always", FRIEND))) is Reason.LOOP
        assert refused(made, forwarding(("unreachable", third))) is Reason.LOOP
        assert offered(made, forwarding(("always", HOME)))

    def test_others_that_forward_to_each_other_are_no_loop_of_ours(self) -> None:
        made = operator()
        third = Msisdn("99362000000")
        for number, target in ((FRIEND, third), (third, FRIEND)):
            held = {ServiceId("forwarding"): ActiveServiceRecord(value=(("always", target),))}
            made.add(dataclasses.replace(subscriber(number), services=held))
        assert offered(made, forwarding(("always", FRIEND)))


class TestPackages:
    def test_what_is_needed_comes_along_and_the_prices_add_up(self) -> None:
        offer = offered(operator("", balance=5_000), package("m"))
        assert [change.service for change in offer.changes] == ["gprs", "internet-package"]
        assert offer.once == Money(1_000)
        bought = dict(offer.changes[-1].value)
        assert bought == {"package": "m", "volume": "200", "days": "30"}

    def test_several_may_be_had_where_the_catalogue_allows(self) -> None:
        made = operator("gprs", balance=100_000)
        for step, id in enumerate(("m", "l", "m"), 1):
            order(made, package(id), step)
        assert refused(made, package("m")) is Reason.MOST
        owned = subscriptions(made).owned(NUMBER, ServiceId("internet-package"))
        assert [each.package for each in owned] == ["m", "l", "m"]
        assert owned[0].until == date(2026, 12, 22)

    def test_one_is_the_most_elsewhere(self) -> None:
        made = operator("sms", balance=100_000)
        order(made, package("s", "sms-package"))
        assert refused(made, package("l", "sms-package")) is Reason.MOST

    def test_one_that_is_over_counts_no_more(self) -> None:
        made = operator("sms", balance=100_000)
        order(made, package("s", "sms-package"))
        made.clock.sleep(timedelta(days=30).total_seconds())
        assert subscriptions(made).owned(NUMBER, ServiceId("sms-package")) == ()
        assert offered(made, package("l", "sms-package"))

    def test_undoing_gives_the_money_back(self) -> None:
        made = operator("gprs", balance=2_000)
        bought = order(made, package("m"))
        subscriptions(made).undo(*on_phone("call", 2), NUMBER, bought.order)
        row = made.subscribers.rows[NUMBER]
        assert (row.packages, row.balance) == ((), Money(2_000))

    def test_too_little_money_and_no_such_package(self) -> None:
        assert refused(operator("gprs", balance=999), package("m")) is Reason.BALANCE
        assert refused(operator("gprs"), package("huge")) is Reason.UNKNOWN

    def test_what_they_need_is_named_when_it_is_switched_off(self) -> None:
        made = operator("gprs mms", balance=2_000)
        order(made, package("m"))
        offer = offered(made, turn("gprs", on=False))
        assert [change.service for change in offer.changes] == ["mms", "gprs"]
        assert offer.idle == ("internet-package",)
        order(made, turn("gprs", on=False), 2)
        assert len(made.subscribers.rows[NUMBER].packages) == 1


class TestFavouriteAndDiscount:
    def test_the_favourite_is_set_once_a_month(self) -> None:
        made = operator()
        assert offered(made, favourite(FRIEND)).once == Money(100)
        order(made, favourite(FRIEND))
        assert refused(made, favourite(HOME)) is Reason.SOON
        made.clock.sleep(timedelta(days=30).total_seconds())
        assert offered(made, favourite(HOME)).once == Money(50)

    def test_an_undone_setting_does_not_count(self) -> None:
        made = operator()
        done = order(made, favourite(FRIEND))
        subscriptions(made).undo(*on_phone("call", 2), NUMBER, done.order)
        assert offered(made, favourite(HOME)).once == Money(100)

    def test_they_exclude_each_other(self) -> None:
        made = operator()
        order(made, favourite(FRIEND))
        assert refused(made, turn("discount")) is Reason.EXCLUDED

    def test_the_discount_is_for_some_tariffs_and_needs_money(self) -> None:
        assert refused(operator(tariff="biznes"), turn("discount")) is Reason.TARIFF
        assert refused(operator(balance=499), turn("discount")) is Reason.BALANCE
        assert offered(operator(balance=500), turn("discount")).monthly == Money(200)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{excludes: [nothing]}", "excludes 'nothing', which does not exist"),
        ("{requires: [plain], excludes: [plain]}", "requires and excludes 'plain'"),
        ("{excludes: [odd]}", "requires and excludes 'odd'"),
        ('{packages: {a: {volume: 5 MB, price: "1.00", days: 0}}}', "days"),
        ('{packages: {a: {volume: 5 kB, price: "1.00", days: 3}}}', "200 MB, 1 GB or 50 SMS"),
        (
            '{packages: {a: {volume: 5 MB, price: "1.00", days: 3}, '
            'b: {volume: 5 SMS, price: "1.00", days: 3}}}',
            "of megabytes and of messages",
        ),
        ("{states: [asleep]}", "states"),
        ("{states: []}", "states"),
        ("{premium: [abc]}", "premium"),
        ("{at_once: 0}", "at_once"),
        ("{modify_days: -1}", "modify_days"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, entry: str, problem: str) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(f"{RULES}  odd: {entry}\n", encoding="utf-8")
    with pytest.raises(Unusable) as refusal:
        read_catalogue(file)
    assert "odd" in str(refusal.value)
    assert problem in str(refusal.value)


def test_a_package_that_ended_is_none(catalogue: Catalogue) -> None:
    ended = HeldPackage(ServiceId("x"), "m", 5, NOON - timedelta(seconds=1))
    row = dataclasses.replace(subscriber(), packages=(ended,))
    assert not Rules(catalogue, row, NOON).is_on(ServiceId("x"))


def test_an_operator_may_be_asked_again(catalogue: Catalogue) -> None:
    """Nothing is kept between two questions."""
    made = Operator(catalogue=catalogue)
    made.add(subscriber(services=""))
    wanted = turn("plain")
    assert subscriptions(made).offer(NUMBER, wanted) == subscriptions(made).offer(NUMBER, wanted)
