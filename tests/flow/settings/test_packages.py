"""Packages and the favourite number."""

from __future__ import annotations

import dataclasses

import pytest

from ivr.domain.values import Money
from ivr.flow.document import Flow
from ivr.testing.demo import NUMBER, Operator
from tests.flow.settings.calls import (
    FAVOURITE,
    FRIEND,
    HOME,
    TO_FAVOURITE,
    TO_INTERNET,
    ring,
    value,
)

TO_DISCOUNT = "3 2 5 2"


class TestPackages:
    def test_one_is_bought_with_what_it_needs(self, flow: Flow, operator: Operator) -> None:
        call = ring(flow, operator, f"{TO_INTERNET} 2 1")
        assert "packages.none" in call.keys
        assert "packages.days days=30" in call.heard
        offers = [words for words in call.heard if words.startswith("packages.offer")]
        assert [words.partition(" volume=")[2] for words in offers] == [
            "200 price=10.00",
            "500 price=20.00",
            "1024 price=50.00",
        ]
        assert "change.also.on service=service.gprs" in call.heard
        assert "change.price.once price=20.00" in call.heard
        assert "change.on.done" in " ".join(call.keys)
        assert call.call.goals == ["services/internet-package"]
        row = operator.subscribers.rows[NUMBER]
        assert (row.balance.tenge, row.packages[0].package) == (8_000, "l")

    @pytest.mark.parametrize(
        ("keys", "offers", "bought"),
        [
            ("5 1", 3, "vip"),
            ("~4 1", 5, "xxl"),
            ("- 5 1", 10, "vip"),
            ("7 5 1", 8, "vip"),
            ("9 5 1", 6, "vip"),
            ("~9 ~5 1", 10, "vip"),
        ],
    )
    def test_the_large_ones_are_said_to_who_waits(
        self, flow: Flow, operator: Operator, keys: str, offers: int, bought: str
    ) -> None:
        row = operator.subscribers.rows[NUMBER]
        operator.subscribers.rows[NUMBER] = dataclasses.replace(row, balance=Money(100_000))
        call = ring(flow, operator, f"{TO_INTERNET} {keys}")
        assert sum(key.startswith("packages.offer") for key in call.keys) == offers
        assert operator.subscribers.rows[NUMBER].packages[0].package == bought

    def test_what_is_left_and_until_when_is_told(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_INTERNET} 1 1")
        heard = ring(flow, operator, TO_INTERNET).heard
        assert "packages.left.megabytes package=package.m left=200 until=2026-12-22" in heard
        assert "packages.none" not in heard

    def test_buying_is_undone(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_INTERNET} 1 1 2")
        row = operator.subscribers.rows[NUMBER]
        assert (row.packages, row.balance.tenge, set(row.services)) == ((), 10_000, {"sms"})

    def test_messages_are_counted_as_such(self, flow: Flow, operator: Operator) -> None:
        call = ring(flow, operator, "3 2 5 1 1 1")
        assert "packages.offer.messages" in call.keys
        assert call.call.goals == ["services/sms-package"]
        again = ring(flow, operator, "3 2 5 1 1")
        assert "refused.most service=service.sms-package" in again.heard

    def test_switching_off_what_it_needs_says_so(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_INTERNET} 1 1")
        call = ring(flow, operator, "3 2 1 1")
        assert "change.idle service=service.internet-package" in call.heard


class TestFavourite:
    def test_is_set_changed_after_its_time_and_ended(self, flow: Flow, operator: Operator) -> None:
        first = ring(flow, operator, f"{TO_FAVOURITE} 61000000 1")
        assert "change.price.once price=1.00" in first.heard
        assert value(operator, FAVOURITE) == {"number": FRIEND}
        soon = ring(flow, operator, f"{TO_FAVOURITE} 1 12223344")
        assert "refused.soon service=service.favourite until=2026-12-22" in soon.heard
        operator.clock.sleep(30 * 24 * 3600)
        ring(flow, operator, f"{TO_FAVOURITE} 1 12223344 1")
        assert value(operator, FAVOURITE) == {"number": HOME}
        ended = ring(flow, operator, f"{TO_FAVOURITE} 2 1")
        assert "change.off.done service=service.favourite" in ended.heard
        assert value(operator, FAVOURITE) == {}

    def test_does_not_go_with_the_discount(self, flow: Flow, operator: Operator) -> None:
        call = ring(flow, operator, f"{TO_DISCOUNT} 1")
        assert "discount.about" in call.keys
        assert "change.on.done service=service.discount" in call.heard
        refused = ring(flow, operator, f"{TO_FAVOURITE} 61000000")
        assert "refused.excluded service=service.favourite other=service.discount" in refused.heard

    def test_the_discount_is_switched_off_again(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_DISCOUNT} 1")
        off = ring(flow, operator, f"{TO_DISCOUNT} 1")
        assert "change.off.done service=service.discount" in off.heard
