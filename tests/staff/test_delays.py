"""Delays between tries: five are free, then they grow, and no name is locked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.staff import TryCounts
from ivr.staff.delays import (
    FREE,
    FREE_IN_GROUP,
    LONGEST,
    delay_after,
    network_of,
    rest_of_delay,
)

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
FAILURES = st.integers(0, 10_000)


@given(FAILURES, FAILURES, st.sampled_from([FREE, FREE_IN_GROUP]))
def test_a_delay_grows_and_has_a_bound(fewer: int, more: int, free: int) -> None:
    fewer, more = sorted((fewer, more))
    assert delay_after(fewer, free) <= delay_after(more, free) <= LONGEST
    assert (delay_after(more, free) > timedelta(0)) == (more >= free)


@given(FAILURES, FAILURES, st.integers(0, 3600), st.integers(0, 3600))
def test_after_the_longest_delay_any_try_may_come(
    pair: int, group: int, pair_age: int, group_age: int
) -> None:
    counts = TryCounts(
        pair, NOW - timedelta(seconds=pair_age), group, NOW - timedelta(seconds=group_age)
    )
    rest = rest_of_delay(counts, NOW)
    assert timedelta(0) <= rest <= LONGEST
    assert rest_of_delay(counts, NOW + rest) == timedelta(0)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 5), (6, 10), (7, 20), (12, 640), (13, 900)]
)
def test_delays_of_a_name_from_an_address(failures: int, seconds: int) -> None:
    assert rest_of_delay(TryCounts(failures, NOW, 0, None), NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("failures", "seconds"), [(19, 0), (20, 5), (21, 10), (28, 900)])
def test_delays_of_an_address(failures: int, seconds: int) -> None:
    assert rest_of_delay(TryCounts(1, NOW, failures, NOW), NOW) == timedelta(seconds=seconds)


def test_a_first_try_needs_no_wait() -> None:
    assert rest_of_delay(TryCounts(0, None, 0, None), NOW) == timedelta(0)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.5", "10.0.0.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_of_ipv6_counts_with_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
