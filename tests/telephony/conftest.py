"""A server that runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.telephony.house import SECONDS, House


@pytest.fixture
def house() -> Iterator[House]:
    """A running server, of which nothing may be left after the test."""
    before = set(threading.enumerate())
    house = House()
    house.server.start()
    yield house
    house.release.set()
    house.server.close()
    assert house.server.calls == 0
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)
        assert not thread.is_alive(), thread.name
