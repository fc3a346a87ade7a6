"""The simulated operator of each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.world import Simulated, simulated


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Simulated]:
    with simulated(tmp_path) as made:
        yield made
