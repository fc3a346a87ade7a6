"""The audit as auditors read it, and the log of who reads personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import AuditEntry, DataRead, Link, Proof
from ivr.domain.paging import Page
from ivr.domain.values import Msisdn


class Readings(Protocol):
    """The log of readings of personal data."""

    def note_read(self, actor: Actor, key: OperationKey, read: DataRead, at: datetime) -> None:
        """Write an entry, before the data is shown. The same key writes one.

        Raise KeyTaken if its entry is of another number.
        """
        ...


class AuditBook(Protocol):
    """The whole audit, newest first."""

    def list(
        self,
        most: int,
        after: str | None = None,
        *,
        since: datetime | None = None,
        actor: str | None = None,
        action: str | None = None,
        number: Msisdn | None = None,
    ) -> Page[AuditEntry]:
        """Return a page. ``actor`` as ``operator aygul``; ``action`` a Tag."""
        ...

    def check(self, noted: str | None = None) -> Proof:
        """Check the whole chain. ``noted``: a hash that must be in it."""
        ...

    def links(self, after: int, most: int) -> Sequence[Link]:
        """Return rows of the chain as stored, oldest first, after a position."""
        ...
