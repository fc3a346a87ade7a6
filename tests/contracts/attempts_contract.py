"""What every Attempts does: in memory and in each database."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ivr.care.attempts import Limits, fifth_in_hour, lock_state_of, tenth_in_day
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, AttemptCounts, AttemptResult, CallerKind, LockState
from ivr.domain.subscriber import Verifiers
from ivr.domain.values import Msisdn
from ivr.testing.acting import by, named
from ivr.testing.dial import origin
from tests.contracts.records import NUMBER, Records, subscriber

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
OTHER = Msisdn("99366300891")
CALLER = Msisdn("99361000000")
OWN, KNOWN, UNKNOWN = CallerKind.OWN, CallerKind.KNOWN, CallerKind.UNKNOWN


def attempt(
    number: Msisdn = NUMBER, call: str = "c1", caller: Msisdn | None = CALLER, trunk: str = "trunk"
) -> Attempt:
    return Attempt(call, number, origin(caller, trunk=trunk), IdentificationMethod.CODEWORD)


def fail(
    records: Records,
    minutes: float = 0,
    number: Msisdn = NUMBER,
    call: str = "c1",
    caller: Msisdn | None = CALLER,
    *,
    kind: CallerKind = KNOWN,
    trunk: str = "trunk",
) -> int:
    at = NOW + timedelta(minutes=minutes)
    id = records.attempts.open(attempt(number, call, caller, trunk), kind, at).id
    records.attempts.settle(id, AttemptResult.NO_MATCH)
    return id


def match(records: Records, number: Msisdn = NUMBER, kind: CallerKind = KNOWN) -> int:
    id = records.attempts.open(attempt(number, "c9"), kind, NOW).id
    records.attempts.settle(id, AttemptResult.MATCH)
    return id


def counts(
    records: Records,
    minutes: float = 0,
    call: str = "c1",
    number: Msisdn = NUMBER,
    caller: Msisdn | None = CALLER,
    *,
    kind: CallerKind = KNOWN,
    trunk: str = "trunk",
) -> AttemptCounts:
    at = NOW + timedelta(minutes=minutes)
    return records.attempts.counts(attempt(number, call, caller, trunk), kind, at)


class AttemptsContract:
    """Derive, and give a fixture ``records``."""

    def test_failures_of_what_a_user_typed_are_counted(self, records: Records) -> None:
        for minutes, user, result in (
            (0, "aygul", AttemptResult.NO_MATCH),
            (5, "aygul", AttemptResult.NO_MATCH),
            (6, "aygul", AttemptResult.MATCH),
            (7, "merdan", AttemptResult.NO_MATCH),
            (8, "", AttemptResult.NO_MATCH),
        ):
            typed = dataclasses.replace(attempt(call=f"c{minutes}"), by=user)
            opened = records.attempts.open(typed, KNOWN, NOW + timedelta(minutes=minutes))
            records.attempts.settle(opened.id, result)
        still_open = dataclasses.replace(attempt(call="c9"), by="aygul")
        records.attempts.open(still_open, KNOWN, NOW + timedelta(minutes=9))
        assert records.attempts.failures_by("aygul", NOW) == 3
        assert records.attempts.failures_by("aygul", NOW + timedelta(minutes=1)) == 2
        assert records.attempts.failures_by("gozel", NOW) == 0

    def test_nothing_stands_against_a_number_at_first(self, records: Records) -> None:
        assert counts(records) == AttemptCounts()

    def test_a_try_counts_as_a_failure_before_it_is_settled(self, records: Records) -> None:
        records.attempts.open(attempt(), KNOWN, NOW)
        assert counts(records) == AttemptCounts(
            in_call=1, failures=(NOW,), by_caller=((NOW, NUMBER),), strangers=1, line=1
        )

    def test_a_match_forgets_the_failures_of_its_number_only(self, records: Records) -> None:
        fail(records)
        fail(records, number=OTHER)
        match(records)
        assert counts(records).in_row == 0
        assert counts(records, number=OTHER).in_row == 1

    @pytest.mark.parametrize("kind", list(CallerKind))
    def test_the_own_phone_and_all_others_are_counted_apart(
        self, records: Records, kind: CallerKind
    ) -> None:
        fail(records, kind=kind)
        fail(records, kind=kind)
        seen = {each: counts(records, kind=each).in_row for each in CallerKind}
        assert seen == {each: 2 if each.is_own == kind.is_own else 0 for each in CallerKind}

    @pytest.mark.parametrize("kind", list(CallerKind))
    def test_a_match_forgets_the_failures_of_its_own_kind_only(
        self, records: Records, kind: CallerKind
    ) -> None:
        for each in CallerKind:
            fail(records, kind=each)
        match(records, kind=kind)
        assert counts(records, kind=OWN).in_row == (0 if kind is OWN else 1)
        assert counts(records, kind=UNKNOWN).in_row == (2 if kind is OWN else 0)

    def test_a_code_forgets_the_failures_of_one_kind(self, records: Records) -> None:
        for each in CallerKind:
            fail(records, kind=each)
        assert records.attempts.forget(named("code"), NUMBER, UNKNOWN, NOW)
        assert not records.attempts.forget(named("code"), NUMBER, KNOWN, NOW)
        assert (counts(records).in_row, counts(records, kind=OWN).in_row) == (0, 1)

    def test_nothing_across_numbers_stands_against_the_own_phone(self, records: Records) -> None:
        for each in CallerKind:
            fail(records, kind=each)
        seen = counts(records, call="c2", kind=OWN)
        assert (seen.by_caller, seen.unknown, seen.strangers, seen.line) == ((), 0, 0, 0)

    def test_unknown_callers_of_a_trunk_share_a_count(self, records: Records) -> None:
        fail(records, caller=None, kind=UNKNOWN)
        fail(records, number=OTHER, kind=UNKNOWN, trunk="second")
        fail(records, number=OTHER, caller=OTHER, kind=UNKNOWN)
        fail(records)
        fail(records, kind=OWN)
        seen = counts(records, kind=UNKNOWN)
        assert (seen.unknown, seen.strangers, seen.line) == (2, 3, 4)
        seen = counts(records, kind=UNKNOWN, trunk="second")
        assert (seen.unknown, seen.strangers, seen.line) == (1, 1, 4)

    def test_a_failure_counts_against_its_trunk_for_ten_minutes(self, records: Records) -> None:
        fail(records, kind=UNKNOWN)
        assert (counts(records, 0.9).line, counts(records, 1).line) == (1, 0)
        assert (counts(records, 9.9).unknown, counts(records, 9.9).strangers) == (1, 1)
        assert (counts(records, 10).unknown, counts(records, 10).strangers) == (0, 0)

    def test_a_match_of_others_lets_the_count_of_a_trunk_stand(self, records: Records) -> None:
        fail(records, kind=UNKNOWN)
        match(records)
        match(records, kind=UNKNOWN)
        seen = counts(records)
        assert (seen.unknown, seen.strangers, seen.line) == (1, 1, 1)

    def test_a_failure_after_a_match_counts_anew(self, records: Records) -> None:
        fail(records)
        match(records)
        fail(records, minutes=1)
        assert counts(records, minutes=1).in_row == 1

    def test_the_fifth_in_an_hour_is_dated(self, records: Records) -> None:
        for minutes in (0, 10, 20, 30, 59):
            fail(records, minutes)
        assert fifth_in_hour(counts(records, 60).failures) == NOW + timedelta(minutes=59)

    def test_five_in_more_than_an_hour_are_not(self, records: Records) -> None:
        for minutes in (0, 10, 20, 30, 61):
            fail(records, minutes)
        assert fifth_in_hour(counts(records, 62).failures) is None

    def test_the_tenth_in_a_day_is_dated(self, records: Records) -> None:
        for hours in range(0, 20, 2):
            fail(records, hours * 60)
        assert tenth_in_day(counts(records, 20 * 60).failures) == NOW + timedelta(hours=18)
        assert fifth_in_hour(counts(records, 20 * 60).failures) is None

    def test_failures_of_a_call_count_for_any_number(self, records: Records) -> None:
        fail(records)
        fail(records, number=OTHER)
        fail(records, call="c2")
        assert counts(records).in_call == 2

    def test_a_caller_who_tries_many_numbers_is_seen(self, records: Records) -> None:
        for digit in range(3):
            fail(records, digit, number=Msisdn(f"9936500000{digit}"))
        fail(records, 3, caller=OTHER)
        hour = timedelta(hours=25).total_seconds() / 60
        assert [number for _, number in counts(records, 3).by_caller] == [
            "99365000000",
            "99365000001",
            "99365000002",
        ]
        assert len(counts(records, hour + 1).by_caller) == 2

    def test_a_withheld_number_is_no_caller(self, records: Records) -> None:
        fail(records, caller=None)
        assert counts(records, caller=None).by_caller == ()

    def test_a_calling_number_that_is_no_mobile_is_counted_too(self, records: Records) -> None:
        city = Attempt(
            "c1", NUMBER, Origin(None, "12345678" * 9, "trunk"), IdentificationMethod.PASSPORT
        )
        records.attempts.open(city, UNKNOWN, NOW)
        assert records.attempts.counts(city, UNKNOWN, NOW).by_caller == ((NOW, NUMBER),)

    @pytest.mark.parametrize("kind", list(CallerKind))
    @pytest.mark.parametrize("caller", [CALLER, None])
    def test_a_try_is_told_what_was_written_before_it(
        self, records: Records, kind: CallerKind, caller: Msisdn | None
    ) -> None:
        """With itself it is what the next one is told."""
        for minutes, each in enumerate(CallerKind):
            fail(records, minutes, caller=caller, kind=each)
        before = counts(records, 4, caller=caller, kind=kind)
        made, at = attempt(caller=caller), NOW + timedelta(minutes=4)
        opened = records.attempts.open(made, kind, at)
        assert opened.earlier == before
        assert opened.earlier.with_failure(made, kind, at) == counts(
            records, 4, caller=caller, kind=kind
        )

    def test_a_try_that_is_not_allowed_is_not_written(self, records: Records) -> None:
        fail(records)
        before = counts(records)
        opened = records.attempts.open(attempt(), KNOWN, NOW, lambda counts: counts.in_row == 0)
        assert (opened.id, opened.earlier) == (0, before)
        assert counts(records) == before

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
            made = attempt(call=f"c{index}", caller=None)
            seen = records.attempts.open(made, UNKNOWN, NOW).earlier
            assert seen.in_row == seen.unknown == seen.strangers == seen.line
            return seen.in_row

        with ThreadPoolExecutor(many) as pool:
            seen = list(pool.map(one, range(many)))
        assert sorted(seen) == list(range(many))
        assert counts(records).in_row == many

    def test_a_crowd_of_unknown_callers_has_no_more_tries_than_its_limit(
        self, records: Records
    ) -> None:
        """Each asks for another number, all at once; their owners are served meanwhile."""
        limits = Limits(unknown=5, unknown_most=9)
        many = 16
        together = threading.Barrier(many)

        def one(index: int) -> LockState:
            made = attempt(Msisdn(f"993650000{index:02}"), f"c{index}", None)
            together.wait()
            seen = records.attempts.open(made, UNKNOWN, NOW).earlier
            return lock_state_of(seen, UNKNOWN, NOW, limits)

        with ThreadPoolExecutor(many) as pool:
            found = sorted(pool.map(one, range(many)))
        expected = [LockState.OPEN] * 5 + [LockState.CODEWORD] * 4 + [LockState.STOPPED] * 7
        assert found == sorted(expected)
        own = counts(records, call="own", number=Msisdn("99365000000"), kind=OWN)
        assert lock_state_of(own, OWN, NOW, limits) is LockState.OPEN

    def test_an_unlock_forgets_the_failures_of_its_number_only(self, records: Records) -> None:
        for kind in CallerKind:
            fail(records, kind=kind)
        fail(records, number=OTHER)
        assert records.attempts.unlock(*by("clerk"), NUMBER, NOW)
        assert counts(records).in_row == counts(records, kind=OWN).in_row == 0
        assert not records.attempts.unlock(*by("clerk"), NUMBER, NOW)
        assert counts(records, number=OTHER).in_row == 1

    def test_a_new_code_word_forgets_all_failures_of_its_number(self, records: Records) -> None:
        records.add(subscriber())
        for kind in CallerKind:
            fail(records, kind=kind)
        fail(records, number=OTHER)
        records.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("a", "b", "c"))
        assert counts(records).in_row == counts(records, kind=OWN).in_row == 0
        assert counts(records, number=OTHER).in_row == 1
