"""Executors without threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from ivr.testing.clock import FixedClock

T = TypeVar("T")
P = ParamSpec("P")


class InlineExecutor(Executor):
    """Run work in the thread that submits it."""

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


class SlowExecutor(Executor):
    """Finish work after the caller has waited ``takes`` seconds for it, on a stopped clock."""

    def __init__(self, clock: FixedClock, takes: float = 0.0) -> None:
        self.clock = clock
        self.takes = takes
        self.unfinished: list[SlowFuture[Any]] = []

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = SlowFuture(self, lambda: work(*args, **kwargs))
        self.unfinished.append(future)
        return future

    def finish(self) -> None:
        """Finish the work that no thread waits for."""
        while self.unfinished:
            self.unfinished[0].finish()


class SlowFuture(Future[T]):
    def __init__(self, executor: SlowExecutor, work: Callable[[], T]) -> None:
        super().__init__()
        self._executor, self._work = executor, work
        self._left = executor.takes

    def result(self, timeout: float | None = None) -> T:
        if not self.done():
            waited = self._left if timeout is None else min(self._left, timeout)
            self._executor.clock.sleep(waited)
            self._left -= waited
            if self._left > 0:
                raise TimeoutError
            self.finish()
        return super().result()

    def finish(self) -> None:
        self._executor.unfinished.remove(self)
        try:
            self.set_result(self._work())
        except BaseException as error:
            self.set_exception(error)
