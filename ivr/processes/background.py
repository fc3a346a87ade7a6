"""Tasks common to all processes: end on a signal, run background threads, measure themselves."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from queue import SimpleQueue

from ivr import metrics
from ivr.care.worker import run_rounds
from ivr.errors import Unusable
from ivr.wiring.installation import Installation

MEASURE_SECONDS = 5.0
"""Interval at which a process measures itself: shorter than an interval between two scrapes."""


def stop_signal() -> threading.Event:
    """Return an event that SIGINT and SIGTERM set.

    A thread that is started here sets it. The handler itself interrupts the main thread anywhere,
    also in ``wait`` or ``set`` while they hold the event's lock; ``set`` would then wait for this
    lock for ever. ``SimpleQueue.put`` is reentrant, and needs no new thread, which the system may
    not have any more.
    """
    stop, told = threading.Event(), SimpleQueue[int]()

    def end() -> None:
        told.get()
        stop.set()

    threading.Thread(target=end, name="signals", daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: told.put(number))
    return stop


def background(stack: ExitStack, name: str, work: Callable[[threading.Event], None]) -> None:
    """Run ``work`` in a thread until the stack is closed."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), name=name)
    thread.start()
    stack.callback(thread.join)
    stack.callback(stop.set)


def measure(installation: Installation, stack: ExitStack) -> None:
    """Measure this process and its database connections until the stack is closed."""
    machine = metrics.Machine()

    def look() -> None:
        usage = installation.store.database.usage()
        metrics.pool(usage.in_use, usage.size)
        machine.look()

    background(stack, "measures", lambda stop: run_rounds("measures", look, stop, MEASURE_SECONDS))


def tell_health(name: str, server: AbstractContextManager[object], stack: ExitStack) -> None:
    """Serve health and metrics. If their port is taken (by a second process of the same kind on
    this machine), print it and go on without them."""
    try:
        stack.enter_context(server)
    except Unusable as error:
        print(f"{name}: health is not served: {error}", file=sys.stderr)
