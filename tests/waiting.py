"""The only place where a test waits for what another thread or process does.

A test never sleeps for a time that it takes to be enough, and never measures how long something
took: it waits for a condition. The deadline is for what never happens, and so it is generous.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

DEADLINE = 60.0
"""Seconds. No test depends on what happens within fewer."""
BETWEEN = 0.02
"""Seconds from one look to the next."""
T = TypeVar("T")


def until(
    found: Callable[[], T | None],
    what: Callable[[], object] = lambda: "",
    seconds: float = DEADLINE,
) -> T:
    """Wait until ``found`` answers something true, and answer it.

    AssertionError: it did not in time; ``what`` tells what there was instead.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        assert time.monotonic() < deadline, what() or "it has not happened"
        time.sleep(BETWEEN)


def pause(seconds: float) -> None:
    """Wait as a peer does: a packet every 20 ms, a slow server.

    Never for something to have happened meanwhile: no assertion may depend on its being enough.
    """
    time.sleep(seconds)
