"""Runs work that may take long in a thread, while the call yields to other calls.

Keys that the caller presses meanwhile are collected: they answer the next question.
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
"""Seconds since keys were last collected for which work may go on without collecting: the fastest
dialler takes that long for a key, and as long for the pause after it (ITU-T Q.24: 40 ms each, ETSI
ES 201 235-2: 65 ms each). Several short works in a row share it."""
LISTEN_SECONDS, LONGEST_LISTEN = 0.01, 0.08
"""First and longest interval of collecting keys. It is the longest delay after the work is done.

It grows, so that many calls that wait for a slow network cost little.
"""


def listen_with(listen: Callable[[float], bool]) -> None:
    """Set the function that collects the current caller's keys during offloaded work."""
    greenlet = getcurrent()
    if isinstance(greenlet, CallGreenlet):
        greenlet.listen = listen


def has_listened() -> None:
    """Note that a command of the current call has just collected keys."""
    greenlet = getcurrent()
    if isinstance(greenlet, CallGreenlet):
        greenlet.listened = time.monotonic()


def offload(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run work in a thread and wait for it; in a call loop, let other calls run meanwhile.

    Without a call loop, run it here. A ``ports.runner.Runner``. RuntimeError: the system has no
    more threads.
    """
    greenlet = getcurrent()
    if not isinstance(greenlet, CallGreenlet):
        return work(*args, **kwargs)
    call_loop = greenlet.call_loop
    job = call_loop.executor.submit(work, *args, **kwargs)
    done = Event()
    job.add_done_callback(lambda _: call_loop.post(done.set))
    lull = greenlet.listened + LULL - time.monotonic()
    if lull > 0 and not job.done():
        done.wait(lull)
    wait = LISTEN_SECONDS
    while not job.done():
        if greenlet.listen is None or not greenlet.listen(wait):
            done.wait(LONGEST_LISTEN)
        wait = min(2 * wait, LONGEST_LISTEN)
    return job.result()
