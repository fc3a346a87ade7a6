"""Announcements and releases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.content import Announcement, StoredRelease


class Announcements(Protocol):
    """Emergency announcements that operators switch on."""

    def newest(self) -> Announcement | None:
        """Return the announcement that was set last, even if it has expired."""
        ...

    def set(
        self, actor: Actor, key: OperationKey, announcement: Announcement, at: datetime
    ) -> None:
        """Make an announcement the newest, with an audit entry; ``actor`` is its author.

        With the key of one that is done: nothing changes.
        """
        ...


class Releases(Protocol):
    """The published releases, and which of them is live."""

    def publish(self, actor: Actor, key: OperationKey, document: str, at: datetime) -> int:
        """Keep a release and make it live; answers its number, one more than the newest.

        With the key of one that is done: its number, and nothing changes.
        """
        ...

    def published(self, key: OperationKey) -> int | None:
        """Return the number of the release that was published under a key."""
        ...

    def live(self) -> int | None:
        """Return the number of the live release; None before the first one."""
        ...

    def get(self, number: int) -> StoredRelease | None: ...

    def newest(self, most: int) -> Sequence[StoredRelease]:
        """Return up to ``most`` releases, newest first."""
        ...

    def point(self, actor: Actor, key: OperationKey, number: int, at: datetime) -> bool:
        """Make a kept release live (roll back or forward). False: no such release.

        With the key of one that is done: True, and nothing changes; KeyTaken: that one was of
        another release.
        """
        ...
