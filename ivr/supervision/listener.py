"""The socket where calls come in: opened by whoever starts the line, shared by all its workers."""

from __future__ import annotations

import errno
import socket
import time

from ivr.errors import Unusable
from ivr.settings import host_port

BACKLOG = 4096
"""Connections that wait while nobody takes them: every call of a line whose workers are gone. The
kernel's own bound is net.core.somaxconn."""
PAUSE_SECONDS = 0.05


def open_listener(bind: str, patience: float = 0.0, setting: str = "IVR_AGI_BIND") -> socket.socket:
    """Listen on HOST:PORT; it never blocks.

    Unusable when the port cannot be had within ``patience`` seconds: workers of a supervisor that
    was killed need a moment to let it go.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            listener = socket.create_server(host_port(bind), backlog=BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(PAUSE_SECONDS)
                continue
            raise Unusable(
                f"{bind} cannot be used ({error.strerror}): set {setting} to a free port"
            ) from None
        listener.setblocking(False)
        return listener
