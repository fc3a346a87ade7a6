"""Who calls back: one person at a time, for an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.care.callbacks import claim, close
from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.call import Call
from ivr.domain.callbacks import Bound, CallbackStatus
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER
from ivr.testing.memory import MemoryCallbacks

AYGUL, MERDAN = (Actor(ActorKind.AGENT, name, Channel.DESK) for name in ("aygul", "merdan"))
KEY = OperationKey("form 1")
OPEN, TAKEN, DONE = CallbackStatus


@pytest.mark.parametrize(
    ("before", "minutes", "is_granted", "status", "by"),
    [
        ("", 0, True, TAKEN, "agent merdan"),
        ("taken", 0, False, TAKEN, "agent aygul"),
        ("taken", 59, False, TAKEN, "agent aygul"),
        ("taken", 60, True, TAKEN, "agent merdan"),
        ("closed", 60, False, DONE, "agent aygul"),
    ],
)
def test_who_may_take_one(
    before: str, minutes: int, is_granted: bool, status: CallbackStatus, by: str
) -> None:
    book, now = MemoryCallbacks(), FixedClock().now()
    book.write(Call("c", "0890", now, caller=NUMBER), NUMBER, now, Bound(now, 9, 9))
    if before:
        assert claim(AYGUL, KEY, 1, book, now).is_granted
    if before == "closed":
        assert close(MERDAN, KEY, 1, book, now).is_granted, "whoever has called back says so"
    found = claim(MERDAN, KEY, 1, book, now + timedelta(minutes=minutes))
    assert found.is_granted is is_granted
    assert found.callback is not None
    assert (found.callback.status, found.callback.taken_by) == (status, by)


def test_one_that_is_closed_or_never_was_is_not_closed() -> None:
    book, now = MemoryCallbacks(), FixedClock().now()
    book.write(Call("c", "0890", now, caller=NUMBER), NUMBER, now, Bound(now, 9, 9))
    granted = [close(AYGUL, KEY, id, book, now).is_granted for id in (1, 1, 2)]
    assert granted == [True, False, False]
    assert close(AYGUL, KEY, 2, book, now).callback is None
