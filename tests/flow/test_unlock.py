"""A lock, and the code by text message that ends it, as a caller meets them in each language."""

from __future__ import annotations

import dataclasses
import re

import pytest

from ivr.care.locks import UnlockService
from ivr.domain.call import CallOutcome, IdentificationMethod
from ivr.domain.identification import Attempt, CallerKind, LockState
from ivr.domain.values import Language, Msisdn
from ivr.flow.document import Flow
from ivr.settings import PROJECT
from ivr.speech.texts import read_texts
from ivr.speech.written import WrittenTexts
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, PASSPORT_KEYS, Operator
from ivr.testing.dial import dial, origin
from tests.flow.conftest import Ring

NOBODY = Msisdn("99365999999")
FRIEND = Msisdn("99361000000")
LANGUAGES = {"1": Language.TURKMEN, "2": Language.RUSSIAN, "3": Language.ENGLISH}
ASK = "1 65123456 1"
"""Account, a number, and yes: it was read back rightly."""


def lock(operator: Operator, number: Msisdn = NUMBER, times: int = 5, *, own: bool = False) -> None:
    """Fail so often for a number that its own phone, or all others, are locked."""
    kind = CallerKind.OWN if own else CallerKind.KNOWN
    for index in range(times):
        operator.attempts.open(an_attempt(number, f"lock-{index}"), kind, operator.clock.now())


def an_attempt(number: Msisdn, call: str) -> Attempt:
    return Attempt(call, number, origin(OTHER), IdentificationMethod.CODEWORD)


def code(operator: Operator, number: Msisdn = NUMBER) -> str:
    """The code of the newest text message to a number."""
    bodies = [body for to, body in operator.outbox.messages.values() if to == number]
    (found,) = re.findall(r"\b\d{8}\b", bodies[-1])
    return str(found)


@pytest.fixture
def operator(operator: Operator) -> Operator:
    """Texts are written as they are sent, so that the code can be read in them."""
    written = WrittenTexts(read_texts(PROJECT / "prompts"))
    assert isinstance(operator.care.codes, UnlockService)
    codes = dataclasses.replace(operator.care.codes, wording=written)
    operator.care = dataclasses.replace(operator.care, codes=codes)
    return operator


@pytest.mark.parametrize("key", LANGUAGES)
def test_a_code_ends_the_lock_and_proves_nothing(ring: Ring, operator: Operator, key: str) -> None:
    lock(operator)
    first = ring(f"{key} {ASK} 1", caller=FRIEND)
    assert {u.language for u in first.utterances if u.key == "identify.code.send"} == {
        LANGUAGES[key]
    }
    assert first.keys[-2:] == ["identify.code.sent", "identify.code.enter"]
    # From another phone, with the code that the subscriber has read.
    second = ring(
        f"{key} {ASK} 2 {code(operator)}# {CODEWORD_KEYS}# 1", caller=None, call_id="call-2"
    )
    assert "identify.code.right" in second.keys
    assert second.call.identification == ["codeword:match"]
    assert second.call.goals == ["account/balance"]
    assert second.call.reason == ""


def test_a_code_alone_tells_nothing_of_the_account(ring: Ring, operator: Operator) -> None:
    lock(operator)
    call = ring(f"3 {ASK} 1", caller=FRIEND)
    call = ring(f"{ASK} 2 {code(operator)}#", caller=FRIEND, call_id="call-2")
    assert call.keys[-1] == "identify.codeword.passport"
    assert call.call.subscriber is None


def test_the_office_lock_ends_too(ring: Ring, operator: Operator) -> None:
    lock(operator, times=20)
    call = ring(f"3 {ASK} 1", caller=FRIEND)
    assert "identify.office" in call.keys
    call = ring(f"{ASK} 2 {code(operator)}# # {PASSPORT_KEYS}#", caller=FRIEND, call_id="call-2")
    assert call.call.subscriber == NUMBER


def test_the_own_phone_and_all_others_have_codes_of_their_own(
    ring: Ring, operator: Operator
) -> None:
    lock(operator, own=True)
    lock(operator)
    ring("3 1 # 1")
    own = code(operator)
    stranger = ring(f"3 {ASK} 2 {own}#", caller=FRIEND, call_id="call-2")
    assert "identify.code.no-match" in stranger.keys
    owner = ring(f"1 # 2 {own}# {CODEWORD_KEYS}#", call_id="call-3")
    assert owner.call.subscriber == NUMBER
    assert (
        operator.care.identification.lock_state("new", NUMBER, origin(FRIEND)) is LockState.LOCKED
    )


def test_nobody_hears_whether_the_number_is_a_subscriber_s(ring: Ring, operator: Operator) -> None:
    heard, spent = [], []
    for index, number in enumerate((NUMBER, NOBODY)):
        lock(operator, number)
        begun = operator.clock.now()
        call = ring(
            f"3 1 {number[3:]} 1 1 1234567# 2 1234567#", caller=FRIEND, call_id=f"call-{index}"
        )
        operator.callers.languages.clear()
        spent.append(operator.clock.now() - begun)
        heard.append([key for key in call.keys if key.startswith("identify.")])
    assert heard[0] == heard[1]
    assert spent[0] == spent[1]
    assert {number for number, _ in operator.outbox.messages.values()} == {NUMBER, NOBODY}


