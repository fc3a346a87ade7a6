"""The life of a process, which ends before or after one of its steps; what is behind it goes on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Killed(BaseException):
    """The process is gone: whatever it still tries has no effect."""


@dataclass
class Life:
    """Counts the steps that a process makes outside of itself, and ends with one of them."""

    last: int = 0
    """The step that it dies at; 0: it lives on."""
    after: bool = False
    """The last step is made, and its answer lost."""
    steps: int = 0

    def guard(self, port: T) -> T:
        """The same port, each use of which is a step."""
        return cast(T, _Guarded(port, self))

    def guard_within(self, whole: T, kind: Callable[[object], bool]) -> T:
        """A copy of a dataclass in which the fields of a kind are guarded."""
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
