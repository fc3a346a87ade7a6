"""The board that workers share."""

from __future__ import annotations

import os

from ivr.supervision.scoreboard import Replaced, Scoreboard, State


def test_what_one_writes_all_read() -> None:
    scoreboard = Scoreboard(3)
    other = Scoreboard.inherited(os.dup(scoreboard.file))
    other.slots[1].calls = 7
    other.slots[2].calls = 2
    other.slots[1].state = State.SERVING
    other.slots[1].beat()
    assert (scoreboard.calls, scoreboard.serving) == (9, 1)
    assert scoreboard.slots[1].beaten > 0 == scoreboard.slots[0].beaten
    assert len(other.slots) == 3
    scoreboard.close()
    other.close()


def test_the_slot_of_a_worker_that_is_gone_counts_no_more() -> None:
    scoreboard = Scoreboard(2)
    for slot in scoreboard.slots:
        slot.state, slot.calls = State.SERVING, 5
    scoreboard.slots[0].clear()
    assert (scoreboard.calls, scoreboard.serving) == (5, 1)
    assert scoreboard.slots[0].state is State.FREE
    scoreboard.close()


def test_replaced_workers_are_counted_by_reason() -> None:
    scoreboard = Scoreboard(1)
    scoreboard.count(Replaced.HUNG)
    scoreboard.count(Replaced.HUNG)
    scoreboard.count(Replaced.ROLLING)
    assert [scoreboard.replaced(why) for why in Replaced] == [0, 2, 1]
    assert scoreboard.calls == 0
    scoreboard.close()