def test_a_code_has_three_tries(ring: Ring, operator: Operator) -> None:
    lock(operator)
    ring(f"3 {ASK} 1 1111111# 2 1111111# 2 1111111#", caller=FRIEND)
    call = ring(f"{ASK} 2 {code(operator)}#", caller=FRIEND, call_id="call-2")
    assert "identify.code.right" not in call.keys


def test_a_code_is_good_once_and_for_ten_minutes(ring: Ring, operator: Operator) -> None:
    lock(operator)
    ring(f"3 {ASK} 1", caller=FRIEND)
    word = code(operator)
    operator.clock.sleep(601)
    late = ring(f"{ASK} 2 {word}#", caller=FRIEND, call_id="call-2")
    assert "identify.code.right" not in late.keys
    ring(f"{ASK} 1", caller=FRIEND, call_id="call-3")
    word = code(operator)
    assert "identify.code.right" in ring(f"{ASK} 2 {word}#", caller=FRIEND, call_id="call-4").keys
    lock(operator)
    again = ring(f"{ASK} 2 {word}#", caller=FRIEND, call_id="call-5")
    assert "identify.code.right" not in again.keys


def test_there_are_three_codes_a_day(ring: Ring, operator: Operator) -> None:
    lock(operator, times=20)
    calls = [
        ring(f"{'3 ' if not index else ''}{ASK} 1", caller=FRIEND, call_id=f"call-{index}")
        for index in range(4)
    ]
    assert ["identify.code.enough" in call.keys for call in calls] == [False] * 3 + [True]
    assert len(operator.outbox.messages) == 3
    operator.clock.sleep(24 * 3600)
    ring(f"{ASK} 1", caller=FRIEND, call_id="call-5")
    assert len(operator.outbox.messages) == 4


def test_a_locked_caller_reaches_an_agent_who_sees_the_lock(ring: Ring, operator: Operator) -> None:
    lock(operator)
    call = ring(f"3 {ASK} 0", caller=FRIEND)
    assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "identification")


def test_who_says_nothing_goes_to_an_agent(ring: Ring, operator: Operator) -> None:
    lock(operator)
    call = ring(f"3 {ASK} - - -", caller=FRIEND)
    assert call.outcome is CallOutcome.AGENT


def test_wrong_codes_end_with_an_agent(ring: Ring, operator: Operator) -> None:
    lock(operator)
    call = ring(f"3 {ASK} 2 1# 2 1# 2 1#", caller=FRIEND)
    assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "identification")


def test_the_owner_at_the_own_phone_is_not_locked_by_others(ring: Ring, operator: Operator) -> None:
    lock(operator, times=20)
    call = ring(f"3 1 # {CODEWORD_KEYS}# 1")
    assert call.call.goals == ["account/balance"]
    assert "identify.locked" not in call.keys


class TestUnknownCallers:
    """Too many of a trunk's unknown callers have failed: what the next one hears."""

    def crowd(self, operator: Operator, times: int) -> None:
        for index in range(times):
            number = Msisdn(f"9936333{index:04}")
            attempt = an_attempt(number, f"crowd-{index}")
            operator.attempts.open(attempt, CallerKind.UNKNOWN, operator.clock.now())

    @pytest.mark.parametrize("key", LANGUAGES)
    def test_a_passport_is_not_taken_and_the_code_word_is(
        self, ring: Ring, operator: Operator, key: str
    ) -> None:
        self.crowd(operator, 30)
        call = ring(f"{key} {ASK} # {CODEWORD_KEYS}# 1", caller=None)
        asked = [u for u in call.utterances if u.key == "identify.codeword.only"]
        assert {u.language for u in asked} == {LANGUAGES[key]}
        assert "identify.passport.series" not in call.keys
        assert call.call.goals == ["account/balance"]

    def test_passports_are_refused_also_where_the_question_stood_already(
        self, flow: Flow, operator: Operator
    ) -> None:
        self.crowd(operator, 29)

        keys = f"3 {ASK} # 11111111# {CODEWORD_KEYS}# 1"
        call = dial(flow, operator.care, operator.clock, keys, caller=None)
        assert call.call.identification == ["passport:locked", "codeword:match"]
        assert "identify.codeword.only" in call.keys
        assert call.call.goals == ["account/balance"]

    @pytest.mark.parametrize("key", LANGUAGES)
    def test_then_information_and_agents_are_left(
        self, ring: Ring, operator: Operator, key: str
    ) -> None:
        self.crowd(operator, 60)
        call = ring(f"{key} {ASK} 3 1", caller=None)
        assert "identify.stopped" in call.keys
        assert call.call.goals == ["info/news"]
        assert ring(f"{key} {ASK} 0", caller=None).call.reason == "identification"
        assert ring(f"{key} 1 # {CODEWORD_KEYS}# 1").call.goals == ["account/balance"]
