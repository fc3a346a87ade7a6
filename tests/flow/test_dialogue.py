"""How the shipped dialogue behaves, told by its keys: ``#`` own number, ``-`` silence."""

from __future__ import annotations

import pytest

from ivr.domain.call import CallOutcome
from ivr.domain.values import Language
from ivr.flow.checkpoint import checkpoint_of, resume
from ivr.flow.document import Flow
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, PASSPORT_KEYS, Operator, subscriber
from ivr.testing.dial import dial
from tests.flow.conftest import Ring

WORD = f"# {CODEWORD_KEYS}#"
"""Own number, code word."""


def test_an_unknown_caller_is_asked_for_the_language_in_each(ring: Ring) -> None:
    call = ring()
    assert call.keys[0] == "welcome"
    assert [u.language for u in call.utterances if u.key == "language.press"] == ["tk", "ru", "en"]


def test_the_language_is_remembered_and_a_change_offered_in_the_others(
    ring: Ring, operator: Operator
) -> None:
    ring("2")
    second = ring("3")
    assert second.call.language == "ru"
    assert second.keys[0] == "language.greeting"
    changes = [u.language for u in second.utterances if u.key == "language.change"]
    assert changes == ["tk", "en"]
    assert second.call.node == "info"


def test_star_in_the_main_menu_leads_back_to_the_languages(ring: Ring, operator: Operator) -> None:
    ring("2")
    assert ring("* 3").call.language == "en"
    assert operator.callers.languages == {NUMBER: Language.ENGLISH}


def test_a_withheld_number_is_never_remembered(ring: Ring, operator: Operator) -> None:
    assert ring("1", caller=None).call.language == "tk"
    assert operator.callers.languages == {}


def test_information_needs_no_identification(ring: Ring) -> None:
    call = ring("3 3 1")
    assert "news.packages-by-telephone" in call.keys
    assert call.call.goals == ["info/news"]
    assert call.call.subscriber is None


def test_nine_says_an_answer_again(ring: Ring) -> None:
    assert ring("3 3 1 9 9").keys.count("news.packages-by-telephone") == 3


def test_silence_escalates_and_ends_at_an_agent(ring: Ring) -> None:
    call = ring("3 - - -")
    assert [key for key in call.keys if key.startswith("noinput")] == [
        "noinput.1",
        "noinput.2",
        "noinput.3",
    ]
    assert call.outcome is CallOutcome.AGENT
    assert call.call.reason == "noinput"


def test_wrong_keys_escalate_apart_from_silence(ring: Ring) -> None:
    call = ring("3 7 - 8 - #")
    assert [key for key in call.keys if key.startswith(("no",))] == [
        "nomatch.1",
        "noinput.1",
        "nomatch.2",
        "noinput.2",
        "nomatch.3",
    ]
    assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "nomatch")


@pytest.mark.parametrize("keys", ["0", "3 0", "3 3 0", "3 1 0", f"3 1 {WORD} 0", "3 1 # 0"])
def test_zero_is_an_agent_everywhere(ring: Ring, keys: str) -> None:
    call = ring(keys)
    assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "asked")
    assert "agent.transfer" in call.keys


@pytest.mark.parametrize("keys", ["3 1 0#", "3 1 # 0#"])
def test_zero_alone_is_an_agent_in_an_entry_too(ring: Ring, keys: str) -> None:
    assert ring(keys).outcome is CallOutcome.AGENT


@pytest.mark.parametrize(
    ("keys", "node"), [("3 3 *", "main"), ("3 3 1 *", "info"), ("3 1 *", "main")]
)
def test_star_goes_back(ring: Ring, keys: str, node: str) -> None:
    assert ring(keys).call.node == node


def test_the_balance_is_told_after_the_code_word(ring: Ring) -> None:
    call = ring(f"3 1 {WORD} 1")
    assert "account.balance balance=45.30" in call.heard
    assert call.call.identification == ["codeword:match"]
    assert call.call.goals == ["account/balance"]


def test_the_passport_proves_the_same(ring: Ring) -> None:
    call = ring(f"3 1 # # {PASSPORT_KEYS}# 2")
    assert "account.tariff tariff=tariff.duet" in call.heard
    assert call.call.means == "passport"


def test_a_number_keyed_in_is_read_back_and_confirmed(ring: Ring, operator: Operator) -> None:
    operator.add(subscriber(OTHER))
    call = ring(f"3 1 66300891 2 66300891 1 {CODEWORD_KEYS}# 1")
    assert call.heard.count("identify.read-back number=99366300891") == 2
    assert call.call.subscriber == OTHER


def test_identification_holds_for_the_call_and_another_number_may_follow(
    ring: Ring, operator: Operator
) -> None:
    operator.add(subscriber(OTHER, balance=700))
    call = ring(f"3 1 {WORD} 1 1 4 4 66300891 1 {CODEWORD_KEYS}# 1 1")
    assert "account.balance.other number=99366300891 balance=7.00" in call.heard
    asked = [key for key in call.keys if key.startswith("identify.")]
    assert asked.count("identify.number.own") == asked.count("identify.codeword.enter") == 2


