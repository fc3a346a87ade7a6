"""Announcements and releases in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.content import Announcement, StoredRelease
from ivr.errors import KeyTaken
from ivr.ports.content import Announcements, Releases


@dataclass
class MemoryAnnouncements(Announcements):
    """Announcements in the order in which they were set."""

    kept: list[Announcement] = field(default_factory=list)
    keys: set[OperationKey] = field(default_factory=set)

    def newest(self) -> Announcement | None:
        return self.kept[-1] if self.kept else None

    def set(
        self, actor: Actor, key: OperationKey, announcement: Announcement, at: datetime
    ) -> None:
        if key not in self.keys:
            self.keys.add(key)
            self.kept.append(dataclasses.replace(announcement, author=str(actor)))


@dataclass
class MemoryReleases(Releases):
    """Releases in the order of their numbers."""

    kept: list[StoredRelease] = field(default_factory=list)
    pointer: int | None = None
    keys: dict[OperationKey, int] = field(default_factory=dict)
    """The releases that were published, by key."""
    points: dict[OperationKey, int] = field(default_factory=dict)

    def publish(self, actor: Actor, key: OperationKey, document: str, at: datetime) -> int:
        if key in self.keys:
            return self.keys[key]
        self.kept.append(StoredRelease(len(self.kept) + 1, str(actor), at, document))
        self.pointer = self.keys[key] = len(self.kept)
        return self.pointer

    def published(self, key: OperationKey) -> int | None:
        return self.keys.get(key)

    def live(self) -> int | None:
        return self.pointer

    def get(self, number: int) -> StoredRelease | None:
        return self.kept[number - 1] if 0 < number <= len(self.kept) else None

    def newest(self, most: int) -> Sequence[StoredRelease]:
        return self.kept[::-1][:most]

    def point(self, actor: Actor, key: OperationKey, number: int, at: datetime) -> bool:
        if key in self.points:
            if self.points[key] != number:
                raise KeyTaken
            return True
        if self.get(number) is None:
            return False
        self.pointer = number
        self.points[key] = number
        return True
