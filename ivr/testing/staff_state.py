"""The state of the users in memory, and one transaction at a time over it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.audit import (
    AuditEntry,
)
from ivr.domain.staff import (
    LoginTry,
    OneTimeToken,
    Passkey,
    StaffSession,
    User,
)
from ivr.domain.values import Secret


@dataclass
class Row:
    user: User
    seen: datetime | None = None
    password: str | None = None
    totp: Secret | None = None
    step: int = 0
    codes: set[str] = field(default_factory=set)


@dataclass
class _State:
    """Everything, so that a transaction can take it back."""

    rows: dict[int, Row] = field(default_factory=dict)
    passkeys: list[Passkey] = field(default_factory=list)
    sessions: dict[str, StaffSession] = field(default_factory=dict)
    """By the hashes of their tokens."""
    tokens: dict[str, OneTimeToken] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    """Tries of tokens."""
    tries: list[tuple[LoginTry, datetime]] = field(default_factory=list)
    devices: dict[tuple[int, str], datetime] = field(default_factory=dict)
    entries: list[AuditEntry] = field(default_factory=list)
    newest: int = 0
    """The newest id of a session or passkey."""


class StaffState:
    """The state, and one transaction at a time over it."""

    def __init__(self) -> None:
        self.state = _State()
        self.lock = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock:
            before = copy.deepcopy(self.state)
            try:
                yield
            except BaseException:
                self.state = before
                raise

    @property
    def entries(self) -> Sequence[AuditEntry]:
        """The audit, oldest first."""
        return self.state.entries
