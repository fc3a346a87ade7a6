"""Ages of the oldest calls, from Asterisk: monitoring must see a call that never ends."""

from __future__ import annotations

import threading

from ivr.care.worker import run_rounds
from ivr.errors import TemporarilyUnavailable
from ivr.telephony.ami import AmiLink, Event

LOOK_SECONDS = 30.0
TRUNK = "PJSIP/trunk"
"""Prefix of callers' channels."""
WHERE = ("line", "agent")


class CallAges:
    """Follows all channels over a management link with the right "reporting". Thread-safe reads."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link
        self._oldest: dict[str, int] = {}
        self._coming: dict[str, int] = {}
        link.listen_to(self._hear)

    @property
    def oldest(self) -> dict[str, int]:
        """Age in seconds of the oldest call in the ``line`` (menus and queue) and with an
        ``agent``; 0: there is none. Empty while the link is down."""
        return self._oldest if self._link.connected.is_set() else {}

    def follow(self, stop: threading.Event, every: float = LOOK_SECONDS) -> None:
        """Update ``oldest`` until ``stop``."""
        run_rounds("ages", self._look, stop, every)

    def _look(self) -> None:
        self._coming = dict.fromkeys(WHERE, 0)
        try:
            self._link.action("CoreShowChannels")
        except TemporarilyUnavailable:
            self._oldest = {}

    def _hear(self, name: str, event: Event) -> None:
        match name:
            case "CoreShowChannel" if event.get("Channel", "").startswith(TRUNK):
                where = "agent" if event.get("BridgeId") else "line"
                self._coming[where] = max(self._coming.get(where, 0), seconds(event["Duration"]))
            case "CoreShowChannelsComplete":
                self._oldest, self._coming = self._coming, dict.fromkeys(WHERE, 0)


def seconds(duration: str) -> int:
    """Parse Asterisk's ``HH:MM:SS`` into seconds. ValueError: it has another form."""
    hours, minutes, rest = map(int, duration.split(":"))
    return hours * 3600 + minutes * 60 + rest
