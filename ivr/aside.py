"""Work beside a dialogue, each in a thread of its own."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable

import structlog

from ivr.ports.aside import Aside, Started

log = structlog.get_logger()


class _Work(Started):
    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._ended = threading.Event()
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            # Who started it may have hung up: then nobody else would ever know.
            log.exception("work beside a call has failed")
            self._error = error
        finally:
            self._ended.set()

    def wait(self, seconds: float) -> bool:
        ended = self._ended.wait(seconds)
        if self._error is not None:
            raise self._error
        return ended


class Threads(Aside):
    """A process that ends waits for what it has started."""

    def start(self, work: Callable[[], None]) -> _Work:
        started = _Work(work)
        context = contextvars.copy_context()  # the call's id in the logs
        threading.Thread(target=context.run, args=(started.run,), name="aside").start()
        return started
