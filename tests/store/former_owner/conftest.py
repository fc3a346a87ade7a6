"""A number that changes hands."""

from __future__ import annotations

import pytest

from ivr.store import Store
from tests.store.test_order_races import Desk


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, 60_000)
