"""Where calls are: a small file for each in a folder of this machine, which outlives every process.

Every checkpoint is sealed (``ivr.telephony.lock``): one that the line did not write for this very
call is not believed, wherever it comes from.

A worker writes it at every node; the one that takes the call up reads it, also when it comes back
from the agents' queue. A command that makes Asterisk keep it costs ten times as much, and the
caller waits for it before the next prompt. So the channel has it only where no file can be written.
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


class CheckpointStore:
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
        """The call is over, or its checkpoint is on the channel."""
        if _CALL.fullmatch(call):
            with suppress(OSError):
                os.unlink(self._path(call))

    def sweep(self) -> None:
        """Forget the calls that ended in the queue, with an agent, or without a worker."""
        remove_old(self._folder, ABANDONED_SECONDS)

    def _path(self, call: str) -> str:
        return f"{self._folder}/{call}"


class PlaceOfCall:
    """The checkpoint of one call: in a file or, where none can be written, on the channel."""

    def __init__(
        self, places: CheckpointStore | None, call: str, on_channel: str, lock: PortLock
    ) -> None:
        """``on_channel`` is what the dialplan has sent: from then on the checkpoint stays there."""
        self._call, self._lock = call, lock
        self._on_channel = lock.unseal(call, on_channel)
        self._places = None if self._on_channel else places

    def read(self) -> str:
        """Where the call is; "" where it begins."""
        if self._places is None:
            return self._on_channel
        return self._lock.unseal(self._call, self._places.read(self._call))

    def keep(self, place: str) -> str:
        """Keep a checkpoint; answers what the channel is to have, "" for nothing."""
        sealed = self._lock.seal(self._call, place)
        if self._places is not None:
            if self._places.write(self._call, sealed):
                return ""
            self.forget()
        self._on_channel = place
        return sealed

    def forget(self) -> None:
        """The call is over. From now on nothing is kept in a file."""
        if self._places is not None:
            self._places.forget(self._call)
        self._places = None
