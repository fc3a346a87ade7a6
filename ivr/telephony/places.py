"""Where calls are: a small file for each in a folder of this machine, which outlives every process.

Every checkpoint is sealed, in its file and on its channel (``ivr.telephony.lock``): one that the
line did not write for this very call is not believed, wherever it comes from.

A worker writes it at every node; the one that takes the call up reads it. A command that makes
Asterisk keep it costs ten times as much, and the caller waits for it before the next prompt. The
channel has a place too, from when the language was chosen and from when the call went to an agent:
the dialplan needs the language where no line takes the call.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

import structlog

from ivr.telephony.folders import remove_old
from ivr.telephony.lock import PortLock

log = structlog.get_logger()

ABANDONED_SECONDS = 12 * 3600.0
"""After so long nobody is in a call any more: its worker died, and then its caller hung up."""
_CALL = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
"""Ids of calls that can be names of files."""
_END = b"\n"


class Places:
    """One for all workers of a line. May be used from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = os.fspath(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, call: str, place: str) -> bool:
        """Keep where a call is; False: it cannot be kept here.

        What was there is overwritten by one write, which a killed process makes wholly or not at
        all, and never cut: of a longer one, the rest stays behind the end of the line.
        """
        if not _CALL.fullmatch(call):
            return False
        try:
            file = os.open(self._path(call), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(file, place.encode() + _END)
            finally:
                os.close(file)
        except OSError as error:
            log.error("the place of a call is not kept in its folder", reason=str(error.strerror))
            return False
        return True

    def read(self, call: str) -> str:
        """Where a call is; "" if it is not known here."""
        if not _CALL.fullmatch(call):
            return ""
        try:
            with open(self._path(call), "rb") as stream:
                line, end, _ = stream.read().partition(_END)
        except OSError:
            return ""
        return line.decode("utf-8", "replace") if end else ""

    def forget(self, call: str) -> None:
        """The call is over, or Asterisk has its place."""
        if _CALL.fullmatch(call):
            with suppress(OSError):
                os.unlink(self._path(call))

    def sweep(self) -> None:
        """Forget the calls that nobody took up."""
        remove_old(self._folder, ABANDONED_SECONDS)

    def _path(self, call: str) -> str:
        return f"{self._folder}/{call}"


class PlaceOfCall:
    """The place of one call: in the folder, if there is one, and on its channel; sealed in both."""

    def __init__(self, places: Places | None, call: str, on_channel: str, lock: PortLock) -> None:
        """``on_channel`` is what the dialplan has sent."""
        self._places, self._call, self._lock = places, call, lock
        self._on_channel = lock.unseal(call, on_channel)
        self._last = ""

    def read(self) -> str:
        """Where the call is; "" where it begins."""
        return self._kept() or self._on_channel

    @property
    def is_kept(self) -> bool:
        """Whether a worker has written it down."""
        return bool(self._kept())

    def keep(self, place: str) -> str:
        """Keep a place; answers what the channel is to have, "" if nothing."""
        sealed = self._lock.seal(self._call, place)
        if self._places is not None and self._places.write(self._call, sealed):
            self._last = place
            if _language(place) == _language(self._on_channel):
                return ""
        self._on_channel = place
        return sealed

    def hand_over(self) -> str:
        """What the channel is to have before the dialplan goes on; "" if it has it already."""
        last, self._last = self._last, ""
        return "" if last == self._on_channel else self._lock.seal(self._call, last)

    def forget(self) -> None:
        """The call is over, or its channel has the place. From now on nothing is kept here."""
        if self._places is not None:
            self._places.forget(self._call)
        self._places = None

    def _kept(self) -> str:
        return self._lock.unseal(self._call, self._places.read(self._call)) if self._places else ""


def _language(place: str) -> str:
    """What a place begins with once a language is chosen."""
    head = place.partition("&")[0]
    return head if head.startswith("language=") else ""
