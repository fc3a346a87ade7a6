"""The line that tests call, and the languages in which they call it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.domain.values import Language
from tests.e2e.installation import short_folder
from tests.e2e.line import RunningLine, running_line


@pytest.fixture(scope="session")
def line() -> Iterator[RunningLine]:
    """The line that all tests of this process call."""
    folder = short_folder()
    with running_line(folder / "home") as line:
        yield line
    shutil.rmtree(folder)


@pytest.fixture(params=list(Language), ids=str)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


@pytest.fixture
def folder() -> Iterator[Path]:
    """A home for a line of a test's own; gone after it."""
    folder = short_folder()
    yield folder
    shutil.rmtree(folder)
