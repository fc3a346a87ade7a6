"""A process that ends before or after one of its steps, while the services behind it continue."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Killed(BaseException):
    """The process has ended: none of its further calls has an effect."""


@dataclass
class Life:
    """Count the steps that a process makes outside of itself, and end the
    process at one of them."""

    last: int = 0
    """The number of the step at which the process ends; 0: it does not end."""
    after: bool = False
    """If true, the last step is made and its answer is lost."""
    steps: int = 0

    def guard(self, port: T) -> T:
        """Return the port in a proxy in which each use counts as a step."""
        return cast(T, _Guarded(port, self))

    def guard_within(self, whole: T, kind: Callable[[object], bool]) -> T:
        """Return a copy of a dataclass in which the fields that match ``kind`` are guarded."""
        found = {
            each.name: self.guard(value)
            for each in dataclasses.fields(cast(Any, whole))
            if kind(value := getattr(whole, each.name))
        }
        return cast(T, dataclasses.replace(cast(Any, whole), **found))

    @property
    def is_over(self) -> bool:
        return 0 < self.last <= self.steps


class _Guarded:
    def __init__(self, port: object, life: Life) -> None:
        self._port, self._life = port, life

    def __getattr__(self, name: str) -> Any:
        step = getattr(self._port, name)
        if not callable(step):
            return step

        def guarded(*given: Any, **named: Any) -> Any:
            life = self._life
            if life.is_over:
                raise Killed
            life.steps += 1
            if life.is_over and not life.after:
                raise Killed
            answer = step(*given, **named)
            if life.is_over:
                raise Killed
            return answer

        return guarded
