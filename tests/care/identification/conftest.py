"""A desk at which callers identify."""

from __future__ import annotations

import pytest

from tests.care.identification.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
