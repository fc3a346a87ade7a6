"""The board that workers share."""

from __future__ import annotations

import os

from ivr.supervision.scoreboard import Replaced, Scoreboard, State


def test_what_one_writes_all_read() -> None:
    board = Scoreboard(3)
    other = Scoreboard.inherited(os.dup(board.file))
    other.slots[1].calls = 7
    other.slots[2].calls = 2
    other.slots[1].state = State.SERVING
    other.slots[1].beat()
    assert (board.calls, board.serving) == (9, 1)
    assert board.slots[1].beaten > 0 == board.slots[0].beaten
    assert len(other.slots) == 3
    board.close()
    other.close()


def test_the_slot_of_a_worker_that_is_gone_counts_no_more() -> None:
    board = Scoreboard(2)
    for slot in board.slots:
        slot.state, slot.calls = State.SERVING, 5
    board.slots[0].clear()
    assert (board.calls, board.serving) == (5, 1)
    assert board.slots[0].state is State.FREE
    board.close()


def test_replaced_workers_are_counted_by_reason() -> None:
    board = Scoreboard(1)
    board.count(Replaced.HUNG)
    board.count(Replaced.HUNG)
    board.count(Replaced.ROLLING)
    assert [board.replaced(why) for why in Replaced] == [0, 2, 1]
    assert board.calls == 0
    board.close()
