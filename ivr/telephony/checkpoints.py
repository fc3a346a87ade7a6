"""Checkpoints of calls: one small file per call in a folder of this machine.

The files outlive every process. Every checkpoint is sealed (``ivr.telephony.lock``): one that the
line did not write for this call is ignored.

A worker writes the checkpoint at every node. The worker that resumes the call reads it, also when
the call comes back from the agents' queue. Storing it on the channel costs ten times as much, and
the caller waits for that command before the next prompt. So the channel has the checkpoint only
if no file can be written.
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
"""Age at which a checkpoint is removed. Its call has ended: the caller hung up after the worker
died."""
_CALL = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
"""Ids of calls that may be file names."""
_END = b"\n"


class CheckpointStore:
    """Stores checkpoints for all workers of a line. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = os.fspath(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, call: str, checkpoint: str) -> bool:
        """Store a checkpoint; False: it cannot be stored here.

        One write overwrites the old checkpoint; a process that is killed makes it completely or not
        at all. The file is never truncated: the rest of a longer old checkpoint stays after the end
        of the line.
        """
        if not _CALL.fullmatch(call):
            return False
        try:
            file = os.open(self._path(call), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(file, checkpoint.encode() + _END)
            finally:
                os.close(file)
        except OSError as error:
            log.error("the checkpoint of a call cannot be written", reason=str(error.strerror))
            return False
        return True

    def read(self, call: str) -> str:
        """Return the checkpoint of a call; "" if there is none here."""
        if not _CALL.fullmatch(call):
            return ""
        try:
            with open(self._path(call), "rb") as stream:
                line, end, _ = stream.read().partition(_END)
        except OSError:
            return ""
        return line.decode("utf-8", "replace") if end else ""

    def forget(self, call: str) -> None:
        """Remove a checkpoint: the call is over, or the channel has it."""
        if _CALL.fullmatch(call):
            with suppress(OSError):
                os.unlink(self._path(call))

    def sweep(self) -> None:
        """Remove files of calls that ended in the queue, with an agent, or without a worker."""
        remove_old(self._folder, ABANDONED_SECONDS)

    def _path(self, call: str) -> str:
        return f"{self._folder}/{call}"


class CallCheckpoint:
    """The checkpoint of one call: in a file or, if none can be written, on the channel."""

    def __init__(
        self, checkpoints: CheckpointStore | None, call: str, on_channel: str, lock: PortLock
    ) -> None:
        """``on_channel`` is the checkpoint in the request; if there is one, it stays there."""
        self._call, self._lock = call, lock
        self._on_channel = lock.unseal(call, on_channel)
        self._store = None if self._on_channel else checkpoints

    def read(self) -> str:
        """Return the checkpoint; "" for a new call."""
        if self._store is None:
            return self._on_channel
        return self._lock.unseal(self._call, self._store.read(self._call))

    def keep(self, checkpoint: str) -> str:
        """Store a checkpoint; return the text to put on the channel, "" for none."""
        sealed = self._lock.seal(self._call, checkpoint)
        if self._store is not None:
            if self._store.write(self._call, sealed):
                return ""
            self.forget()
        self._on_channel = checkpoint
        return sealed

    def forget(self) -> None:
        """Remove the file and store no more checkpoints in it."""
        if self._store is not None:
            self._store.forget(self._call)
        self._store = None
