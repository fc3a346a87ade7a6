"""Work that may take long: a thread does it, and the call at the switchboard stands back meanwhile.

Its caller is listened to: what is pressed while something is looked up answers the next question.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Generic, ParamSpec, TypeVar, cast

from greenlet import getcurrent

from ivr.telephony.switchboard import Seat

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
    if isinstance(seat, Seat):
        seat.listen = listen


def has_listened() -> None:
    """The call that runs here has just been listened to by a command of its own."""
    seat = getcurrent()
    if isinstance(seat, Seat):
        seat.listened = time.monotonic()


def offload(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do what may take long; a call at a board stands back meanwhile."""
    seat = getcurrent()
    if not isinstance(seat, Seat):
        return work(*args, **kwargs)
    return _offload(seat, partial(work, *args, **kwargs))


def offloaded(port: T, *methods: str) -> T:
    """The same port, whose methods are offloaded: these, or all."""
    return cast(T, _Offloaded(port, methods))


class _Offloaded:
    def __init__(self, port: object, methods: tuple[str, ...]) -> None:
        self._port, self._methods = port, methods

    def __getattr__(self, name: str) -> object:
        method = getattr(self._port, name)
        if not self._methods or name in self._methods:
            method = partial(offload, method)
        setattr(self, name, method)
        return method


class Job(Generic[T]):
    """Work that is offloaded."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._value: T | None = None
        self.is_done = False

    def run(self) -> None:
        try:
            self._value = self._work()
        except BaseException as error:
            self._error = error
        self.is_done = True

    def result(self) -> T:
        """What came out, or what the work raised."""
        if self._error is not None:
            raise self._error
        return cast(T, self._value)


def _offload(seat: Seat, work: Callable[[], T]) -> T:
    job = Job(work)
    context = copy_context()  # the logs of the work are those of the call

    def run() -> None:
        context.run(job.run)
        seat.board.post(partial(seat.board.go_on, seat, job))

    seat.board.hire(run)
    lull = seat.listened + LULL - time.monotonic()
    if lull > 0 and not job.is_done:
        seat.board.stand_back(seat, job, lull)
    wait = LISTEN_SECONDS
    while not job.is_done:
        if seat.listen is None or not seat.listen(wait):
            seat.board.stand_back(seat, job, LONGEST_LISTEN)
        wait = min(2 * wait, LONGEST_LISTEN)
    return job.result()
