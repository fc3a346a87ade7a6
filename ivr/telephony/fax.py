"""Fax by Asterisk: SendFAX on a channel of its own, its result in a file.

The dialplan writes the file of a try, which has its reference for a name, when the call ends (the
``h`` extension: the other side hangs up first), or when it was never answered (``failed``). It
stays until it is forgotten, whatever happens to this process meanwhile.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ivr.ports.fax import FaxAnswer, FaxResult
from ivr.values import Msisdn

MACHINE = "Local/{number}@fax-machine/n"
"""The built-in fax machine, where no trunk is set: nothing leaves this Asterisk."""
ANSWER_MILLISECONDS = 60_000
"""How long the other side may ring."""
LONGEST_DETAIL = 200
LEFT_SECONDS = 24 * 3600.0
FOLDERS = ("outgoing", "results", "received")
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

    def action(self, name: str, **fields: str) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class AsteriskFax:
    """Implements ``ivr.ports.fax.Fax``."""

    manager: Manager
    folder: Path
    """``outgoing`` in it has the pages of tries that go on, ``results`` what became of those that
    ended, ``received`` what the built-in machine took; Asterisk must see it there too."""
    trunk: str = ""
    """How a number is dialled: ``PJSIP/trunk/sip:{number}@10.0.0.5``; empty: the built-in one."""

    def ready(self) -> bool:
        return self.manager.connected.is_set()

    def send(self, reference: str, tiff: bytes, number: Msisdn) -> FaxAnswer | None:
        try:
            self._keep(self._file(reference), tiff)
        except OSError as error:
            return FaxAnswer(FaxResult.FAILED, 0, f"{error.filename}: {error.strerror}")
        self._result(reference).unlink(missing_ok=True)  # an earlier installation's
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
        for folder in (self.folder, *(self.folder / name for name in FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in file.parent.glob("*.tif"):  # by a worker that died before it could forget
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                left.unlink(missing_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(tiff)

    def result(self, reference: str) -> FaxAnswer | None:
        try:
            kept = self._result(reference).read_text("utf-8", "replace")
        except FileNotFoundError:
            return None
        return read_result(kept) if kept else None

    def forget(self, reference: str) -> None:
        self._file(reference).unlink(missing_ok=True)
        self._result(reference).unlink(missing_ok=True)

    def _result(self, reference: str) -> Path:
        return self.folder / "results" / _checked(reference)

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
