"""Limits of identification across numbers."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from ivr.care.hash_queue import HashQueue
from ivr.care.identification import IdentificationService
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, CallerKind, LockState, OpenedAttempt, Verdict
from ivr.domain.values import Msisdn, Secret
from ivr.ports.attempts import Allows, always
from ivr.testing.attempts import MemoryAttempts
from ivr.testing.demo import (
    CODEWORD_KEYS,
    NUMBER,
    OTHER,
    PASSPORT_KEYS,
    quick_verifying,
    subscriber,
)
from ivr.testing.dial import origin
from tests.care.identification.desk import NOBODY, WITHHELD, WRONG, Desk


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
