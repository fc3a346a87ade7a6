"""What every Attempts does: in memory and in each database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from ivr.call import Means
from ivr.ports import Attempt, AttemptCounts, AttemptResult
from ivr.values import Msisdn
from tests.contracts.records import NUMBER, Records

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
OTHER = Msisdn("99366300890")
CALLER = Msisdn("99361000000")
NOTHING = AttemptCounts(0, 0, None, None, 0)


def fail(
    records: Records,
    minutes: float = 0,
    number: Msisdn = NUMBER,
    call: str = "c1",
    caller: Msisdn | None = CALLER,
) -> int:
    at = NOW + timedelta(minutes=minutes)
    id = records.attempts.open(Attempt(call, number, caller, Means.CODEWORD), at)
    records.attempts.settle(id, AttemptResult.NO_MATCH)
    return id


def match(records: Records, number: Msisdn = NUMBER) -> None:
    id = records.attempts.open(Attempt("c9", number, CALLER, Means.PASSPORT), NOW)
    records.attempts.settle(id, AttemptResult.MATCH)


def counts(records: Records, minutes: float = 0, call: str = "c1") -> AttemptCounts:
    return records.attempts.counts(call, NUMBER, CALLER, NOW + timedelta(minutes=minutes))


class AttemptsContract:
    """Derive, and give a fixture ``records``."""

    def test_nothing_stands_against_a_number_at_first(self, records: Records) -> None:
        assert counts(records) == NOTHING

    def test_a_try_counts_as_a_failure_before_it_is_settled(self, records: Records) -> None:
        records.attempts.open(Attempt("c1", NUMBER, CALLER, Means.CODEWORD), NOW)
        assert counts(records) == AttemptCounts(1, 1, None, None, 1)

    def test_a_match_forgets_the_failures_of_its_number_only(self, records: Records) -> None:
        fail(records)
        fail(records, number=OTHER)
        match(records)
        assert counts(records).in_row == 0
        assert records.attempts.counts("c1", OTHER, CALLER, NOW).in_row == 1

    def test_a_failure_after_a_match_counts_anew(self, records: Records) -> None:
        fail(records)
        match(records)
        fail(records, minutes=1)
        assert counts(records, minutes=1).in_row == 1

    def test_the_fifth_in_an_hour_is_dated(self, records: Records) -> None:
        for minutes in (0, 10, 20, 30, 59):
            fail(records, minutes)
        assert counts(records, 60).fifth_at == NOW + timedelta(minutes=59)

    def test_five_in_more_than_an_hour_are_not(self, records: Records) -> None:
        for minutes in (0, 10, 20, 30, 61):
            fail(records, minutes)
        assert counts(records, 62).fifth_at is None

    def test_the_tenth_in_a_day_is_dated(self, records: Records) -> None:
        for hours in range(0, 20, 2):
            fail(records, hours * 60)
        assert counts(records, 20 * 60).tenth_at == NOW + timedelta(hours=18)
        assert counts(records, 20 * 60).fifth_at is None

    def test_failures_of_a_call_count_for_any_number(self, records: Records) -> None:
        fail(records)
        fail(records, number=OTHER)
        fail(records, call="c2")
        assert counts(records).in_call == 2

    def test_a_caller_who_tries_many_numbers_is_seen(self, records: Records) -> None:
        for digit in range(4):
            fail(records, number=Msisdn(f"9936500000{digit}"))
            fail(records, minutes=1, number=Msisdn(f"9936500000{digit}"))
        assert counts(records, 1).numbers_by_caller == 4
        assert counts(records, 62).numbers_by_caller == 0

    def test_a_withheld_number_is_no_caller(self, records: Records) -> None:
        fail(records, caller=None)
        assert records.attempts.counts("c1", NUMBER, None, NOW).numbers_by_caller == 0

    def test_only_earlier_tries_count_before_an_id(self, records: Records) -> None:
        fail(records)
        second = fail(records)
        fail(records)
        assert records.attempts.counts("c1", NUMBER, CALLER, NOW, before=second).in_row == 1

    def test_settling_twice_changes_nothing(self, records: Records) -> None:
        id = fail(records)
        records.attempts.settle(id, AttemptResult.MATCH)
        assert counts(records).in_row == 1

    def test_tries_at_once_are_all_counted_and_put_in_a_row(self, records: Records) -> None:
        """Whatever their order, each sees all that were written before it."""
        many = 16
        together = threading.Barrier(many)

        def one(index: int) -> int:
            together.wait()
            attempt = Attempt(f"c{index}", NUMBER, CALLER, Means.CODEWORD)
            id = records.attempts.open(attempt, NOW)
            return records.attempts.counts(f"c{index}", NUMBER, CALLER, NOW, before=id).in_row

        with ThreadPoolExecutor(many) as pool:
            seen = list(pool.map(one, range(many)))
        assert sorted(seen) == list(range(many))
        assert counts(records).in_row == many

    def test_an_unlock_forgets_the_failures_of_its_number_only(self, records: Records) -> None:
        fail(records)
        fail(records, number=OTHER)
        assert records.attempts.unlock(NUMBER, "clerk", NOW)
        assert counts(records).in_row == 0
        assert not records.attempts.unlock(NUMBER, "clerk", NOW)
        assert records.attempts.counts("c1", OTHER, CALLER, NOW).in_row == 1
