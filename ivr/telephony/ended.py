"""Calls that began and ended in the front, for the journal: Asterisk leaves a line for each.

A file has the calls that ended in one second, by its name. It is renamed before it is read, so that
nothing is written into it any more, and removed when all of it is in the journal: read again after
a crash, it writes the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ivr import measures
from ivr.call import Call, Outcome
from ivr.flow.front import Way, keys_in
from ivr.flow.place import resume
from ivr.ports import Clock, Journal, Numbering
from ivr.telephony.front import ENDED, FrontFolder, Passed

log = structlog.get_logger()

SETTLE_SECONDS = 1
"""After its second and its renaming a file is still being written for so long, at most."""
MOST_WAITING = 2_000
"""As long as so much is not written yet, the rest stays where it is."""
_FILE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_LINE = re.compile(
    r"(?P<id>[\w.-]+)\|(?P<caller>[0-9+]*)\|(?P<dialled>[0-9+]*)"
    r"\|front-(?P<front>\w+)-(?P<language>\w*)\|s?(?P<way>[0-9*#]*)\|(?P<ended>[0-9]{1,12})",
    re.ASCII,
)


def begun_at(call: str) -> datetime | None:
    """When a channel was made, by its UNIQUEID (``ivr85d7af-1795828503.3833``); whole seconds."""
    seconds, _, number = call.rpartition("-")[2].partition(".")
    if not (seconds.isdecimal() and number.isdecimal() and len(seconds) <= 12):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


@dataclass
class EndedCalls:
    """Brings what calls left behind into the journal. Used by one thread."""

    folder: FrontFolder
    numbering: Numbering
    journal: Journal
    waiting: Callable[[], int]
    """How much of the journal is not written yet."""
    clock: Clock
    _read: list[Path] = field(default_factory=list)
    """What is in the journal, or on its way."""
    _fronts: dict[str, Mapping[str, Mapping[str, Passed]]] = field(default_factory=dict)

    def look(self) -> None:
        """To be called again and again. OSError where the folder cannot be read or written."""
        waiting = self.waiting()
        if not waiting:
            while self._read:
                self._read.pop().unlink(missing_ok=True)
        if waiting >= MOST_WAITING:
            return
        now = int(self.clock.now().timestamp())
        for file in sorted(self._files()):
            second, _, renamed = file.name.partition(".")
            if not renamed and int(second) < now:
                file.rename(file.with_name(f"{second}.{now}"))
            elif renamed and int(renamed) < now - SETTLE_SECONDS and file not in self._read:
                for call, ended in self._calls(file):
                    self._end(call, ended)
                self._read.append(file)

    def _files(self) -> Iterator[Path]:
        folder = self.folder.path / ENDED
        if folder.is_dir():
            yield from (each for each in folder.iterdir() if _FILE.fullmatch(each.name))

    def _calls(self, file: Path) -> Iterator[tuple[Call, datetime]]:
        for line in file.read_text("ascii", "replace").splitlines():
            found = _LINE.fullmatch(line)
            call = found and self._call(found)
            if found and call:
                yield call, datetime.fromtimestamp(int(found["ended"]), UTC)
            else:
                log.error("a call that ended in the front cannot be read")

    def _call(self, found: re.Match[str]) -> Call | None:
        keyed = keys_in(found["way"])
        begun = begun_at(found["id"])
        passed = self._passed(found["front"], found["language"], "".join(key for key, _ in keyed))
        if begun is None or passed is None:
            return None
        call = Call(
            found["id"], found["dialled"], begun, caller=self.numbering.parse(found["caller"])
        )
        call.node = resume(call, passed.place)
        call.path = Way(passed.asked, keyed).steps(begun, begun)
        return call

    def _passed(self, front: str, language: str, keys: str) -> Passed | None:
        """The last question on a way; its last key may lead out of the front."""
        try:
            if front not in self._fronts:
                self._fronts[front] = self.folder.read(front)
            questions = self._fronts[front][language]
        except KeyError:
            return None
        return questions.get(keys) or questions.get(keys[:-1])

    def _end(self, call: Call, ended: datetime) -> None:
        self.journal.end(call, Outcome.HUNG_UP, ended)
        spent = (ended - call.started).total_seconds()
        measures.call_ended(Outcome.HUNG_UP, call.language, call.goals, spent)
