"""How something that may take long is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class Runner(Protocol):
    """Runs work and returns its result; raises what the work raises.

    A call loop has it done by a thread, and other calls go on meanwhile.
    """

    def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


def inline(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run it here: nobody else waits."""
    return work(*args, **kwargs)
