"""The shared line, and the languages in which it is rung."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.domain.values import Language
from tests.e2e.installation import short_folder
from tests.e2e.line import RunningLine, shared_line


@pytest.fixture(scope="session")
def line() -> RunningLine:
    return shared_line()


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
