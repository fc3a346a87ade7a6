"""A desk that runs for browsers, with a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.processes import desk as process
from ivr.web.desk.bundle import Bundle
from ivr.web.desk.live import Live
from ivr.wiring.container import Container, prepare_database
from tests.e2e.line import own_settings


@dataclass(frozen=True)
class Desk:
    """The desk and what is behind it."""

    url: str
    container: Container
    live: Live


@contextmanager
def served(home: Path) -> Iterator[Desk]:
    """Serve the desk of the demo."""
    container = Container(own_settings(home))
    prepare_database(container)
    live = Live()
    with process.server(container, live, Bundle.read(), is_demo=True):
        yield Desk(process.address(container.settings), container, live)
        live.end()
    container.store.database.close()
