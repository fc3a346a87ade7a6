"""Fax by Asterisk: SendFAX on a channel of its own, its result in a file.

By a trunk the dialplan dials (``fax-send``), so that it knows why a call was not put through, and
follows no redirection. It writes the file of a try, which has its reference for a name, when the
call has ended. The file stays until it is forgotten, whatever happens to this process meanwhile.
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
"""Its near half goes through the dialplan, its far half waits."""
MACHINE = "Local/{number}@fax-machine/n"
"""The built-in fax machine, where no trunk is set: nothing leaves this Asterisk."""
START_MILLISECONDS = 10_000
"""How long the far half may take to answer; it does so at once."""
LEFT_SECONDS = 24 * 3600.0
FOLDERS = ("outgoing", "results", "received")
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,60}")


class Manager(Protocol):
    """The management link, as far as fax needs it."""

    connected: threading.Event

    def action(self, name: str, **fields: str) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class AsteriskFax(Fax):
    manager: Manager
    folder: Path
    """``outgoing`` in it has the pages of tries that go on, ``results`` what became of those that
    ended, ``received`` what the built-in machine took; Asterisk must see it there too."""
    has_trunk: bool = False
    """Whether faxes go out: IVR_FAX_TRUNK is set."""

    def ready(self) -> bool:
        return self.manager.connected.is_set()

    def send(self, reference: str, tiff: bytes, number: Msisdn) -> FaxAnswer | None:
        try:
            self._keep(self._file(reference), tiff)
        except OSError as error:
            why = f"{error.filename}: {error.strerror}"
            return FaxAnswer(FaxResult.FAILED, 0, why, FaxReason.NOT_DRAWN)
        self._result(reference).unlink(missing_ok=True)  # an earlier installation's
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


def _checked(reference: str) -> str:
    if not _REFERENCE.fullmatch(reference):
        raise ValueError(f"not the reference of a fax: {reference!r}")
    return reference
