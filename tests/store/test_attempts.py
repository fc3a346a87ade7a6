"""Tries to identify as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from ivr.call import Means
from ivr.ports import Attempt, AttemptCounts, AttemptResult
from ivr.store import Store
from ivr.values import Msisdn

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99366300890")
CALLER = Msisdn("99361000000")
NOTHING = AttemptCounts(0, 0, None, None, 0)


def fail(
    store: Store,
    minutes: float = 0,
    number: Msisdn = NUMBER,
    call: str = "c1",
    caller: Msisdn | None = CALLER,
) -> int:
    at = NOW + timedelta(minutes=minutes)
    id = store.attempts.open(Attempt(call, number, caller, Means.CODEWORD), at)
    store.attempts.settle(id, AttemptResult.NO_MATCH)
    return id


def match(store: Store, number: Msisdn = NUMBER) -> None:
    id = store.attempts.open(Attempt("c9", number, CALLER, Means.PASSPORT), NOW)
    store.attempts.settle(id, AttemptResult.MATCH)


def counts(store: Store, minutes: float = 0, call: str = "c1") -> AttemptCounts:
    return store.attempts.counts(call, NUMBER, CALLER, NOW + timedelta(minutes=minutes))


class TestAttempts:
    def test_nothing_stands_against_a_number_at_first(self, store: Store) -> None:
        assert counts(store) == NOTHING

    def test_a_try_counts_as_a_failure_before_it_is_settled(self, store: Store) -> None:
        store.attempts.open(Attempt("c1", NUMBER, CALLER, Means.CODEWORD), NOW)
        assert counts(store) == AttemptCounts(1, 1, None, None, 1)

    def test_a_match_forgets_the_failures_of_its_number_only(self, store: Store) -> None:
        fail(store)
        fail(store, number=OTHER)
        match(store)
        assert counts(store).in_row == 0
        assert store.attempts.counts("c1", OTHER, CALLER, NOW).in_row == 1

    def test_a_failure_after_a_match_counts_anew(self, store: Store) -> None:
        fail(store)
        match(store)
        fail(store, minutes=1)
        assert counts(store, minutes=1).in_row == 1

    def test_the_fifth_in_an_hour_is_dated(self, store: Store) -> None:
        for minutes in (0, 10, 20, 30, 59):
            fail(store, minutes)
        assert counts(store, 60).fifth_at == NOW + timedelta(minutes=59)

    def test_five_in_more_than_an_hour_are_not(self, store: Store) -> None:
        for minutes in (0, 10, 20, 30, 61):
            fail(store, minutes)
        assert counts(store, 62).fifth_at is None

    def test_the_tenth_in_a_day_is_dated(self, store: Store) -> None:
        for hours in range(0, 20, 2):
            fail(store, hours * 60)
        assert counts(store, 20 * 60).tenth_at == NOW + timedelta(hours=18)
        assert counts(store, 20 * 60).fifth_at is None

    def test_failures_of_a_call_count_for_any_number(self, store: Store) -> None:
        fail(store)
        fail(store, number=OTHER)
        fail(store, call="c2")
        assert counts(store).in_call == 2

    def test_a_caller_who_tries_many_numbers_is_seen(self, store: Store) -> None:
        for digit in range(4):
            fail(store, number=Msisdn(f"9936500000{digit}"))
            fail(store, minutes=1, number=Msisdn(f"9936500000{digit}"))
        assert counts(store, 1).numbers_by_caller == 4
        assert counts(store, 62).numbers_by_caller == 0

    def test_a_withheld_number_is_no_caller(self, store: Store) -> None:
        fail(store, caller=None)
        assert store.attempts.counts("c1", NUMBER, None, NOW).numbers_by_caller == 0

    def test_only_earlier_tries_count_before_an_id(self, store: Store) -> None:
        fail(store)
        second = fail(store)
        fail(store)
        assert store.attempts.counts("c1", NUMBER, CALLER, NOW, before=second).in_row == 1

    def test_an_unlock_forgets_and_is_audited(self, store: Store) -> None:
        fail(store)
        assert store.attempts.unlock(NUMBER, "clerk", NOW)
        assert counts(store).in_row == 0
        assert not store.attempts.unlock(NUMBER, "clerk", NOW)
        entries = store.audit.newest(9, NUMBER)
        assert [(entry.author, entry.action, entry.at) for entry in entries] == [
            ("clerk", "identification.unlock", NOW)
        ]

    def test_settling_twice_changes_nothing(self, store: Store) -> None:
        id = fail(store)
        store.attempts.settle(id, AttemptResult.MATCH)
        assert counts(store).in_row == 1

    def test_failures_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        for minutes in range(5):
            fail(store, minutes)
        store.close()
        assert counts(reopen(), 5).fifth_at == NOW + timedelta(minutes=4)

    def test_tries_at_once_are_all_counted_and_put_in_a_row(self, store: Store) -> None:
        """Whatever their order, each sees all that were written before it."""
        many = 16
        together = threading.Barrier(many)

        def one(index: int) -> int:
            together.wait()
            attempt = Attempt(f"c{index}", NUMBER, CALLER, Means.CODEWORD)
            id = store.attempts.open(attempt, NOW)
            return store.attempts.counts(f"c{index}", NUMBER, CALLER, NOW, before=id).in_row

        with ThreadPoolExecutor(many) as pool:
            seen = list(pool.map(one, range(many)))
        assert sorted(seen) == list(range(many))
        assert counts(store).in_row == many
