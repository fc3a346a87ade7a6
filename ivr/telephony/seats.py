"""The pool of seats: their names, and the file with their SIP passwords.

The passwords are made whenever Asterisk's configuration is rendered. The file is in the runtime
folder, which only the user of the line can read.
"""

from __future__ import annotations

import json
import os
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import TemporarilyUnavailable
from ivr.ports.contacts import SeatSecrets

FILE = "seats.json"
SECRET_BYTES = 24


def seat_names(count: int) -> tuple[str, ...]:
    """Return the names of the seats: ``seat-01`` …"""
    return tuple(f"seat-{number:02d}" for number in range(1, count + 1))


def make_secrets(run: Path, count: int) -> Mapping[str, str]:
    """Make new passwords for all seats and store them in the runtime folder."""
    made = {name: random.token_urlsafe(SECRET_BYTES) for name in seat_names(count)}
    fresh = run / f"{FILE}.new"
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(made, stream)
    fresh.replace(run / FILE)
    return made


@dataclass(frozen=True)
class StoredSeatSecrets(SeatSecrets):
    """Reads the passwords of the running Asterisk."""

    run: Path

    def secrets(self) -> Mapping[str, str]:
        """As SeatSecrets.secrets. Raise TemporarilyUnavailable if the file cannot be read."""
        try:
            found = json.loads((self.run / FILE).read_text())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise TemporarilyUnavailable(
                "asterisk", f"{self.run / FILE} cannot be read; restart `ivr up`"
            ) from None
        return {str(name): str(secret) for name, secret in found.items()}
