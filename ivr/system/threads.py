"""Thread pools whose work logs as its submitter does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

MOST_THREADS = 4_096
"""More than a process has calls: no work waits for the work of another call."""


class ContextExecutor(ThreadPoolExecutor):
    """Runs work with the context variables of its submitter: the id of the call in the log."""

    def __init__(self, name: str, most: int = MOST_THREADS) -> None:
        """A thread is started only where none is idle. ``name`` begins the names of threads."""
        super().__init__(most, name)

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As the base does. RuntimeError: the system gives no further thread."""
        return super().submit(copy_context().run, partial(work, *args, **kwargs))
