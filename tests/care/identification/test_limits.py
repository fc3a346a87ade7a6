"""Identification and its limits for one number."""

from __future__ import annotations

import pytest

from ivr.care.folding import word_keys
from ivr.domain.call import IdentificationMethod, origin_of
from ivr.domain.identification import Attempt, LockState, Verdict
from ivr.domain.values import Msisdn, Secret
from ivr.testing.acting import by
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, PASSPORT_KEYS, quick_verifying
from tests.care.identification.desk import CALLER, NOBODY, WRONG, Desk


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
