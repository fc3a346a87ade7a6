"""One-time codes as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.ports.attempts import CodeRepository
from ivr.store import Store
from tests.contracts.codes_contract import CodesContract, attempt, write


@pytest.fixture
def codes(store: Store) -> CodeRepository:
    return store.codes


class TestCodes(CodesContract):
    def test_they_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        write(store.codes)
        attempt(store.codes)
        store.close()
        again = reopen().codes
        assert [attempt(again) is not None for _ in range(3)] == [True, True, False]
