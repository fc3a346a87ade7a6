"""Work beside a dialogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Elsewhere = Callable[..., Any]
"""``elsewhere(work, *arguments)`` does what takes long while other calls go on, and answers what
comes of it."""


def here(work: Callable[..., Any], *arguments: object) -> Any:
    """Where nobody else would have to wait."""
    return work(*arguments)


class Started(Protocol):
    """Work that goes on by itself, whatever becomes of who started it."""

    def wait(self, seconds: float) -> bool:
        """Wait for its end, so long at most. True: it has ended. Raises what it raised."""
        ...


class Aside(Protocol):
    def start(self, work: Callable[[], None]) -> Started: ...
