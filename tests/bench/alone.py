"""What one three-menu call costs in the line's own process, with nothing else on the machine.

The other side is a child process that answers as Asterisk does. Caches are warm, so that figures
are a fraction of those beside a busy Asterisk; but steady enough to compare two versions.
"""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import time
from itertools import count
from pathlib import Path

from ivr.telephony.lock import PortLock
from ivr.telephony.offload import offload
from ivr.wiring import telephony
from ivr.wiring.container import Container, prepare_database
from tests.bench.sipp import FIRST
from tests.e2e.installation import own_settings
from tests.publishing import publish
from tests.telephony.scripted import header

CALLS, WARM = 1_000, 50
KEYS = "331"
GONE = b"HANGUP\n511 Command Not Permitted on a dead channel\n"


def measure_alone() -> dict[str, float]:
    """Milliseconds of processor time a call."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        container = Container(own_settings(Path(folder) / "home"), offload)
        prepare_database(container)
        publish(container)
        container.release_cache.live()
        server = telephony.line_server(container)
        child, address = _asterisk(container.port_lock)
        try:
            _call(server._dialogue, address, WARM)
            begun = time.process_time()
            _call(server._dialogue, address, CALLS)
            spent = time.process_time() - begun
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            container.journal.close()
    return {"calls": CALLS, "cpu_ms": round(1000 * spent / CALLS, 3)}


def _call(serve: object, address: tuple[str, int], calls: int) -> None:
    assert callable(serve)
    for _ in range(calls):
        serve(socket.create_connection(address))


def _asterisk(lock: PortLock) -> tuple[int, tuple[str, int]]:
    """A child that holds one call after another; its process and where it listens."""
    listener = socket.create_server(("127.0.0.1", 0))
    child = os.fork()
    if child:
        host, port = listener.getsockname()
        listener.close()
        return child, (host, port)
    for number in count(FIRST):
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            try:
                _hold(connection, number, lock)
            except OSError:
                continue
    os._exit(0)


def _hold(connection: socket.socket, number: int, lock: PortLock) -> None:
    call = f"ivr-{int(time.time())}.{number}"
    connection.sendall(header("call", call, lock, str(number), IVR_DIALLED="0890"))
    keys = iter(KEYS)
    with connection.makefile("rb") as commands:
        for command in commands:
            if not command.startswith((b"STREAM FILE", b"GET OPTION")):
                connection.sendall(b"200 result=1\n")
            elif key := next(keys, ""):
                connection.sendall(b"200 result=%d endpos=8000\n" % ord(key))
            else:
                connection.sendall(GONE)
