"""The shared line, and the languages in which it is rung."""

from __future__ import annotations

import pytest

from ivr.values import Language
from tests.e2e.line import RunningLine, shared_line


@pytest.fixture(scope="session")
def line() -> RunningLine:
    return shared_line()


@pytest.fixture(params=list(Language), ids=str)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen
