"""A thread pool that keeps the log context of the submitter."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

MOST_THREADS = 4_096
"""More than a process has calls, so that no work waits for another call's work."""


class ContextExecutor(ThreadPoolExecutor):
    """Runs work with the context variables of its submitter, such as the call's id for the log."""

    def __init__(self, name: str, most: int = MOST_THREADS) -> None:
        """A thread is started only if none is idle. ``name`` is the prefix of thread names."""
        super().__init__(most, name)

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit work as the base class does. RuntimeError: the system has no more threads."""
        return super().submit(copy_context().run, partial(work, *args, **kwargs))
