"""Announcements and releases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.content import Announcement, StoredRelease


class Announcements(Protocol):
    """Emergency announcements that operators switch on."""

    def newest(self) -> Announcement | None:
        """Return the announcement that was set last, even if it has expired."""
        ...

    def set(self, announcement: Announcement, at: datetime) -> None:
        """Make an announcement the newest, with an audit entry."""
        ...


class Releases(Protocol):
    """The published releases, and which of them is live."""

    def publish(self, document: str, author: str, at: datetime) -> int:
        """Store a release and make it live; return its number, one more than the newest."""
        ...

    def live(self) -> int | None:
        """Return the number of the live release; None before the first one."""
        ...

    def get(self, number: int) -> StoredRelease | None: ...

    def newest(self, most: int) -> Sequence[StoredRelease]:
        """Return up to ``most`` releases, newest first."""
        ...

    def point(self, number: int, author: str, at: datetime) -> bool:
        """Make a stored release live (roll back or forward). False: no such release."""
        ...
