"""Calls that no worker had, for the journal: Asterisk leaves a line for each.

They ended in the front, or were one too many: then they went to the agents at once, or were refused
before they were answered (as is one too many of the same number). Those are counted, and not in the
journal.

A file has the calls that ended in one second, by its name. It is renamed before it is read, so that
nothing is written into it any more, and removed when all of it is in the journal: read again after
a crash, it writes the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ivr import metrics
from ivr.domain.call import Call, Outcome
from ivr.domain.values import Language, Msisdn
from ivr.flow.front import Way, keys_in
from ivr.flow.place import resume
from ivr.ports.care import Numbering
from ivr.ports.clock import Clock
from ivr.ports.journal import Journal
from ivr.telephony import lock
from ivr.telephony.front import ENDED, STRANGERS, FrontFolder, Passed

log = structlog.get_logger()

SETTLE_SECONDS = 1
"""After its second and its renaming a file is still being written for so long, at most."""
MOST_WAITING = 2_000
"""As long as so much is not written yet, the rest stays where it is."""
UNANSWERED = {"refused": "unanswered", "again": "caller"}
"""Calls that were not answered, and what they are counted as."""
_FILE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_LINE = re.compile(
    r"(?P<id>[\w.-]+)\|(?P<caller>[0-9+]*)\|(?P<dialled>[0-9+]*)"
    r"\|(?:front-(?P<front>\w+)|(?P<kind>full|refused|again)-(?P<most>[0-9]+))-(?P<language>\w*)"
    r"\|s?(?P<way>[0-9*#]*)\|(?P<ended>[0-9]{1,11})",
    re.ASCII,
)


def begun_at(call: str) -> datetime | None:
    """When a channel was made, by its UNIQUEID; whole seconds."""
    second = lock.begun_at(call)
    return None if second is None else datetime.fromtimestamp(second, UTC)


@dataclass
class EndedCalls:
    """Brings what calls left behind into the journal. Used by one thread."""

    folder: FrontFolder
    numbering: Numbering
    journal: Journal
    waiting: Callable[[], int]
    """How much of the journal is not written yet."""
    clock: Clock
    most_calls: int
    """The bound while the processors have room: it is lower while they have not."""
    remember: Callable[[Msisdn, Language], None]
    """Is told the language that somebody chose who was asked for it."""
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
                self._take(file)
                self._read.append(file)

    def _files(self) -> Iterator[Path]:
        folder = self.folder.path / ENDED
        if folder.is_dir():
            yield from (each for each in folder.iterdir() if _FILE.fullmatch(each.name))

    def _take(self, file: Path) -> None:
        for line in file.read_text("ascii", "replace").splitlines():
            found = _LINE.fullmatch(line)
            begun = begun_at(found["id"]) if found else None
            if found is None or begun is None or not self._end(found, begun):
                log.error("a call that no worker had cannot be read")

    def _end(self, found: re.Match[str], begun: datetime) -> bool:
        """Close a call in the journal. False: there is no such front, or no such way in it."""
        if found["kind"] in UNANSWERED:
            metrics.call_refused(UNANSWERED[found["kind"]])
            return True
        ended = datetime.fromtimestamp(int(found["ended"]), UTC)
        call = Call(
            found["id"], found["dialled"], begun, caller=self.numbering.parse(found["caller"])
        )
        if found["kind"]:
            self._send_away(call, found, ended)
            return True
        keyed = keys_in(found["way"])
        passed = self._passed(found["front"], found["language"], "".join(key for key, _ in keyed))
        if passed is None:
            return False
        call.node = resume(call, passed.place)
        call.path = Way(passed.asked, keyed).steps(begun)
        if found["language"] == STRANGERS and call.caller and call.language:
            self.remember(call.caller, call.language)
        self.journal.end(call, Outcome.HUNG_UP, ended)
        spent = (ended - begun).total_seconds()
        metrics.call_ended(Outcome.HUNG_UP, call.language, call.goals, spent)
        return True

    def _send_away(self, call: Call, found: re.Match[str], ended: datetime) -> None:
        """It was one too many, and went to the agents."""
        with suppress(ValueError):
            call.language = Language(found["language"])
        call.reason = "overload"
        self.journal.end(call, Outcome.AGENT, ended)
        metrics.call_refused("cpu" if int(found["most"]) < self.most_calls else "max-calls")

    def _passed(self, front: str, language: str, keys: str) -> Passed | None:
        """The last question on a way; its last key may lead out of the front."""
        try:
            if front not in self._fronts:
                self._fronts[front] = self.folder.read(front)
            questions = self._fronts[front][language]
        except KeyError:
            return None
        return questions.get(keys) or questions.get(keys[:-1])
