"""A call loop that leaves nothing behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.telephony.call_loop.harness import SECONDS, Harness
from tests.waiting import until


def open_sockets() -> set[str]:
    """Sockets, epolls and events of this process, each with its number in the kernel.

    Their file numbers alone say nothing: one that is closed is given to the next that is opened.
    """
    found = set()
    for file in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the list's own
            name = os.readlink(f"/proc/self/fd/{file}")
            if not name.startswith("/"):
                found.add(f"{file} {name}" if "anon_inode" in name else name)
    return found


@pytest.fixture
def harness() -> Iterator[Harness]:
    """A board, of which nothing may be left after the test: no thread, no socket."""
    threads, sockets = set(threading.enumerate()), open_sockets()
    with closing(Harness()) as harness:
        yield harness
    for thread in set(threading.enumerate()) - threads:
        thread.join(SECONDS)
        assert not thread.is_alive(), thread.name
    until(  # one of another thread is soon closed again
        lambda: not open_sockets() - sockets,
        lambda: str((open_sockets() - sockets, threading.enumerate())),
    )


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What work waits for."""
    release = threading.Event()
    yield release
    release.set()
