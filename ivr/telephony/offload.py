"""Work that may take long: a thread does it, and the call at the switchboard stands back meanwhile.

Its caller is listened to: what is pressed while something is looked up answers the next question.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gevent import getcurrent
from gevent.event import Event

from ivr.telephony.call_loop import CallGreenlet

T = TypeVar("T")
P = ParamSpec("P")

LULL = 0.04
"""Seconds after the caller was last listened to in which work may go on unheard: the fastest
dialler takes that for a key, and as long for the pause behind it (ITU-T Q.24: 40 ms each, ETSI ES
201 235-2: 65 ms each). Several short works in a row have it once."""
LISTEN_SECONDS, LONGEST_LISTEN = 0.01, 0.08
"""How long is listened at a time, which is the most that it delays what comes after the work.

It grows, so that many calls that wait for a slow network cost little.
"""


def listen_with(listen: Callable[[float], bool]) -> None:
    """How the caller of the call that runs here is listened to while it offloads work."""
    seat = getcurrent()
    if isinstance(seat, CallGreenlet):
        seat.listen = listen


def has_listened() -> None:
    """The call that runs here has just been listened to by a command of its own."""
    seat = getcurrent()
    if isinstance(seat, CallGreenlet):
        seat.listened = time.monotonic()


def offload(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Do what may take long; a call at a board stands back meanwhile. As ``ports.runner.Runner``.

    RuntimeError: the system gives no further thread.
    """
    seat = getcurrent()
    if not isinstance(seat, CallGreenlet):
        return work(*args, **kwargs)
    board = seat.board
    job = board.executor.submit(work, *args, **kwargs)
    done = Event()
    job.add_done_callback(lambda _: board.post(done.set))
    lull = seat.listened + LULL - time.monotonic()
    if lull > 0 and not job.done():
        done.wait(lull)
    wait = LISTEN_SECONDS
    while not job.done():
        if seat.listen is None or not seat.listen(wait):
            done.wait(LONGEST_LISTEN)
        wait = min(2 * wait, LONGEST_LISTEN)
    return job.result()
