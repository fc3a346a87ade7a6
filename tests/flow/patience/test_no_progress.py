"""Callers who make no progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, cycle
from random import Random

import pytest

from ivr.domain.values import Language
from ivr.flow.document import Flow, parse_flow
from ivr.flow.patience import MOST_IDLE
from ivr.flow.question import PATIENCE
from ivr.testing.demo import Operator
from tests.flow.patience.habits import BOUNDS, BYE, Dead, jammed, silence

SMALL = {
    "name": "small",
    "languages": ["tk", "en"],
    "start": "language",
    "main": "main",
    "identification": "identification",
    "agent": "agent",
    "nodes": {
        "language": {"kind": "language", "next": "main"},
        "main": {
            "kind": "menu",
            "choices": [{"text": "menu.info.news", "to": "round"}],
        },
        "round": {"kind": "menu", "choices": [{"text": "menu.info.news", "to": "main"}]},
        "identification": {"kind": "identify", "next": "main"},
        "agent": {"kind": "agent", "unanswered": "goodbye"},
        "goodbye": {"kind": "goodbye"},
    },
}


def noise(seed: int) -> Iterator[str | None]:
    random = Random(seed)
    while True:
        yield random.choice([*"0123456789*#", None, None, None])


ROUNDS: dict[str, Callable[[], Iterator[str | None]]] = {
    "silence": silence,
    **{f"jammed {key}": partial(jammed, key) for key in "0123456789*#"},
    "every other question": lambda: cycle(["7", None]),
    "a key, then gone": lambda: chain(["3", "3"], silence()),
    "agent, then gone": lambda: chain(["0"], silence()),
    "round and back": lambda: cycle(["3", "*"]),
    "languages": lambda: cycle(["1", "*", "2", "*"]),
    "again and again": lambda: chain(["3", "3", "1"], jammed("9")),
    "waiting": lambda: chain(["3", "0"], jammed("0")),
}


@pytest.mark.parametrize("habit", ROUNDS)
def test_who_does_not_get_on_hears_a_goodbye_within_two_minutes(dead: Dead, habit: str) -> None:
    """Two minutes after the last word or key that was new; those here have 45 s of them."""
    ended = dead.call(ROUNDS[habit]())
    assert ended.keys[-1] in (BYE, "goodbye")
    assert ended.seconds <= 165
    assert ended.answers <= 2 * MOST_IDLE + PATIENCE


@pytest.mark.parametrize("habit", ["silence", "jammed 5", "jammed 0", "jammed #", "jammed *"])
@pytest.mark.parametrize("pause", [0.1, 5.0])
def test_who_never_does_anything_is_there_for_two_minutes_at_most(
    dead: Dead, habit: str, pause: float
) -> None:
    ended = dead.call(ROUNDS[habit](), pause)
    assert ended.seconds <= 120
    assert ended.call.ended_by == "no-progress"


def test_the_silent_caller_has_the_agents_for_a_while_and_is_told_in_three_languages(
    dead: Dead,
) -> None:
    ended = dead.call(silence())
    assert ended.trips == 1
    assert ended.call.reason == "noinput"
    assert ended.keys[-6:].count("dialplan.nobody") == 3
    assert ended.languages == set(Language)


def test_who_has_a_language_is_told_in_it(dead: Dead) -> None:
    assert dead.call(chain(["2"], silence())).languages == {Language.RUSSIAN}


@pytest.mark.parametrize("seed", range(12))
def test_noise_that_presses_keys_ends(dead: Dead, seed: int) -> None:
    ended = dead.call(noise(seed), 0.5)
    assert ended.keys[-1] in (BYE, "goodbye")
    assert ended.seconds <= BOUNDS.call + 60


@pytest.mark.parametrize("habit", ROUNDS)
def test_it_ends_too_when_every_worker_dies_at_its_second_question(dead: Dead, habit: str) -> None:
    dead.is_crashing = True
    ended = dead.call(ROUNDS[habit]())
    assert ended.keys[-1] in (BYE, "goodbye")
    assert ended.seconds <= 180


@pytest.mark.parametrize("hours", ["01:00-01:05"])
def test_it_ends_at_night_when_no_agent_is_at_work(
    flow: Flow, operator: Operator, hours: str
) -> None:
    document = flow.model_dump(mode="json")
    closed = parse_flow(
        {
            **document,
            "nodes": {**document["nodes"], "agent": {**document["nodes"]["agent"]} | _week(hours)},
        },
        "closed",
    )
    for habit in ("silence", "jammed 0", "jammed 5", "waiting"):
        ended = Dead(closed, operator).call(ROUNDS[habit]())
        assert ended.trips == 0
        assert ended.seconds <= 150, habit


def _week(hours: str) -> dict[str, object]:
    return {"hours": {"weekdays": hours}}


def test_a_menu_that_leads_round_by_one_key_is_no_progress(operator: Operator) -> None:
    small = parse_flow(SMALL, "small")
    ended = Dead(small, operator).call(chain(["1"], jammed("1")))
    assert ended.answers <= MOST_IDLE + 2 * PATIENCE
    assert ended.call.ended_by == "no-progress"
