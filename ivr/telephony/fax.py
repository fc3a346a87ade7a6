"""Sends faxes by Asterisk: SendFAX on a separate channel, the result in a file.

Over a trunk the dialplan dials (``fax-send``): so it learns why a call failed, and follows no
redirection. When the call has ended, it writes the result file, named after the try's reference.
The file stays until ``forget``, even if this process ends meanwhile.
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

from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult
from ivr.domain.values import Msisdn
from ivr.ports.fax import Fax
from ivr.telephony.faxresults import LONGEST_DETAIL, read_result

BY_TRUNK = "Local/hold@fax-send/n"
"""Channel whose near half runs through the dialplan while its far half waits."""
MACHINE = "Local/{number}@fax-machine/n"
"""The built-in fax machine, used if no trunk is set: nothing leaves this Asterisk."""
START_MILLISECONDS = 10_000
"""Time limit for the far half to answer; it normally answers at once."""
LEFT_SECONDS = 24 * 3600.0
FOLDERS = ("outgoing", "results", "received")
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,60}")


class Manager(Protocol):
    """The part of the management link that fax needs."""

    connected: threading.Event

    def action(self, name: str, **fields: str) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class AsteriskFax(Fax):
    manager: Manager
    folder: Path
    """Contains ``outgoing`` (pages of tries in progress), ``results`` (results of ended tries) and
    ``received`` (faxes of the built-in machine). Asterisk must see it under the same path."""
    has_trunk: bool = False
    """Whether faxes leave this machine: IVR_FAX_TRUNK is set."""

    def ready(self) -> bool:
        return self.manager.connected.is_set()

    def send(self, reference: str, tiff: bytes, number: Msisdn) -> FaxAnswer | None:
        try:
            self._keep(self._file(reference), tiff)
        except OSError as error:
            why = f"{error.filename}: {error.strerror}"
            return FaxAnswer(FaxResult.FAILED, 0, why, FaxReason.NOT_DRAWN)
        self._result(reference).unlink(missing_ok=True)  # left by an earlier installation
        said = self.manager.action(
            "Originate",
            Channel=BY_TRUNK if self.has_trunk else MACHINE.format(number=number),
            Context="fax-send" if self.has_trunk else "fax-page",
            Exten=number if self.has_trunk else "s",
            Priority="1",
            CallerID="0890 <0890>",
            Timeout=str(START_MILLISECONDS),
            Variable=f"IVR_FAX={reference}",
            Async="true",
        )
        if said["Response"] == "Success":
            return None
        why = said.get("Message", "")[:LONGEST_DETAIL]
        return FaxAnswer(FaxResult.UNREACHED, 0, why, FaxReason.UNAVAILABLE)

    def _keep(self, file: Path, tiff: bytes) -> None:
        for folder in (self.folder, *(self.folder / name for name in FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in file.parent.glob("*.tif"):  # left by a worker that died
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


def _checked(reference: str) -> str:
    if not _REFERENCE.fullmatch(reference):
        raise ValueError(f"not the reference of a fax: {reference!r}")
    return reference
