"""Checking code words and passports: the limits, the locks, the same answer for every failure."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from ivr.call import Means
from ivr.care.folding import word_keys
from ivr.care.identification import SAME_TIME, Identifying
from ivr.clock import SystemClock
from ivr.errors import TemporarilyUnavailable
from ivr.ports import Attempt, AttemptCounts, Standing, Status, Verdict, Verifiers
from ivr.testing.clock import FixedClock
from ivr.testing.demo import (
    CODEWORD_KEYS,
    NUMBER,
    OTHER,
    PASSPORT_KEYS,
    Operator,
    demo_operator,
    quick_verifying,
    subscriber,
)
from ivr.testing.memory import MemoryAttempts, MemorySubscribers
from ivr.values import Msisdn, Secret

CALLER, NOBODY = Msisdn("99361000000"), Msisdn("99365999999")
WRONG = "7777777"


@dataclass
class Desk:
    """An operator whose callers try to identify, each in a call of its own."""

    operator: Operator = field(default_factory=demo_operator)
    calls: int = 0

    def later(self, **passed: float) -> None:
        self.operator.clock.sleep(timedelta(**passed).total_seconds())

    def ring(self) -> str:
        self.calls += 1
        return f"call-{self.calls}"

    def check(
        self,
        keys: str,
        *,
        call: str = "",
        number: Msisdn = NUMBER,
        caller: Msisdn | None = None,
        means: Means = Means.CODEWORD,
    ) -> Verdict:
        attempt = Attempt(call or self.ring(), number, caller, means)
        return self.operator.care.identification.check(attempt, Secret(keys))

    def standing(
        self, number: Msisdn = NUMBER, *, call: str = "new", caller: Msisdn | None = None
    ) -> Standing:
        return self.operator.care.identification.standing(call, number, caller)

    def fail(self, times: int, **every: float) -> list[Verdict]:
        verdicts = []
        for _ in range(times):
            verdicts.append(self.check(WRONG))
            self.later(**every)
        return verdicts


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestMatch:
    def test_the_code_word_matches(self, desk: Desk) -> None:
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH

    def test_the_passport_matches(self, desk: Desk) -> None:
        assert desk.check(PASSPORT_KEYS, means=Means.PASSPORT) is Verdict.MATCH

    def test_one_is_not_taken_for_the_other(self, desk: Desk) -> None:
        assert desk.check(PASSPORT_KEYS) is Verdict.NO_MATCH
        assert desk.check(CODEWORD_KEYS, means=Means.PASSPORT) is Verdict.NO_MATCH

    def test_a_code_word_set_anew_replaces_the_old_one(self, desk: Desk) -> None:
        word = "deňizýyldyzy"
        verifiers = quick_verifying().codeword(word)
        assert desk.operator.subscribers.set_codeword(NUMBER, verifiers, "clerk")
        assert desk.check(CODEWORD_KEYS) is Verdict.NO_MATCH
        assert desk.check(word_keys(word)[0] or "") is Verdict.MATCH

    def test_a_match_forgets_the_failures_before_it(self, desk: Desk) -> None:
        desk.fail(4)
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH
        assert desk.fail(4) == [Verdict.NO_MATCH] * 4


class TestLimits:
    def test_three_failures_end_the_tries_of_a_call(self, desk: Desk) -> None:
        verdicts = [desk.check(WRONG, call="one") for _ in range(3)]
        assert verdicts == [Verdict.NO_MATCH, Verdict.NO_MATCH, Verdict.LOCKED]
        assert desk.check(CODEWORD_KEYS, call="one") is Verdict.LOCKED
        assert desk.standing(call="one") is Standing.SPENT
        assert desk.check(CODEWORD_KEYS, call="two") is Verdict.MATCH

    def test_the_tries_of_a_call_are_for_all_numbers_together(self, desk: Desk) -> None:
        desk.check(WRONG, call="one", number=NUMBER)
        desk.check(WRONG, call="one", number=OTHER)
        assert desk.check(WRONG, call="one", number=NOBODY) is Verdict.LOCKED

    def test_five_in_an_hour_lock_for_half_an_hour(self, desk: Desk) -> None:
        assert desk.fail(5, seconds=1)[-1] is Verdict.LOCKED
        assert desk.standing() is Standing.LOCKED
        assert desk.check(CODEWORD_KEYS) is Verdict.LOCKED
        desk.later(minutes=29)
        assert desk.check(CODEWORD_KEYS) is Verdict.LOCKED
        desk.later(minutes=1)
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH

    def test_a_try_against_a_lock_does_not_make_it_longer(self, desk: Desk) -> None:
        desk.fail(5)
        desk.later(minutes=20)
        desk.fail(3)
        desk.later(minutes=11)
        assert desk.standing() is Standing.OPEN

    def test_four_in_an_hour_lock_nothing(self, desk: Desk) -> None:
        assert desk.fail(4) == [Verdict.NO_MATCH] * 4
        assert desk.standing() is Standing.OPEN

    def test_five_in_more_than_an_hour_lock_nothing(self, desk: Desk) -> None:
        assert Verdict.LOCKED not in desk.fail(5, minutes=16)

    def test_ten_in_a_day_lock_for_a_day(self, desk: Desk) -> None:
        assert desk.fail(10, hours=1)[-1] is Verdict.LOCKED
        desk.later(hours=22, minutes=59)
        assert desk.check(CODEWORD_KEYS) is Verdict.LOCKED
        desk.later(hours=1)
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH

    def test_twenty_in_a_row_send_to_an_office_for_good(self, desk: Desk) -> None:
        assert desk.fail(19, hours=25) == [Verdict.NO_MATCH] * 19
        assert desk.check(WRONG) is Verdict.LOCKED
        desk.later(days=400)
        assert desk.standing() is Standing.OFFICE
        assert desk.check(CODEWORD_KEYS) is Verdict.LOCKED

    def test_an_unlock_opens_at_once(self, desk: Desk) -> None:
        desk.fail(20, hours=25)
        assert desk.operator.attempts.unlock(NUMBER, "clerk", desk.operator.clock.now())
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH

    def test_a_lock_is_on_the_number_whoever_calls(self, desk: Desk) -> None:
        desk.fail(5)
        assert desk.check(CODEWORD_KEYS, caller=NUMBER) is Verdict.LOCKED
        assert desk.check(CODEWORD_KEYS, caller=CALLER) is Verdict.LOCKED

    def test_a_caller_who_fails_for_many_numbers_is_stopped_for_all(self, desk: Desk) -> None:
        for digit in range(5):
            desk.check(WRONG, number=Msisdn(f"9936511111{digit}"), caller=CALLER)
        assert desk.standing(caller=CALLER) is Standing.LOCKED
        assert desk.check(CODEWORD_KEYS, caller=CALLER) is Verdict.LOCKED
        assert desk.check(CODEWORD_KEYS, caller=OTHER) is Verdict.MATCH
        desk.later(minutes=61)
        assert desk.standing(caller=CALLER) is Standing.OPEN


class TestAlike:
    """No caller can tell an unknown number from one without a code word, or from a wrong word."""

    @pytest.mark.parametrize("means", list(Means))
    @pytest.mark.parametrize("number", [NUMBER, OTHER, NOBODY])
    def test_every_failure_has_the_same_verdicts_and_locks(
        self, desk: Desk, number: Msisdn, means: Means
    ) -> None:
        verdicts = [desk.check(WRONG, number=number, means=means) for _ in range(5)]
        assert verdicts == [*[Verdict.NO_MATCH] * 4, Verdict.LOCKED]
        assert desk.standing(number) is Standing.LOCKED

    @pytest.mark.parametrize("keys", ["", "1", CODEWORD_KEYS, WRONG, "9" * 40])
    @pytest.mark.parametrize("number", [NUMBER, OTHER, NOBODY])
    @pytest.mark.parametrize("means", list(Means))
    def test_every_answer_takes_the_same_time(
        self, desk: Desk, number: Msisdn, keys: str, means: Means
    ) -> None:
        begun = desk.operator.clock.now()
        desk.check(keys, number=number, means=means)
        assert desk.operator.clock.now() - begun == timedelta(seconds=SAME_TIME)

    def test_the_work_for_a_number_that_does_not_exist_is_the_same(self) -> None:
        """As many slow hashes are made whether or not there is anything to compare with."""
        counted = []
        verifying = quick_verifying()

        class Counting:
            def hash(self, text: str) -> str:
                counted.append("hash")
                return verifying.hasher.hash(text)

            def verify(self, verifier: str, text: str) -> bool:
                counted.append("hash")
                return bool(verifying.hasher.verify(verifier, text))

        counting = type(verifying)(verifying.pepper, Counting())  # type: ignore[arg-type]
        work = []
        for verifiers in (verifying.codeword("merjenim"), Verifiers()):
            counted.clear()
            counting.matches_keys(verifiers, WRONG)
            work.append(len(counted))
        assert work == [2, 2]


class TestFaults:
    def test_a_try_counts_though_the_comparison_broke_off(self) -> None:
        """A worker that dies between the writing and the comparison gives no free try."""
        attempts, clock = MemoryAttempts(), FixedClock()

        class Broken(MemorySubscribers):
            def verifiers(self, number: Msisdn) -> Verifiers | None:
                raise TemporarilyUnavailable("database")

        identification = Identifying(Broken(), attempts, quick_verifying(), clock)
        with pytest.raises(TemporarilyUnavailable):
            identification.check(Attempt("c", NUMBER, None, Means.CODEWORD), Secret(WRONG))
        assert attempts.counts("c", NUMBER, None, clock.now()).in_call == 1

    def test_many_calls_at_once_have_no_more_tries_than_one_after_another(self) -> None:
        """Even the right word is refused to all that come behind the fifth failure."""
        many = 24
        operator = demo_operator()
        together = threading.Barrier(many)
        identification = Identifying(
            operator.subscribers, operator.attempts, quick_verifying(), Waiting()
        )

        def one(index: int) -> Verdict:
            together.wait()
            attempt = Attempt(f"call-{index}", NUMBER, None, Means.CODEWORD)
            return identification.check(attempt, Secret(f"{index:07}"))

        with ThreadPoolExecutor(many) as pool:
            verdicts = list(pool.map(one, range(many)))
        assert Verdict.MATCH not in verdicts
        late = Attempt("late", NUMBER, None, Means.CODEWORD)
        assert identification.check(late, Secret(CODEWORD_KEYS)) is Verdict.LOCKED

    def test_the_right_word_among_many_wrong_ones_at_once_is_not_let_in_behind_a_lock(self) -> None:
        """What counts is what was written before a try, not what its call saw when it began."""
        operator = demo_operator()
        clock = operator.clock
        for index in range(5):
            operator.attempts.open(Attempt(f"c{index}", NUMBER, None, Means.CODEWORD), clock.now())

        class Blind(MemoryAttempts):
            """Shows nothing until a try of its own is written: the race, made certain."""

            seen = False

            def counts(
                self,
                call: str,
                number: Msisdn,
                caller: Msisdn | None,
                at: datetime,
                before: int | None = None,
            ) -> AttemptCounts:
                if not self.seen:
                    self.seen = True
                    return AttemptCounts(0, 0, None, None, 0)
                return super().counts(call, number, caller, at, before)

        blind = Blind(operator.attempts.tries)
        identification = Identifying(operator.subscribers, blind, quick_verifying(), clock)
        attempt = Attempt("racing", NUMBER, None, Means.CODEWORD)
        assert identification.check(attempt, Secret(CODEWORD_KEYS)) is Verdict.LOCKED

    def test_a_terminated_number_can_still_be_identified(self, desk: Desk) -> None:
        """What may be done with it is decided elsewhere, and said."""
        gone = subscriber(status=Status.TERMINATED)
        desk.operator.add(gone)
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH


class Waiting(SystemClock):
    """The time of the machine, without waiting."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 10, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        assert seconds <= SAME_TIME
