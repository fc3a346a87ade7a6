"""What must not happen to a thread behind a gate: it ends by an error, or it does not end."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 10.0
"""Longer than anything takes here; what takes longer hangs."""


@contextmanager
def threads_end_well() -> Iterator[None]:
    """Raises what a thread raised meanwhile."""
    raised: list[BaseException] = []
    before = threading.excepthook

    def note(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            raised.append(args.exc_value)

    threading.excepthook = note
    try:
        yield
    finally:
        threading.excepthook = before
    if raised:
        raise raised[0]


def pour(link: socket.socket, sent: bytes) -> None:
    """Say all, hang up, and wait until the other end does: TimeoutError if it never does.

    The other end may have had enough before that.
    """
    link.settimeout(SECONDS)
    try:
        link.sendall(sent)
        link.shutdown(socket.SHUT_WR)
        while link.recv(65536):
            pass
    except OSError as error:
        if not isinstance(error, ConnectionError) and error.errno != errno.ENOTCONN:
            raise
