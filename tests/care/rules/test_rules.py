"""Rules of the catalogue: hours, requirements, exclusions."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from ivr.care.catalogue import Catalogue, read_catalogue
from ivr.care.rules import Rules
from ivr.domain.hours import Hours
from ivr.domain.services import Change, Characteristics, Offer, Reason, Refusal
from ivr.domain.subscriber import ActiveService, Status
from ivr.domain.values import Money, ServiceId
from ivr.errors import Unusable
from ivr.testing.demo import NUMBER, subscriber
from tests.care.rules.answers import FRIEND, HOME, NOON, RULES, turn


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
        held = {**row.services, wanted.service: ActiveService(value=value)}
        row = dataclasses.replace(row, services=held)
    return Rules(catalogue, row, at).offer(wanted, changed)


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
