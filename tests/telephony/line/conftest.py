"""A line, and one without a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from ivr.flow.document import Flow, read_flow
from ivr.settings import PROJECT
from ivr.telephony.call_handler import CallHandler
from ivr.testing.demo import demo_operator
from ivr.testing.memory import MemoryJournal
from tests.telephony.line.house import House, LostDatabase, OneRelease


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read_flow(PROJECT / "prompts" / "0890.yaml")


@pytest.fixture
def house(flow: Flow) -> Iterator[House]:
    operator, journal = demo_operator(), MemoryJournal()
    release_cache = OneRelease(flow, operator.care)
    yield House(
        CallHandler(release_cache, operator.care, journal, operator.clock),
        operator,
        journal,
        release_cache,
    )
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lost(house: House) -> House:
    """The same without a database."""
    database = LostDatabase()
    house.operator.care.callers.language = database.language  # type: ignore[method-assign]
    return House(
        CallHandler(house.release_cache, house.operator.care, database, house.operator.clock),
        house.operator,
        database,
        house.release_cache,
    )
