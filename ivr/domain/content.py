"""Announcements and releases, as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.values import Language


@dataclass(frozen=True, slots=True)
class Announcement:
    """A text that every caller hears before the menu, until ``until``."""

    words: Mapping[Language, str]
    until: datetime
    author: str = ""


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A published release with everything that callers can hear. Immutable."""

    number: int
    author: str
    published: datetime
    document: str
    """JSON: the flow, the texts of every language, the audio by content hash, the
    catalogue."""
