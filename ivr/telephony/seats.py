"""The pool of seats: their names, and the file with their secrets.

The secrets are made whenever Asterisk's configuration is rendered. The file is in the runtime
folder, which only the user of the line can read.
"""

from __future__ import annotations

import json
import os
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr.errors import TemporarilyUnavailable
from ivr.ports.contacts import SeatSecrets

FILE = "seats.json"
SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class MadeSeats:
    """The secrets of one start of Asterisk."""

    path: str = field(repr=False)
    """The first part of the path of Asterisk's HTTP server. Any page in a browser on this machine
    may open a websocket to it: this part keeps foreign pages out."""
    passwords: Mapping[str, str] = field(repr=False)
    """SIP passwords by seat."""


def seat_names(count: int) -> tuple[str, ...]:
    """Return the names of the seats: ``seat-01`` …"""
    return tuple(f"seat-{number:02d}" for number in range(1, count + 1))


def make_seats(run: Path, count: int) -> MadeSeats:
    """Make new secrets and store them in the runtime folder."""
    passwords = {name: random.token_urlsafe(SECRET_BYTES) for name in seat_names(count)}
    made = MadeSeats(random.token_hex(SECRET_BYTES), passwords)
    fresh = run / f"{FILE}.new"
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump({"path": made.path, "passwords": made.passwords}, stream)
    fresh.replace(run / FILE)
    return made


@dataclass(frozen=True)
class StoredSeatSecrets(SeatSecrets):
    """Reads the secrets of the running Asterisk."""

    run: Path
    bind: str
    """HOST:PORT of Asterisk's HTTP server."""

    def secrets(self) -> Mapping[str, str]:
        """As SeatSecrets.secrets. Raise TemporarilyUnavailable if the file cannot be read."""
        return self._made().passwords

    def websocket(self) -> str:
        """As SeatSecrets.websocket. Errors as in ``secrets``."""
        return f"ws://{self.bind}/{self._made().path}/ws"

    def _made(self) -> MadeSeats:
        try:
            found = json.loads((self.run / FILE).read_text())
            return MadeSeats(found["path"], found["passwords"])
        except FileNotFoundError:
            return MadeSeats("", {})
        except (OSError, ValueError, KeyError, TypeError):
            raise TemporarilyUnavailable(
                "asterisk", f"{self.run / FILE} cannot be read; restart `ivr up`"
            ) from None
