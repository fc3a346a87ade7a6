"""How work that may take long is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class Runner(Protocol):
    """Runs work, and returns its result or raises its error.

    In a call loop a thread does the work, while other calls go on.
    """

    def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


def inline(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the work in this thread: for programs in which no other call waits."""
    return work(*args, **kwargs)