def test_after_a_wrong_word_the_same_is_asked_again(ring: Ring, operator: Operator) -> None:
    call = ring(f"3 1 # 222222# {CODEWORD_KEYS}# 1")
    assert call.keys.count("identify.codeword.enter") == 2
    assert "identify.done" in call.heard


def test_a_hash_behind_a_full_entry_is_no_wrong_key(ring: Ring) -> None:
    call = ring("3 1 66300891 # 1 # 1")
    assert "nomatch.1" not in call.keys[: call.keys.index("identify.codeword.enter")]
    again = ring("1 66300891 # #", call_id="call-2")
    assert again.keys.count("nomatch.1") == 1


def test_a_number_that_is_none_is_told_what_one_is(ring: Ring) -> None:
    call = ring("3 1 12# 663008# 66300891")
    assert [key for key in call.keys if key.startswith("nomatch")] == [
        "nomatch.number.1",
        "nomatch.number.2",
    ]


def test_a_question_is_repeated_without_what_came_before_it(ring: Ring) -> None:
    ring("3")
    call = ring("- 9 9 7", call_id="call-2")
    assert call.keys.count("language.greeting") == 1
    assert call.keys.count("language.change") == 2
    assert call.keys.count("menu.main.account") == 5
    answer = ring(f"1 # {CODEWORD_KEYS}# 1 9", call_id="call-3").keys
    assert answer.count("identify.done") == 1
    assert answer.count("account.balance") == 2


def test_before_a_language_is_chosen_each_is_said_whole(ring: Ring) -> None:
    heard = ring("- - -", caller=None).utterances
    languages = [utterance.language for utterance in heard]
    for start in (i for i, each in enumerate(heard) if each.key == "welcome"):
        assert languages[start] in ("tk", "ru", "en")
    asked = languages[: next(i for i, each in enumerate(heard) if each.key == "noinput.1")]
    assert asked == sorted(asked, key=["tk", "ru", "en"].index)


def test_every_kind_of_failure_has_the_same_words(ring: Ring) -> None:
    wrong = ring("3 1 # 222222#").heard
    unknown = ring("1 66999999 1 222222#", call_id="call-2").heard
    no_word = ring("1 66300891 1 222222#", call_id="call-3").heard
    assert wrong[-3:] == unknown[-3:] == no_word[-3:]
    assert "identify.no-match" in wrong[-3:]


def test_the_third_failure_is_an_agents_business(ring: Ring) -> None:
    call = ring("3 1 # 222222# 333333# # 11111111#")
    assert call.outcome is CallOutcome.AGENT
    assert call.call.reason == "identification"
    assert call.call.identification == [
        "codeword:no-match",
        "codeword:no-match",
        "passport:locked",
    ]


def test_a_locked_caller_still_has_the_information(ring: Ring) -> None:
    ring("3 1 # 222222# 222222# 222222#")
    ring("1 # 222222# 222222#", call_id="call-2")
    third = ring("1 # 3 3 1", call_id="call-3")
    assert "identify.locked" in third.keys
    assert third.call.goals == ["info/news"]
    assert third.call.reason == "identification", "an agent is to see the lock"


def test_nobody_free_a_number_is_left(ring: Ring, operator: Operator) -> None:
    call = ring("1", at="callback")
    assert [asked.number for asked in operator.callbacks.left] == [NUMBER]
    assert call.outcome is CallOutcome.ENDED
    assert call.keys[-1] == "goodbye"


def test_nobody_free_another_number_is_left(ring: Ring, operator: Operator) -> None:
    ring("2 66300891 1", at="callback")
    assert [asked.number for asked in operator.callbacks.left] == [OTHER]


def test_nobody_free_a_caller_may_wait_on(ring: Ring) -> None:
    assert ring("0", at="callback").outcome is CallOutcome.AGENT


def test_a_resumed_call_goes_on_at_its_node(flow: Flow, operator: Operator, ring: Ring) -> None:
    before = ring(f"3 1 {WORD}").call
    after = dial(flow, operator.care, operator.clock, "", at="account").call
    assert resume(after, checkpoint_of(before)) == "account"
    assert (after.language, after.subscriber, after.means) == ("en", NUMBER, "codeword")


@pytest.mark.parametrize("place", ["", "node", "release=x", "language=xx&node=main", "%%%&=&"])
def test_an_unreadable_place_is_the_start(flow: Flow, operator: Operator, place: str) -> None:
    call = dial(flow, operator.care, operator.clock).call
    assert resume(call, place) == ""


def test_a_node_that_is_gone_is_the_start(ring: Ring) -> None:
    assert ring("", at="nowhere").call.node == "language"
