"""Asterisk's own log: it is turned over before it fills the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

KEPT_FILES = 5
"""Files that were turned over."""


@dataclass(frozen=True, slots=True)
class AsteriskLog:
    """One file of it, and those before it: ``asterisk.log.0`` is the last, ``.1`` that before."""

    file: Path
    most_bytes: int
    turn_over: Callable[[], None]
    """Has Asterisk begin a new file, and number the others anew."""

    def look(self) -> None:
        """To be called again and again. TemporarilyUnavailable: Asterisk cannot be asked."""
        try:
            size = self.file.stat().st_size
        except FileNotFoundError:
            return
        if size > self.most_bytes:
            self.turn_over()
            self._remove_old()

    def _remove_old(self) -> None:
        for file in self.file.parent.glob(f"{self.file.name}.*"):
            number = file.suffix.removeprefix(".")
            if number.isdecimal() and int(number) >= KEPT_FILES:
                file.unlink(missing_ok=True)
