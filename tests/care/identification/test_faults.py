"""Simultaneous tries, renewed hashes, and faults."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ivr.care.folding import word_keys
from ivr.care.identification import SAME_TIME, IdentificationService
from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import CallerKind, LockState, Verdict
from ivr.domain.subscriber import Status, Verifiers
from ivr.domain.values import Msisdn, Secret
from ivr.errors import TemporarilyUnavailable
from ivr.system.clock import SystemClock
from ivr.testing.attempts import MemoryAttempts
from ivr.testing.clock import FixedClock
from ivr.testing.demo import (
    CODEWORD_KEYS,
    NUMBER,
    OTHER,
    PASSPORT_KEYS,
    demo_operator,
    quick_verifying,
    subscriber,
)
from ivr.testing.subscribers import MemorySubscribers
from tests.care.identification.desk import CALLER, NOBODY, WITHHELD, WRONG, Desk

BOTH = "Арноха"
"""A code word that can be keyed in either script."""


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
