"""The journal that no call waits for: many calls at once, kept while the database is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
import structlog

from ivr.domain.call import Call, CallOutcome
from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.store import Store, open_database
from ivr.store.journal import StoredJournal
from ivr.store.snapshots import CallSnapshot, JournalWrite
from ivr.store.writer import BATCH, JournalWriter
from tests.postgres import Postgres
from tests.store.rows import PEPPER
from tests.waiting import until

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CALLER = Msisdn("99361000000")
SECONDS = 20.0


class Ledger(StoredJournal):
    """Keeps each transaction, or is away. ``refused``: a call that can never be written."""

    def __init__(self, refused: str = "") -> None:
        self.written: list[Sequence[JournalWrite]] = []
        self.away = threading.Event()
        self.tried = threading.Event()
        self.refused = refused

    def write(self, entries: Sequence[JournalWrite]) -> None:
        self.tried.set()
        if self.away.is_set():
            raise TemporarilyUnavailable("database")
        if self.refused in calls_of([entries]):
            raise ValueError(self.refused)
        self.written.append(entries)


def calls_of(transactions: Sequence[Sequence[JournalWrite]]) -> list[str]:
    return [
        entry.state["id"]
        for entries in transactions
        for entry in entries
        if isinstance(entry, CallSnapshot)
    ]


def call(id: str) -> Call:
    return Call(id, "0890", NOW)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def writer(ledger: Ledger, store: Store) -> Iterator[JournalWriter]:
    writer = JournalWriter(ledger, store.callers, most=3 * BATCH)
    yield writer
    writer.close(SECONDS)


class TestInMemory:
    @pytest.fixture
    def url(self) -> str:
        """Nothing is asked of it."""
        return "sqlite:////nowhere/ivr.sqlite"

    def test_calls_are_written_by_themselves_and_together(
        self, ledger: Ledger, writer: JournalWriter
    ) -> None:
        for index in range(20):
            writer.begin(call(f"c{index}"))
        until(lambda: len(calls_of(ledger.written)) == 20)
        assert len(ledger.written) < 20

    def test_a_call_that_is_over_before_it_was_written_is_one_entry(
        self, ledger: Ledger, writer: JournalWriter
    ) -> None:
        ledger.away.set()
        writer.begin(call("c1"))
        writer.end(call("c1"), CallOutcome.ENDED, NOW)
        assert writer.waiting == 1
        ledger.away.clear()
        writer.close(SECONDS)
        assert [
            entry.state["outcome"]
            for entry in ledger.written[-1]
            if isinstance(entry, CallSnapshot)
        ]
        assert set(calls_of(ledger.written)) == {"c1"}

    def test_what_cannot_be_written_is_kept_in_its_order_until_it_can(
        self, ledger: Ledger, writer: JournalWriter
    ) -> None:
        ledger.away.set()
        writer.begin(call("c1"))
        assert ledger.tried.wait(SECONDS)
        writer.begin(call("c2"))
        writer.end(call("c1"), CallOutcome.ENDED, NOW)
        ledger.away.clear()
        writer.close(SECONDS)
        written = calls_of(ledger.written)
        assert written.index("c1") < written.index("c2")
        assert writer.waiting == 0

    def test_over_the_bound_the_oldest_are_dropped_and_counted(
        self, ledger: Ledger, writer: JournalWriter
    ) -> None:
        ledger.away.set()
        with structlog.testing.capture_logs() as logs:
            for index in range(3 * BATCH + 7):
                writer.begin(call(f"c{index}"))
            assert writer.waiting == 3 * BATCH
            ledger.away.clear()
            writer.close(SECONDS)
        assert sorted(calls_of(ledger.written)) == sorted(f"c{i}" for i in range(7, 3 * BATCH + 7))
        assert [line["lost"] for line in logs if "for too long" in line["event"]] == [7]

    def test_the_end_of_the_process_writes_what_is_left(
        self, ledger: Ledger, writer: JournalWriter
    ) -> None:
        for index in range(2 * BATCH + 1):
            writer.begin(call(f"c{index}"))
        writer.close(SECONDS)
        assert len(calls_of(ledger.written)) == 2 * BATCH + 1

    def test_the_end_of_the_process_does_not_wait_for_what_is_gone(
        self, ledger: Ledger, writer: JournalWriter
    ) -> None:
        ledger.away.set()
        writer.begin(call("c1"))
        with structlog.testing.capture_logs() as logs:
            writer.close(0.1)
        ledger.away.clear()
        assert [line["lost"] for line in logs if "database is unreachable" in line["event"]] == [1]

    def test_an_entry_that_cannot_be_written_keeps_no_other_back(self, store: Store) -> None:
        ledger = Ledger(refused="c1")
        writer = JournalWriter(ledger, store.callers)
        with structlog.testing.capture_logs() as logs:
            for id in ("c0", "c1", "c2"):
                writer.begin(call(id))
            writer.close(SECONDS)
        assert set(calls_of(ledger.written)) == {"c0", "c2"}
        assert [line["call"] for line in logs if "cannot be written" in line["event"]] == ["c1"]

    def test_a_language_is_known_before_it_is_written(
        self, ledger: Ledger, writer: JournalWriter
    ) -> None:
        ledger.away.set()
        writer.remember(CALLER, Language.TURKMEN)
        writer.remember(CALLER, Language.RUSSIAN)
        assert ledger.tried.wait(SECONDS)
        assert writer.language(CALLER) is Language.RUSSIAN
        ledger.away.clear()

    def test_what_the_queue_did_first_is_what_is_written(
        self, ledger: Ledger, writer: JournalWriter
    ) -> None:
        ledger.away.set()
        for _ in range(2):
            writer.agent("c1", "connected", "agent1", NOW)
        assert writer.waiting == 1
        ledger.away.clear()


class TestStored:
    def test_all_that_calls_leave_is_in_the_database(self, store: Store) -> None:
        writer = JournalWriter(store.journal, store.callers)
        for index in range(BATCH + 1):
            writer.begin(call(f"c{index}"))
            writer.end(call(f"c{index}"), CallOutcome.ENDED, NOW)
        writer.agent("c1", "connected", "agent1", NOW)
        writer.remember(CALLER, Language.RUSSIAN)
        writer.close(SECONDS)
        records = store.journal.newest(1000)
        assert len(records) == BATCH + 1
        assert {record.outcome for record in records} == {"ended"}
        assert [len(record.agents) for record in records if record.id == "c1"] == [1]
        assert store.callers.language(CALLER) is Language.RUSSIAN
        assert writer.language(CALLER) is Language.RUSSIAN

    def test_two_workers_that_write_the_same_calls_do_not_wait_for_each_other(
        self, store: Store
    ) -> None:
        """Each in an order of its own; a deadlock would end one of them."""
        writers = [JournalWriter(store.journal, store.callers) for _ in range(2)]
        with structlog.testing.capture_logs() as logs:
            for _ in range(3):
                for index in range(BATCH):
                    writers[0].begin(call(f"c{index}"))
                    writers[1].begin(call(f"c{BATCH - index}"))
                for writer in writers:
                    writer.close(SECONDS)
        assert [line for line in logs if line["log_level"] == "error"] == []
        assert len(store.journal.newest(1000)) == BATCH + 1

    def test_calls_of_an_outage_are_in_the_journal_after_it(
        self, postgres: Postgres, migrated_postgres: str
    ) -> None:
        store = open_database(postgres.url(postgres.create(migrated_postgres)), PEPPER)
        writer = JournalWriter(store.journal, store.callers)
        postgres.stop()
        try:
            writer.begin(call("c1"))
            until(lambda: store.database.usage().is_away)
            writer.end(call("c1"), CallOutcome.ENDED, NOW)
            writer.begin(call("c2"))
        finally:
            postgres.start()
        until(lambda: writer.waiting == 0 and not store.database.usage().is_away)
        writer.close(SECONDS)
        found = {record.id: record.outcome for record in store.journal.newest(9)}
        assert found == {"c1": "ended", "c2": None}
        store.close()
