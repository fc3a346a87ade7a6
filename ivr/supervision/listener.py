"""The listening socket for calls. ``ivr line`` or systemd opens it; all workers share it."""

from __future__ import annotations

import errno
import socket
import time

from ivr.errors import Unusable
from ivr.settings import host_port

BACKLOG = 4096
"""Connections that may wait to be accepted: room for all calls of a line that has lost its
workers. The kernel's own limit is net.core.somaxconn."""
PAUSE_SECONDS = 0.05


def open_listener(bind: str, patience: float = 0.0, setting: str = "IVR_AGI_BIND") -> socket.socket:
    """Return a non-blocking socket that listens on HOST:PORT.

    Unusable: the port is not free within ``patience`` seconds. Workers of a killed supervisor need
    a moment to close it. ``setting`` names the variable for the error sentence.
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
