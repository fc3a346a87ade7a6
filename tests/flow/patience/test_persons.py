"""Callers who are there, and the longest call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, cycle

import pytest

from ivr.domain.call import Call
from ivr.flow.checkpoint import checkpoint_of, resume
from ivr.flow.patience import MOST_MISSES, Patience
from ivr.testing.clock import FixedClock
from tests.flow.patience.habits import BOUNDS, BYE, WORDS_SECONDS, Dead, jammed, silence


def persons(dead: Dead, keys: Iterator[str | None]) -> Iterator[str | None]:
    """Somebody who presses these keys, and the one that is asked for to show a person."""
    while True:
        asked = dead.phone.questions[-1]
        shown = [key for key in "12" if f"presence.{key}" in asked]
        key = shown[0] if shown else next(keys, "gone")
        if key == "gone":
            return
        yield key


def test_whoever_is_there_says_so_and_goes_on(dead: Dead) -> None:
    """One who walks round is asked for a key, and an agent takes over who walks round again."""
    walks = chain(["3"], cycle(["3", "*"]))
    ended = dead.call(persons(dead, walks))
    asked = [key for key in ended.keys if key.startswith("presence")]
    assert len(asked) == 1
    assert (ended.trips, ended.call.reason) == (1, "nomatch")


def test_whoever_comes_to_something_new_starts_afresh(dead: Dead) -> None:
    """Between two new nodes one may walk about for a good while, without a question."""
    nodes = [["3"], ["3", "1", "*"], ["2", "*"], ["*", "5"], ["3", "*"]]
    about = ["*", "*"] * 3
    ended = dead.call(
        persons(dead, chain(["3"], *(chain(each, about) for each in nodes), ["0"], silence()))
    )
    assert not [key for key in ended.keys if key.startswith("presence")]
    assert ended.trips == 1


def test_one_who_waits_for_an_agent_may_wait_on(dead: Dead) -> None:
    """Asked now and then whether somebody is there; half an hour is possible."""
    ended = dead.call(persons(dead, chain(["3"], jammed("0"))))
    assert ended.call.ended_by == "too-long"
    assert ended.trips >= 10
    assert BOUNDS.call <= ended.seconds <= BOUNDS.call + BOUNDS.seconds


def test_listening_is_no_idleness(dead: Dead) -> None:
    """A list that lasts longer than the patience is heard to its end, and every choice after it."""
    dead.patience = Patience(seconds=40, queue=10, call=1800)
    ended = dead.call(chain(["3", "3", "3"], silence()))
    first, last = ended.keys.index("info.price.free"), ended.keys.index("after")
    assert (last - first) * WORDS_SECONDS > dead.patience.seconds
    assert "noinput.1" in ended.keys[last:]


class TestTries:
    def test_misses_are_counted_over_all_questions(self, dead: Dead) -> None:
        """Two wrong keys at each question, then a right one: an agent at the tenth."""
        ended = dead.call(
            chain(*(["7", "7", key] for key in "33"), ["7", "7", "*"], *(["7", "7", "*"],) * 9)
        )
        assert ended.call.progress.misses >= MOST_MISSES
        assert ended.call.reason == "nomatch"
        assert ended.trips >= 1

    def test_a_checkpoint_keeps_them(self) -> None:
        call = Call("call-1", "0890", FixedClock().now())
        call.progress.misses, call.progress.idle, call.progress.seen = 7, 12, 0x1F3
        call.progress.key, call.progress.tried = "*", True
        call.progress.since = call.started + timedelta(seconds=31)
        read = Call("call-1", "0890", call.started)
        resume(read, checkpoint_of(call))
        assert read.progress == call.progress

    @pytest.mark.parametrize(
        "bad", ["seen=xyz", "idle=-1", "misses=a", "key=ab", "since=x", "tried=y", "since=9e9"]
    )
    def test_a_checkpoint_that_is_spoilt_is_none(self, bad: str) -> None:
        call = Call("call-1", "0890", FixedClock().now())
        assert resume(call, f"release=1&node=main&step=0&{bad}") == ""


class TestLongestCall:
    def test_it_is_announced_and_ends_between_two_questions(self, dead: Dead) -> None:
        dead.patience = Patience(seconds=120, queue=60, call=90)

        def busy() -> Iterator[str | None]:
            yield "3"
            yield from cycle(["3", "*", "1", "*", "2", "*"])

        ended = dead.call(busy(), 10.0)
        assert ended.call.ended_by == "too-long"
        assert ended.keys.count("limit.soon") == 1
        assert ended.keys[-2:] == ["limit.reached", BYE]
        assert 90 <= ended.seconds <= 90 + 40

    def test_it_counts_from_the_first_worker_on(self, dead: Dead) -> None:
        dead.patience = Patience(seconds=120, queue=60, call=90)
        dead.is_crashing = True
        ended = dead.call(chain(["3"], cycle(["3", "*", "1", "*"])), 10.0)
        assert ended.call.ended_by == "too-long"
        assert ended.seconds <= 90 + 40
