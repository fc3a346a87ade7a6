"""Checking code words and passports: the limits, the locks, the same answer for every failure."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from ivr.care.folding import word_keys
from ivr.care.hash_queue import HashQueue
from ivr.care.identification import SAME_TIME, IdentificationService
from ivr.domain.call import IdentificationMethod, Origin, origin_of
from ivr.domain.identification import Attempt, CallerKind, LockState, OpenedAttempt, Verdict
from ivr.domain.subscriber import Status, Verifiers
from ivr.domain.values import Msisdn, Secret
from ivr.errors import TemporarilyUnavailable
from ivr.ports.attempts import Allows, always
from ivr.system.clock import SystemClock
from ivr.testing.acting import by
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
from ivr.testing.dial import origin
from ivr.testing.memory import MemoryAttempts, MemorySubscribers

CALLER, NOBODY = Msisdn("99361000000"), Msisdn("99365999999")
WRONG = "7777777"
BOTH = "Арноха"
"""A code word that can be keyed in either script."""
WITHHELD = Attempt("c", NUMBER, Origin(None, "", "trunk"), IdentificationMethod.CODEWORD)


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
        means: IdentificationMethod = IdentificationMethod.CODEWORD,
    ) -> Verdict:
        attempt = Attempt(call or self.ring(), number, origin(caller), means)
        return self.operator.care.identification.check(attempt, Secret(keys))

    def lock_state(
        self, number: Msisdn = NUMBER, *, call: str = "new", caller: Msisdn | None = None
    ) -> LockState:
        return self.operator.care.identification.lock_state(call, number, origin(caller))

    def fail(self, times: int, caller: Msisdn | None = None, **every: float) -> list[Verdict]:
        verdicts = []
        for _ in range(times):
            verdicts.append(self.check(WRONG, caller=caller))
            self.later(**every)
        return verdicts


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestMatch:
    def test_the_code_word_matches(self, desk: Desk) -> None:
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH

    def test_the_passport_matches(self, desk: Desk) -> None:
        assert desk.check(PASSPORT_KEYS, means=IdentificationMethod.PASSPORT) is Verdict.MATCH

    def test_one_is_not_taken_for_the_other(self, desk: Desk) -> None:
        assert desk.check(PASSPORT_KEYS) is Verdict.NO_MATCH
        assert desk.check(CODEWORD_KEYS, means=IdentificationMethod.PASSPORT) is Verdict.NO_MATCH

    def test_a_code_word_set_anew_replaces_the_old_one(self, desk: Desk) -> None:
        word = "deňizýyldyzy"
        verifiers = quick_verifying().codeword(word)
        assert desk.operator.subscribers.set_codeword(*by("clerk"), NUMBER, verifiers)
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
        assert desk.lock_state(call="one") is LockState.SPENT
        assert desk.check(CODEWORD_KEYS, call="two") is Verdict.MATCH

    def test_the_tries_of_a_call_are_for_all_numbers_together(self, desk: Desk) -> None:
        desk.check(WRONG, call="one", number=NUMBER)
        desk.check(WRONG, call="one", number=OTHER)
        assert desk.check(WRONG, call="one", number=NOBODY) is Verdict.LOCKED

    def test_five_in_an_hour_lock_for_half_an_hour(self, desk: Desk) -> None:
        assert desk.fail(5, seconds=1)[-1] is Verdict.LOCKED
        assert desk.lock_state() is LockState.LOCKED
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
        assert desk.lock_state() is LockState.OPEN

    def test_four_in_an_hour_lock_nothing(self, desk: Desk) -> None:
        assert desk.fail(4) == [Verdict.NO_MATCH] * 4
        assert desk.lock_state() is LockState.OPEN

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
        assert desk.lock_state() is LockState.OFFICE
        assert desk.check(CODEWORD_KEYS) is Verdict.LOCKED

    def test_an_unlock_opens_at_once(self, desk: Desk) -> None:
        desk.fail(20, hours=25)
        assert desk.operator.attempts.unlock(*by("clerk"), NUMBER, desk.operator.clock.now())
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH

    def test_strangers_lock_strangers_out_and_never_the_owner(self, desk: Desk) -> None:
        desk.fail(20, hours=25)
        for caller in (CALLER, OTHER, None):
            assert desk.lock_state(caller=caller) is LockState.OFFICE
            assert desk.check(CODEWORD_KEYS, caller=caller) is Verdict.LOCKED
        assert desk.lock_state(caller=NUMBER) is LockState.OPEN
        assert desk.check(CODEWORD_KEYS, caller=NUMBER) is Verdict.MATCH

    def test_the_owner_at_the_own_phone_locks_that_phone_only(self, desk: Desk) -> None:
        desk.fail(5, caller=NUMBER)
        assert desk.check(CODEWORD_KEYS, caller=NUMBER) is Verdict.LOCKED
        assert desk.check(CODEWORD_KEYS, caller=CALLER) is Verdict.MATCH
        assert desk.check(CODEWORD_KEYS, caller=NUMBER) is Verdict.LOCKED

    def test_a_proof_forgets_the_failures_of_its_own_kind_only(self, desk: Desk) -> None:
        desk.fail(4)
        assert desk.check(CODEWORD_KEYS, caller=NUMBER) is Verdict.MATCH
        assert desk.check(WRONG) is Verdict.LOCKED

    @pytest.mark.parametrize("trunk", ["", "agent1"])
    def test_a_number_that_no_trunk_vouches_for_is_not_the_own_phone(
        self, desk: Desk, trunk: str
    ) -> None:
        desk.fail(5)
        came = origin_of(f"PJSIP/{trunk}-00000001", NUMBER, NUMBER)
        attempt = Attempt("new", NUMBER, came, IdentificationMethod.CODEWORD)
        identification = desk.operator.care.identification
        assert identification.check(attempt, Secret(CODEWORD_KEYS)) is Verdict.LOCKED

    def test_a_caller_who_fails_for_many_numbers_is_stopped_for_all(self, desk: Desk) -> None:
        for digit in range(5):
            desk.check(WRONG, number=Msisdn(f"9936511111{digit}"), caller=CALLER)
        assert desk.lock_state(caller=CALLER) is LockState.STOPPED
        assert desk.check(CODEWORD_KEYS, caller=CALLER) is Verdict.LOCKED
        assert desk.check(CODEWORD_KEYS, caller=OTHER) is Verdict.MATCH
        desk.later(hours=23, minutes=59)
        assert desk.lock_state(caller=CALLER) is LockState.STOPPED
        desk.later(minutes=1)
        assert desk.lock_state(caller=CALLER) is LockState.OPEN

    def test_a_caller_who_is_stopped_may_try_for_the_own_number(self, desk: Desk) -> None:
        for digit in range(5):
            desk.check(WRONG, number=Msisdn(f"9936511111{digit}"), caller=NUMBER)
        assert desk.check(CODEWORD_KEYS, number=OTHER, caller=NUMBER) is Verdict.LOCKED
        assert desk.check(CODEWORD_KEYS, caller=NUMBER) is Verdict.MATCH

    def test_five_numbers_in_more_than_an_hour_stop_nobody(self, desk: Desk) -> None:
        for digit in range(8):
            desk.check(WRONG, number=Msisdn(f"9936511111{digit}"), caller=CALLER)
            desk.later(minutes=16)
        assert desk.lock_state(caller=CALLER) is LockState.OPEN


class TestAcrossNumbers:
    """Callers of a trunk who fail for many numbers; nobody at the own phone is refused."""

    def guess(self, desk: Desk, times: int, *, known: bool = False, **every: float) -> None:
        """Fail for a number each, from calling numbers that change or are withheld."""
        for _ in range(times):
            caller = Msisdn(f"9936222{self.at:04}") if known else None
            if caller:
                desk.operator.subscribers.rows[caller] = subscriber(caller)
            desk.check(WRONG, number=Msisdn(f"9936333{self.at:04}"), caller=caller)
            desk.later(**every)
            self.at += 1

    at = 0

    def test_after_thirty_failures_unknown_callers_may_try_code_words_only(
        self, desk: Desk
    ) -> None:
        self.guess(desk, 29, seconds=5)
        assert desk.lock_state() is LockState.OPEN
        self.guess(desk, 1)
        assert desk.lock_state() is LockState.CODEWORD
        assert desk.check(PASSPORT_KEYS, means=IdentificationMethod.PASSPORT) is Verdict.LOCKED
        assert desk.check(CODEWORD_KEYS) is Verdict.MATCH
        self.assert_served(desk, NUMBER, OTHER)

    def test_after_sixty_they_may_not_try(self, desk: Desk) -> None:
        self.guess(desk, 60, seconds=2)
        assert desk.lock_state() is LockState.STOPPED
        assert desk.check(CODEWORD_KEYS) is Verdict.LOCKED
        self.assert_served(desk, NUMBER, OTHER)

    @pytest.mark.parametrize(
        "came",
        [
            Origin(None, "", "trunk"),
            Origin(None, "12345678", "trunk"),
            Origin(None, "4930123456", "trunk"),
            Origin(NOBODY, NOBODY, "trunk"),
        ],
        ids=["withheld", "city", "foreign", "nobody's"],
    )
    def test_whatever_number_says_nothing_shares_the_count(self, desk: Desk, came: Origin) -> None:
        identification = desk.operator.care.identification
        self.guess(desk, 29)
        attempt = Attempt("one", Msisdn("99363000000"), came, IdentificationMethod.PASSPORT)
        assert identification.check(attempt, Secret(WRONG)) is Verdict.LOCKED
        assert identification.lock_state("two", NUMBER, came) is LockState.CODEWORD

    def test_it_is_over_after_ten_minutes(self, desk: Desk) -> None:
        self.guess(desk, 60)
        desk.later(minutes=10)
        assert desk.check(PASSPORT_KEYS, means=IdentificationMethod.PASSPORT) is Verdict.MATCH

    def test_another_trunk_has_a_count_of_its_own(self, desk: Desk) -> None:
        self.guess(desk, 59, seconds=2)
        second = dataclasses.replace(WITHHELD, origin=Origin(None, "", "second"))
        identification = desk.operator.care.identification
        assert identification.check(second, Secret(CODEWORD_KEYS)) is Verdict.MATCH

    def test_numbers_that_change_and_exist_are_bounded(self, desk: Desk) -> None:
        self.guess(desk, 99, known=True, seconds=2)
        assert desk.lock_state(caller=OTHER) is LockState.OPEN
        self.guess(desk, 1, known=True, seconds=2)
        assert desk.lock_state(caller=OTHER) is LockState.CODEWORD
        passport = desk.check(PASSPORT_KEYS, means=IdentificationMethod.PASSPORT, caller=OTHER)
        assert passport is Verdict.LOCKED
        assert desk.check(CODEWORD_KEYS, caller=OTHER) is Verdict.MATCH
        self.guess(desk, 100, known=True, seconds=1)
        assert desk.lock_state(caller=OTHER) is LockState.STOPPED
        self.assert_served(desk, NUMBER)

    def test_the_line_refuses_unknown_callers_first(self, desk: Desk) -> None:
        self.at_once(desk, 60)
        assert desk.lock_state() is LockState.STOPPED
        assert desk.lock_state(caller=OTHER) is LockState.OPEN
        self.at_once(desk, 60)
        assert desk.lock_state(caller=OTHER) is LockState.STOPPED
        self.assert_served(desk, NUMBER)
        desk.later(minutes=1)
        assert desk.lock_state() is LockState.OPEN

    def test_the_count_is_exact_in_a_crowd(self, desk: Desk) -> None:
        """Of many at once who know the right passport, no more than the limit are let in."""
        self.guess(desk, 25)
        numbers = [Msisdn(f"9936444{index:04}") for index in range(24)]
        for number in numbers:
            desk.operator.add(subscriber(number))
        operator, together = desk.operator, threading.Barrier(len(numbers))
        identification = IdentificationService(
            operator.subscribers,
            Racing(operator.attempts, together),
            quick_verifying(),
            operator.clock,
            passport_turns=HashQueue(len(numbers)),
        )

        def one(number: Msisdn) -> Verdict:
            attempt = Attempt(
                number, number, Origin(None, "", "trunk"), IdentificationMethod.PASSPORT
            )
            return identification.check(attempt, Secret(PASSPORT_KEYS))

        with ThreadPoolExecutor(len(numbers)) as pool:
            verdicts = list(pool.map(one, numbers))
        assert verdicts.count(Verdict.MATCH) == 5
        assert set(verdicts) <= {Verdict.MATCH, Verdict.LOCKED}

    def at_once(self, desk: Desk, times: int) -> None:
        """Failures of as many other subscribers for as many numbers in one moment, by trunks
        none of which comes to a limit of its own."""
        for _ in range(times):
            caller, number = Msisdn(f"9936222{self.at:04}"), Msisdn(f"9936333{self.at:04}")
            came = origin(caller, trunk=f"trunk-{self.at % 4}")
            attempt = Attempt(desk.ring(), number, came, IdentificationMethod.PASSPORT)
            desk.operator.attempts.open(attempt, CallerKind.KNOWN, desk.operator.clock.now())
            self.at += 1

    def assert_served(self, desk: Desk, *callers: Msisdn) -> None:
        """The owner at the own phone is, by both means; and the other callers by code word."""
        for means, keys in (
            (IdentificationMethod.PASSPORT, PASSPORT_KEYS),
            (IdentificationMethod.CODEWORD, CODEWORD_KEYS),
        ):
            assert desk.check(keys, means=means, caller=NUMBER) is Verdict.MATCH
        for caller in callers:
            assert desk.check(CODEWORD_KEYS, caller=caller) is Verdict.MATCH


class Racing(MemoryAttempts):
    """All write their tries before any is compared."""

    def __init__(self, attempts: MemoryAttempts, together: threading.Barrier) -> None:
        super().__init__(attempts.tries, _last=len(attempts.tries))
        self._together = together

    def open(
        self, attempt: Attempt, kind: CallerKind, at: datetime, allows: Allows = always
    ) -> OpenedAttempt:
        opened = super().open(attempt, kind, at, allows)
        self._together.wait()
        return opened


class TestAlike:
    """No caller can tell an unknown number from one without a code word, or from a wrong word."""

    @pytest.mark.parametrize("means", list(IdentificationMethod))
    @pytest.mark.parametrize("number", [NUMBER, OTHER, NOBODY])
    def test_every_failure_has_the_same_verdicts_and_locks(
        self, desk: Desk, number: Msisdn, means: IdentificationMethod
    ) -> None:
        verdicts = [desk.check(WRONG, number=number, means=means) for _ in range(5)]
        assert verdicts == [*[Verdict.NO_MATCH] * 4, Verdict.LOCKED]
        assert desk.lock_state(number) is LockState.LOCKED

    @pytest.mark.parametrize("keys", ["", "1", CODEWORD_KEYS, WRONG, "9" * 40])
    @pytest.mark.parametrize("number", [NUMBER, OTHER, NOBODY])
    @pytest.mark.parametrize("means", list(IdentificationMethod))
    def test_every_answer_takes_the_same_time(
        self, desk: Desk, number: Msisdn, keys: str, means: IdentificationMethod
    ) -> None:
        begun = desk.operator.clock.now()
        desk.check(keys, number=number, means=means)
        assert desk.operator.clock.now() - begun == timedelta(seconds=SAME_TIME)


class TestRenewal:
    OLD = Verifiers(
        keys_latin=quick_verifying().codeword(BOTH).keys_latin,
        keys_cyrillic=quick_verifying().codeword(BOTH).keys_cyrillic,
    )
    """Two salts, as version 0.1 made them."""

    @pytest.mark.parametrize("keys", [keys for keys in word_keys(BOTH) if keys])
    def test_two_salts_become_one_at_the_next_match(self, desk: Desk, keys: str) -> None:
        desk.operator.subscribers.secrets[NUMBER] = self.OLD
        assert desk.check(WRONG) is Verdict.NO_MATCH
        assert desk.operator.subscribers.secrets[NUMBER] == self.OLD
        proof = desk.operator.subscribers.proof(NUMBER)
        assert desk.check(keys) is Verdict.MATCH
        renewed = desk.operator.subscribers.secrets[NUMBER]
        assert renewed != self.OLD
        assert desk.operator.subscribers.proof(NUMBER) == proof
        for each in filter(None, word_keys(BOTH)):
            assert desk.check(each) is Verdict.MATCH
        assert desk.operator.subscribers.secrets[NUMBER] == renewed

    def test_a_right_word_behind_a_lock_renews_nothing(self, desk: Desk) -> None:
        desk.operator.subscribers.secrets[NUMBER] = self.OLD
        desk.fail(5)
        assert desk.check(word_keys(BOTH)[0] or "") is Verdict.LOCKED
        assert desk.operator.subscribers.secrets[NUMBER] == self.OLD

    def test_a_database_that_goes_away_then_takes_no_match_back(self) -> None:
        class Going(MemorySubscribers):
            def renew_keys(self, number: Msisdn, known: Verifiers, renewed: Verifiers) -> None:
                raise TemporarilyUnavailable("database")

        subscribers = Going({NUMBER: subscriber()}, {NUMBER: self.OLD})
        attempts, clock = MemoryAttempts(), FixedClock()
        identification = IdentificationService(subscribers, attempts, quick_verifying(), clock)
        keys = Secret(word_keys(BOTH)[0] or "")
        assert identification.check(WITHHELD, keys) is Verdict.MATCH


class TestFaults:
    def test_a_try_counts_though_the_comparison_broke_off(self) -> None:
        """A worker that dies between the writing and the comparison gives no free try."""
        attempts, clock = MemoryAttempts(), FixedClock()

        class Broken(MemorySubscribers):
            def verifiers(self, number: Msisdn) -> Verifiers | None:
                raise TemporarilyUnavailable("database")

        identification = IdentificationService(Broken(), attempts, quick_verifying(), clock)
        with pytest.raises(TemporarilyUnavailable):
            identification.check(WITHHELD, Secret(WRONG))
        assert attempts.counts(WITHHELD, CallerKind.UNKNOWN, clock.now()).in_call == 1

    def test_many_calls_at_once_have_no_more_tries_than_one_after_another(self) -> None:
        """Even the right word is refused to all that come behind the fifth failure."""
        many = 24
        operator = demo_operator()
        together = threading.Barrier(many)
        identification = IdentificationService(
            operator.subscribers, operator.attempts, quick_verifying(), Waiting()
        )

        def one(index: int) -> Verdict:
            together.wait()
            attempt = dataclasses.replace(WITHHELD, call=f"call-{index}")
            return identification.check(attempt, Secret(f"{index:07}"))

        with ThreadPoolExecutor(many) as pool:
            verdicts = list(pool.map(one, range(many)))
        assert Verdict.MATCH not in verdicts
        late = dataclasses.replace(WITHHELD, call="late")
        assert identification.check(late, Secret(CODEWORD_KEYS)) is Verdict.LOCKED

    @pytest.mark.parametrize("caller", [NUMBER, CALLER, None])
    def test_a_terminated_number_is_like_one_that_is_not_there(
        self, desk: Desk, caller: Msisdn | None
    ) -> None:
        desk.operator.add(subscriber(status=Status.TERMINATED))
        assert desk.check(CODEWORD_KEYS, caller=caller) is Verdict.NO_MATCH
        passport = desk.check(PASSPORT_KEYS, caller=caller, means=IdentificationMethod.PASSPORT)
        assert passport is Verdict.NO_MATCH
        assert desk.operator.care.identification.proof(NUMBER) is None


class Waiting(SystemClock):
    """The time of the machine, without waiting."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 10, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        assert seconds <= SAME_TIME
