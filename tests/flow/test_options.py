"""The options of an answer are said only to a caller who stays silent."""

from __future__ import annotations

import pytest

from ivr.content.folder import ContentFolder
from ivr.content.simulation.walking import ANSWERS, walker
from ivr.domain.call import CallOutcome
from ivr.domain.values import Msisdn
from ivr.flow.document import Flow
from ivr.flow.paths import every_path
from ivr.settings import PROJECT
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, Operator, subscriber
from ivr.testing.dial import CALLER, dial
from ivr.testing.prompts import EchoPrompts
from ivr.testing.telephone import Hurried
from tests.flow.conftest import Ring

WORD = f"# {CODEWORD_KEYS}#"
ANSWERED = {
    "the balance": (f"3 1 {WORD} 1", ["after"]),
    "the bill": (f"3 1 {WORD} 3", ["account.bill.press-last", "after"]),
    "a PUK": (f"3 4 {WORD} 3 1", ["puk.press", "after"]),
    "advice": ("3 5 2 3", ["after.topic"]),
    "advice with settings": ("3 5 2 1", ["after.details"]),
    "advice with a request": ("3 5 1 2", ["after.press-request", "after.topic"]),
    "the last news": ("3 3 1 #", ["after"]),
    "a service": (f"3 2 {WORD} 3 3 1", ["change.undo", "after"]),
    "what was not changed": (f"3 2 {WORD} 3 3 2", ["after"]),
}
"""Keys that lead to an answer, and what can be done then."""


def options_in(keys: list[str]) -> list[str]:
    every = {option for _, options in ANSWERED.values() for option in options}
    return [key for key in keys if key in every]


@pytest.mark.parametrize(("keys", "options"), ANSWERED.values(), ids=ANSWERED)
class TestAnAnswer:
    def test_who_hangs_up_or_presses_a_key_at_once_hears_none(
        self, ring: Ring, keys: str, options: list[str]
    ) -> None:
        assert options_in(ring(keys, telephone=Hurried).keys) == []
        known = keys.removeprefix("3 ")  # the language is remembered
        assert options_in(ring(f"{known} 0", call_id="call-2").keys) == []

    def test_who_is_silent_hears_them_once_and_then_what_silence_has(
        self, ring: Ring, keys: str, options: list[str]
    ) -> None:
        heard = ring(f"{keys} -").keys
        *_, first, again = (at for at, key in enumerate(heard) if key == options[0])
        assert heard[first : first + len(options) + 1] == [*options, "noinput.1"]
        assert heard[again : again + len(options)] == options, "the question is asked whole"

    def test_a_key_among_the_options_counts(
        self, ring: Ring, keys: str, options: list[str]
    ) -> None:
        call = ring(f"{keys} ~0")
        assert options_in(call.keys) == options
        assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "asked")

    def test_who_presses_a_wrong_key_hears_them_at_once(
        self, ring: Ring, keys: str, options: list[str]
    ) -> None:
        heard = ring(f"{keys} 8", telephone=Hurried).keys
        assert heard[-len(options) :] == options
        assert "nomatch.1" in heard

    def test_nine_says_the_answer_again_and_not_the_options(
        self, ring: Ring, keys: str, options: list[str]
    ) -> None:
        assert options_in(ring(f"{keys} 9 9", telephone=Hurried).keys) == []

    def test_three_silences_end_at_an_agent_as_everywhere(
        self, ring: Ring, keys: str, options: list[str]
    ) -> None:
        call = ring(f"{keys} - - -")
        assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "noinput")
        assert options_in(call.keys) == options * 3


@pytest.mark.parametrize(
    ("caller", "options"),
    [
        (CALLER, ["identify.number.other", "identify.why"]),
        (None, ["identify.why"]),
    ],
)
def test_who_hesitates_hears_why_a_number_is_asked(
    flow: Flow, operator: Operator, caller: Msisdn | None, options: list[str]
) -> None:
    knows = dial(flow, operator.care, operator.clock, "3 1 66300891 1 -", caller=caller)
    assert not set(options) & set(knows.keys)
    operator.callers.languages.clear()
    waits = dial(flow, operator.care, operator.clock, "3 1 ~66300891", caller=caller).keys
    first = waits.index(options[0])
    assert waits[first : first + len(options) + 1] == [*options, "identify.read-back"]
    again = dial(flow, operator.care, operator.clock, "1 12# -", caller=caller).keys
    assert again[-len(options) :] == options, "who has missed hears all of the question"


@pytest.mark.parametrize(
    ("services", "said"),
    [
        ("", ["is-off", "next", "next"]),
        ("waiting hold conference international", ["is-on", "next", "next"]),
        ("waiting", ["is-on", "is-off", "next"]),
        ("hold conference", ["is-off", "is-on", "is-off"]),
    ],
)
def test_what_can_be_done_with_services_is_said_once_for_a_row(
    flow: Flow, services: str, said: list[str]
) -> None:
    operator = Operator()
    operator.add(subscriber(services=services))
    call = dial(flow, operator.care, operator.clock, "3 2 3", subscriber=NUMBER)
    assert [key for key in call.keys if key.startswith("services.")] == [
        f"services.{each}" for each in said
    ]


def test_no_answer_of_the_flow_says_its_options_at_once() -> None:
    """Nothing that begins with what can be done: whatever answer the editors have made."""
    told = {
        "after",
        "after.topic",
        "after.details",
        "after.press-request",
        "change.undo",
        "puk.press",
    }
    walked = list(
        every_path(
            walker(ContentFolder.at(PROJECT).read(), EchoPrompts(), identified=True), ANSWERS
        )
    )
    assert sum(bool(each.call.goals) for each in walked) > 50
    for each in walked:
        assert not told & {utterance.key for utterance in each.heard}, each.keys
