"""A supervisor for a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.supervision.supervised import Trial, started


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """One worker, and one that is ready to take its place."""
    with started(tmp_path, 1) as trial:
        assert trial.said() == "taking calls"
        trial.until_whole(1)
        yield trial
