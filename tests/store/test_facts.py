"""Facts that are not told yet, as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.ports.messages import Outbox
from ivr.ports.notices import Facts
from ivr.store import Store
from tests.contracts.facts_contract import FactsContract
from tests.store.rows import StoredRecords


class Kept(StoredRecords):
    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def facts(self) -> Facts:
        return self.store.facts

    @property
    def outbox(self) -> Outbox:
        return self.store.outbox


@pytest.fixture
def kept(store: Store) -> Kept:
    return Kept(store)


class TestFacts(FactsContract):
    pass
