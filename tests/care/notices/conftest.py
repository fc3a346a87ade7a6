"""An operator with notices."""

from __future__ import annotations

import pytest

from tests.care.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
