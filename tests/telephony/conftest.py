"""A server that runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.telephony.harness import SECONDS, Harness


@pytest.fixture
def harness() -> Iterator[Harness]:
    """A running server, of which nothing may be left after the test."""
    before = set(threading.enumerate())
    harness = Harness()
    harness.server.start()
    yield harness
    harness.release.set()
    harness.server.close()
    assert harness.server.calls == 0
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)
        assert not thread.is_alive(), thread.name
