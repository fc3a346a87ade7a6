"""A line, and one without a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from ivr.flow.document import Flow, read_flow
from ivr.settings import PROJECT
from ivr.telephony.call_handler import CallHandler
from ivr.testing.demo import demo_operator
from ivr.testing.journal import MemoryJournal
from tests.telephony.line.harness import Harness, LostDatabase, OneRelease


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read_flow(PROJECT / "prompts" / "0890.yaml")


@pytest.fixture
def harness(flow: Flow) -> Iterator[Harness]:
    operator, journal = demo_operator(), MemoryJournal()
    release_cache = OneRelease(flow, operator.care)
    yield Harness(
        CallHandler(release_cache, operator.care, journal, operator.clock),
        operator,
        journal,
        release_cache,
    )
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lost(harness: Harness) -> Harness:
    """The same without a database."""
    database = LostDatabase()
    harness.operator.care.callers.language = database.language  # type: ignore[method-assign]
    return Harness(
        CallHandler(harness.release_cache, harness.operator.care, database, harness.operator.clock),
        harness.operator,
        database,
        harness.release_cache,
    )
