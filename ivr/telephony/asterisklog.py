"""Rotates Asterisk's own log before it fills the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

KEPT_FILES = 5
"""Number of rotated files to keep."""


@dataclass(frozen=True, slots=True)
class AsteriskLog:
    """A log file and its rotated files: ``asterisk.log.0`` is the newest, ``.1`` the one before."""

    file: Path
    most_bytes: int
    turn_over: Callable[[], None]
    """Makes Asterisk begin a new file and renumber the others."""

    def look(self) -> None:
        """Rotate the log if it is too large. Call this regularly.

        TemporarilyUnavailable: there is no management link.
        """
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
