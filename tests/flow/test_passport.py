"""A passport in three questions: each asked again by itself, and all of it is one try."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr.domain.call import CallOutcome
from ivr.domain.dialogue import Utterance
from ivr.domain.values import Secret
from ivr.flow.passport import PARTS
from ivr.testing.demo import PASSPORT_KEYS, Operator
from ivr.testing.dial import Dialled
from ivr.testing.telephone import FakeTelephone
from tests.flow.conftest import Ring

TO_IT = "3 1 # #"
"""English, the account, the own number, no code word."""
SERIES, REGION, NUMBER = PASSPORT_KEYS[0], PASSPORT_KEYS[1], PASSPORT_KEYS[2:]
MATCH, NO_MATCH = ["passport:match"], ["passport:no-match"]


def asked(call: Dialled) -> list[str]:
    """The prompts of a passport that were said, without their common beginning."""
    begin = "identify.passport."
    return [key.removeprefix(begin) for key in call.keys if key.startswith(begin)]


@pytest.mark.parametrize(
    "keys",
    [
        f"{SERIES} {REGION} {NUMBER}",
        f"{SERIES}# {REGION}# {NUMBER}#",
        f"{SERIES} # {REGION} # {NUMBER} #",
        PASSPORT_KEYS,
        f"{PASSPORT_KEYS}#",
        f"{SERIES}{REGION} {NUMBER}",
        f"{SERIES} {REGION}{NUMBER}",
    ],
)
def test_it_is_keyed_part_by_part_or_in_one_go(ring: Ring, keys: str) -> None:
    call = ring(f"{TO_IT} {keys} 1")
    assert call.call.identification == MATCH
    assert call.call.goals == ["account/balance"]
    assert "nomatch.1" not in call.keys
    assert [each for each in asked(call) if each.endswith("help")] == []
    last = len(call.keys) - call.keys[::-1].index("menu.account.balance") - 1
    assert call.keys[last - 1] == "identify.done", "a late hash takes no word away"


@pytest.mark.parametrize("target", ["favourite", "forwarding"])
def test_a_late_hash_is_no_answer_to_a_number_that_is_asked_next(ring: Ring, target: str) -> None:
    way = {"favourite": "3 2 # # 26123456# 4 3", "forwarding": "3 2 # # 26123456# 4 2 3"}[target]
    call = ring(f"{way} 61000000# 20#")
    assert not [key for key in call.keys if key.startswith("nomatch")]


MISSES = {
    "series": ("", ["7", "4", "9", "#"]),
    "region": (SERIES, ["7", "8", "9", "#9"]),
    "number": (f"{SERIES} {REGION}", ["12345#", "1#", "12345", "##"]),
}
"""What leads to each part, and what it cannot be."""
WRONG = [(part, before, wrong) for part, (before, all) in MISSES.items() for wrong in all]
RIGHT = {
    "series": f"{SERIES} {REGION} {NUMBER}",
    "region": f"{REGION} {NUMBER}",
    "number": NUMBER,
}
"""What is keyed from each part on."""


@pytest.mark.parametrize(("part", "before", "wrong"), WRONG)
class TestWhatCannotBe:
    def test_is_asked_again_with_help_and_is_no_try(
        self, ring: Ring, part: str, before: str, wrong: str
    ) -> None:
        call = ring(f"{TO_IT} {before} {wrong} {RIGHT[part]} 1")
        assert f"{part}.help" in asked(call)
        assert call.call.identification == MATCH, "the others were not asked again"
        assert "nomatch.1" not in call.keys

    def test_three_times_ends_at_an_agent_and_still_is_no_try(
        self, ring: Ring, operator: Operator, part: str, before: str, wrong: str
    ) -> None:
        call = ring(f"{TO_IT} {before} {wrong} {wrong} {wrong}")
        assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "nomatch")
        assert call.call.identification == []
        assert [each for each in call.keys if each.startswith("nomatch")] == [
            "nomatch.2",
            "nomatch.3",
        ]


@pytest.mark.parametrize("part", ["series", "region"])
def test_what_was_keyed_in_one_go_with_a_wrong_part_answers_nothing(ring: Ring, part: str) -> None:
    call = ring(f"{TO_IT} {MISSES[part][0]} 71111111 {RIGHT[part]} 1")
    assert call.call.identification == MATCH
    assert sum(each.endswith("help") for each in asked(call)) == 1


@pytest.mark.parametrize("part", PARTS)
def test_silence_brings_the_help_of_its_part_alone(ring: Ring, part: str) -> None:
    before = MISSES[part][0]
    call = ring(f"{TO_IT} {before} - {RIGHT[part]}")
    helped = [each for each in asked(call) if each.endswith("help")]
    assert helped == [f"{part}.help"] * (2 if part == "region" else 1)
    assert call.call.identification == MATCH
    assert "noinput.1" not in call.keys, "who was told to wait is not told off"
    other = ring(f"1 # # {before} - - -", call_id="call-2")
    assert (other.outcome, other.call.reason) == (CallOutcome.AGENT, "noinput")


def test_the_regions_are_listed_only_to_who_needs_them(ring: Ring) -> None:
    assert asked(ring(f"{TO_IT} {SERIES} {REGION}")) == ["series", "region", "number"]
    call = ring(f"1 # # {SERIES} ~{REGION} {NUMBER}", call_id="call-2")
    assert asked(call) == ["series", "region", "region.help", "number"]
    assert call.call.progress.misses == 0, "to wait for the list is no miss"
    assert call.call.identification == MATCH


def test_who_has_no_code_word_waits_to_be_told_of_the_passport(ring: Ring) -> None:
    call = ring(f"3 1 # ~# {PASSPORT_KEYS}")
    assert call.keys.count("identify.codeword.passport") == 1
    assert call.call.identification == MATCH
    knows = ring("1 # #", call_id="call-2")
    assert "identify.codeword.passport" not in knows.keys


@pytest.mark.parametrize(
    ("keys", "step"),
    [
        ("*", "identification/codeword"),
        (f"{SERIES} *", "identification/passport-series"),
        (f"{SERIES} {REGION} *", "identification/passport-series"),
        (f"{SERIES} {REGION} 12*", "identification/passport-series"),
        (f"{SERIES} * *", "identification/codeword"),
    ],
)
def test_star_leads_back_and_is_no_try(ring: Ring, keys: str, step: str) -> None:
    call = ring(f"{TO_IT} {keys}")
    assert call.question is not None
    assert call.question.step == step
    assert call.call.identification == []


@pytest.mark.parametrize("before", ["", SERIES, f"{SERIES} {REGION}"])
def test_zero_is_an_agent_in_each(ring: Ring, before: str) -> None:
    call = ring(f"{TO_IT} {before} 0#")
    assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "asked")


def test_a_number_may_begin_with_a_zero(ring: Ring) -> None:
    assert ring(f"{TO_IT} {SERIES}{REGION}012345").call.identification == NO_MATCH


def test_a_whole_passport_that_is_wrong_is_one_try(ring: Ring, operator: Operator) -> None:
    call = ring(f"{TO_IT} 11111111 22222222# {PASSPORT_KEYS}")
    assert call.call.identification == NO_MATCH * 2 + MATCH
    assert call.keys.count("identify.no-match") == 2


class Barging(FakeTelephone):
    """Words without a question are cut off by a key, as on any telephone."""

    def play(self, utterances: Sequence[Utterance]) -> None:
        super().play([] if self._ahead else utterances)


def test_a_late_hash_cuts_nothing_off_that_is_said_of_a_failure(ring: Ring) -> None:
    call = ring(f"{TO_IT} 11111111# 11111111# 11111111#", telephone=Barging)
    said = [key for key in call.keys if key in ("identify.no-match", "identify.locked")]
    assert said == ["identify.no-match", "identify.no-match", "identify.locked"]
    assert "agent.transfer" in call.keys


def test_what_is_compared_is_all_eight_keys(ring: Ring, operator: Operator) -> None:
    compared: list[Secret] = []
    check = operator.care.identification.check

    def noting(attempt: object, secret: Secret, *more: object) -> object:
        compared.append(secret)
        return check(attempt, secret, *more)  # type: ignore[arg-type]

    object.__setattr__(operator.care.identification, "check", noting)
    ring(f"{TO_IT} {SERIES} 9 {REGION} {NUMBER}")
    assert [secret.keys for secret in compared] == [PASSPORT_KEYS]


def test_no_key_of_it_is_noted(ring: Ring) -> None:
    call = ring(f"{TO_IT} 7 4 {SERIES} 8 {REGION} {NUMBER}")
    steps = [step for step in call.call.path if "passport" in step.node]
    assert {step.key for step in steps} == {"", "nomatch"}
    assert call.call.progress.key in ("", "#")
