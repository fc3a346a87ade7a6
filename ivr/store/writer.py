"""The journal's writer: calls queue their entries here, and one thread writes them.

Many calls share a transaction, and no call waits for the database. During an outage up to MOST
entries are kept; beyond that the oldest are dropped, and the log gives their count. A killed
process loses the entries of at most one second. They contain no orders and no identification
attempts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from datetime import datetime
from itertools import islice

import structlog

from ivr.domain.call import Call, CallOutcome
from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.ports.care import Callers
from ivr.ports.journal import Journal
from ivr.store.callers import StoredCallers
from ivr.store.journal import StoredJournal
from ivr.store.snapshots import (
    AgentEventRow,
    CallerLanguage,
    CallSnapshot,
    JournalWrite,
    SnapshotWriter,
)

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds that entries wait to share a transaction with others."""
BATCH = 200
"""Entries of a full batch, which is written without waiting for PAUSE."""
MOST = 10_000
"""Most entries kept during an outage of the database."""
AGAIN = 0.05
"""Seconds between two tries during an outage: an open breaker fails immediately."""
LAST_SECONDS = 3.0
"""Limit in seconds for writing the remaining entries when a process ends."""


class JournalWriter(Journal, Callers):
    """The journal and the callers' languages, written in the background. Thread-safe."""

    def __init__(self, journal: StoredJournal, callers: StoredCallers, most: int = MOST) -> None:
        self._journal, self._callers = journal, callers
        self._most = most
        self._snapshots = SnapshotWriter()
        self._kept: dict[Hashable, JournalWrite] = {}
        """Entries in order of arrival; the end of a call replaces its beginning."""
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closing = self._is_away = False
        self._dropped = 0

    def begin(self, call: Call) -> None:
        self._put(self._snapshots.begin(call))

    def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
        self._put(self._snapshots.end(call, outcome, at))

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        self._put(AgentEventRow(call, event, agent, at), replaces=False)

    def language(self, caller: Msisdn) -> Language | None:
        entry = self._kept.get((CallerLanguage, caller))
        return (
            entry.language if isinstance(entry, CallerLanguage) else self._callers.language(caller)
        )

    def remember(self, caller: Msisdn, language: Language) -> None:
        self._put(CallerLanguage(caller, language))

    @property
    def waiting(self) -> int:
        """Entries that are not written yet."""
        with self._changed:
            return len(self._kept)

    def close(self, seconds: float = LAST_SECONDS) -> None:
        """Write what is left, in at most ``seconds``. The writer can be used again afterwards."""
        with self._changed:
            self._is_closing, thread = True, self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(seconds)
        with self._changed:
            self._is_closing = False
            if self._kept:
                log.error(
                    "an entry is lost to the journal: the database is unreachable",
                    lost=len(self._kept),
                )

    def _put(self, entry: JournalWrite, *, replaces: bool = True) -> None:
        key = type(entry), entry.key
        with self._changed:
            if replaces or key not in self._kept:
                self._kept[key] = entry
            if len(self._kept) > self._most:
                self._drop()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()
            elif len(self._kept) in (1, BATCH):
                self._changed.notify_all()

    def _drop(self) -> None:
        del self._kept[next(iter(self._kept))]
        self._dropped += 1

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._write(batch)
            except TemporarilyUnavailable as error:
                self._wait(str(error))
            else:
                self._written(batch)

    def _next(self) -> dict[Hashable, JournalWrite]:
        """Wait for the next batch; empty: nothing is left and the writer is closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._kept or self._is_closing)
            self._changed.wait_for(self._is_due, PAUSE)
            if not self._kept:
                self._thread = None
            return dict(islice(self._kept.items(), BATCH))

    def _is_due(self) -> bool:
        return self._is_closing or (len(self._kept) >= BATCH and not self._is_away)

    def _write(self, batch: dict[Hashable, JournalWrite]) -> None:
        try:
            self._journal.write(list(batch.values()))
        except TemporarilyUnavailable:
            raise
        except Exception:  # one entry cannot be written: it must not block the others
            for entry in batch.values():
                self._write_alone(entry)

    def _write_alone(self, entry: JournalWrite) -> None:
        try:
            self._journal.write([entry])
        except TemporarilyUnavailable:
            raise
        except Exception:
            call = entry.state["id"] if isinstance(entry, CallSnapshot) else ""
            log.exception("an entry of the journal cannot be written", call=call)

    def _wait(self, reason: str) -> None:
        with self._changed:
            fresh, self._is_away = not self._is_away, True
        if fresh:
            log.warning("the journal is kept until the database is back", reason=reason)
        time.sleep(AGAIN)

    def _written(self, batch: dict[Hashable, JournalWrite]) -> None:
        with self._changed:
            for key, entry in batch.items():
                if self._kept.get(key) is entry:  # not replaced in the meantime
                    del self._kept[key]
            was_away, self._is_away = self._is_away, False
            dropped, self._dropped = self._dropped, 0
        if dropped:
            log.error(
                "entries are lost to the journal: the database was unreachable for too long",
                lost=dropped,
            )
        elif was_away:
            log.info("the journal is written again")
