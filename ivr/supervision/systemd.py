"""The protocol between systemd and a service: sd_notify(3), sd_listen_fds(3), without a library.

Without systemd these functions do nothing.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

from ivr.errors import Unusable
from ivr.settings import host_port

FIRST_FILE = 3
"""SD_LISTEN_FDS_START."""
OWN = (
    "NOTIFY_SOCKET",
    "WATCHDOG_USEC",
    "WATCHDOG_PID",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LISTEN_FDNAMES",
)
"""Variables for this process only, not for its children."""


class Systemd:
    """The service manager that this process was started by, if any."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._dog = 0.0
        if _is_for_us(environment.get("WATCHDOG_PID", "")):
            self._dog = int(environment.get("WATCHDOG_USEC", 0)) / 1e6
        self._next_ping = 0.0

    def ready(self) -> None:
        """Report that the service serves; also after a reload."""
        self._tell("READY=1")

    def reloading(self) -> None:
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """Ping the watchdog, if there is one, three times in its period. Call this often."""
        now = time.monotonic()
        if self._dog and now >= self._next_ping:
            self._next_ping = now + self._dog / 3
            self._tell("WATCHDOG=1")

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            try:
                manager.connect(address)
                manager.sendall(text.encode())
            except OSError:
                return  # systemd restarts or is overloaded: the service goes on


def passed_listener(
    bind: str, environment: Mapping[str, str] = os.environ, file: int = FIRST_FILE
) -> socket.socket | None:
    """Return the listening socket that systemd passed; None: it passed none.

    Unusable: the socket is not at ``bind``, where the dialplan connects.
    """
    if not _is_for_us(environment.get("LISTEN_PID", "-")) or environment.get("LISTEN_FDS") != "1":
        return None
    listener = socket.socket(fileno=file)
    listener.set_inheritable(False)
    listener.setblocking(False)
    if listener.family != socket.AF_INET or listener.getsockname() != host_port(bind):
        at = listener.getsockname()
        listener.close()
        raise Unusable(
            f"systemd listens at {at}, but IVR_AGI_BIND is {bind}: make them the same, in the"
            " settings or in ivr-line.socket"
        )
    return listener


def _is_for_us(pid: str) -> bool:
    """Whether a variable is meant for this process: its children inherit it as well."""
    return not pid or pid == str(os.getpid())
