"""Tries to identify as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from ivr.domain.audit import Tag
from ivr.store import Store
from ivr.testing.acting import by
from tests.contracts.attempts_contract import NOW, AttemptsContract, counts, fail
from tests.contracts.pruning_contract import PruningContract
from tests.contracts.records import NUMBER
from tests.store.rows import StoredRecords


class TestAttempts(AttemptsContract):
    def test_an_unlock_forgets_and_is_audited(self, records: StoredRecords) -> None:
        fail(records)
        assert records.attempts.unlock(*by("clerk"), NUMBER, NOW)
        assert counts(records).in_row == 0
        assert not records.attempts.unlock(*by("clerk"), NUMBER, NOW)
        entries = records.store.audit.newest(9, NUMBER)
        assert [(entry.author, entry.action, entry.at) for entry in entries] == [
            ("operator clerk", Tag.UNLOCK, NOW)
        ]

    def test_failures_outlive_a_restart(
        self, records: StoredRecords, reopen: Callable[[], Store]
    ) -> None:
        for minutes in range(5):
            fail(records, minutes)
        records.store.close()
        failures = counts(StoredRecords(reopen()), 5).failures
        assert failures == tuple(NOW + timedelta(minutes=minutes) for minutes in range(5))


class TestPruning(PruningContract):
    pass
