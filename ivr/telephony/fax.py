"""Fax by Asterisk: SendFAX on a channel of its own, its result kept in Asterisk's own database.

The dialplan writes the result of a try under its reference when the call ends (the ``h``
extension: the other side hangs up first), or when it was never answered (``failed``). It stays
there until it is fetched, whatever happens to this process meanwhile.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ivr.ports.fax import FaxAnswer, FaxResult
from ivr.telephony.ami import Event, Listener
from ivr.values import Msisdn

MACHINE = "Local/{number}@fax-machine/n"
"""The built-in fax machine, where no trunk is set: nothing leaves this Asterisk."""
ANSWER_MILLISECONDS = 60_000
"""How long the other side may ring."""
FAMILY = "fax"
"""Where the dialplan keeps results."""
LONGEST_DETAIL = 200
EVENT_SECONDS = 3.0
LEFT_SECONDS = 24 * 3600.0
REASONS = {
    "0": "no such number, or no way to it",
    "1": "it could not be called",
    "3": "nobody answered",
    "5": "busy",
    "8": "no free line",
}
"""What Asterisk's REASON says of a call that was not answered (ast_control_frame_type)."""
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,60}")


class Manager(Protocol):
    """The management link, as far as fax needs it."""

    connected: threading.Event

    def listen_to(self, listener: Listener) -> None: ...

    def action(self, name: str, **fields: str) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class AsteriskFax:
    """Implements ``ivr.ports.fax.Fax``."""

    manager: Manager
    folder: Path
    """``outgoing`` in it has the pages of tries that go on, ``received`` what the built-in machine
    took; Asterisk must see it there too."""
    trunk: str = ""
    """How a number is dialled: ``PJSIP/trunk/sip:{number}@10.0.0.5``; empty: the built-in one."""
    _kept: dict[str, str] = field(default_factory=dict)
    _told: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.manager.listen_to(self._hear)

    def ready(self) -> bool:
        return self.manager.connected.is_set()

    def send(self, reference: str, tiff: bytes, number: Msisdn) -> FaxAnswer | None:
        try:
            self._keep(self._file(reference), tiff)
        except OSError as error:
            return FaxAnswer(FaxResult.FAILED, 0, f"{error.filename}: {error.strerror}")
        self._drop(reference)  # a result that an earlier installation may have left
        said = self.manager.action(
            "Originate",
            Channel=(self.trunk or MACHINE).replace("{number}", number),
            Context="fax-send",
            Exten="s",
            Priority="1",
            CallerID="0890 <0890>",
            Timeout=str(ANSWER_MILLISECONDS),
            Variable=f"IVR_FAX={reference}",
            Async="true",
        )
        if said["Response"] == "Success":
            return None
        return FaxAnswer(FaxResult.UNREACHED, 0, said.get("Message", "")[:LONGEST_DETAIL])

    def _keep(self, file: Path, tiff: bytes) -> None:
        for folder in (self.folder, file.parent, self.folder / "received"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in file.parent.glob("*.tif"):  # by a worker that died before it could forget
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                left.unlink(missing_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(tiff)

    def result(self, reference: str) -> FaxAnswer | None:
        with self._told:
            self._kept.pop(reference, None)
        said = self.manager.action("DBGet", Family=FAMILY, Key=_checked(reference))
        if said["Response"] != "Success":
            return None
        with self._told:
            self._told.wait_for(lambda: reference in self._kept, EVENT_SECONDS)
            kept = self._kept.pop(reference, "")
        return read_result(kept) if kept else None

    def forget(self, reference: str) -> None:
        self._file(reference).unlink(missing_ok=True)
        self._drop(reference)

    def _drop(self, reference: str) -> None:
        # DBDel would put a warning into Asterisk's log where there is nothing.
        self.manager.action("DBDelTree", Family=FAMILY, Key=_checked(reference))

    def _hear(self, name: str, event: Event) -> None:
        """DBGet's answer comes as an event of its own, behind the response."""
        if name == "DBGetResponse" and event.get("Family") == FAMILY:
            with self._told:
                self._kept[event.get("Key", "")] = event.get("Val", "")
                self._told.notify_all()

    def _file(self, reference: str) -> Path:
        return self.folder / "outgoing" / f"{_checked(reference)}.tif"


def read_result(kept: str) -> FaxAnswer:
    """What the dialplan kept: ``SUCCESS|1|OK``, ``FAILED|0|HANGUP …`` or ``UNREACHED|5``."""
    status, _, rest = kept.partition("|")
    if status == "UNREACHED":
        return FaxAnswer(FaxResult.UNREACHED, 0, REASONS.get(rest, f"reason {rest}"))
    pages, _, detail = rest.partition("|")
    result = FaxResult.SENT if status == "SUCCESS" else FaxResult.FAILED
    count = int(pages) if pages.isdecimal() else 0
    # After a success the words are about the call's end: "HANGUP".
    words = "" if result is FaxResult.SENT else detail.strip()[:LONGEST_DETAIL]
    return FaxAnswer(result, count, words)


def _checked(reference: str) -> str:
    if not _REFERENCE.fullmatch(reference):
        raise ValueError(f"not the reference of a fax: {reference!r}")
    return reference
