"""What callers hear, as it is stored: announcements and releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.values import Language


@dataclass(frozen=True, slots=True)
class Announcement:
    """What every caller hears before the menu, until its time."""

    words: Mapping[Language, str]
    until: datetime
    author: str = ""


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A published release: everything that a caller can meet, immutable."""

    number: int
    author: str
    published: datetime
    document: str
    """JSON: the flow, the texts of every language, the audio by content hash, the
    catalogue."""
