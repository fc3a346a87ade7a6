"""An HTTP server in its own thread: for health, the network's events, the network simulator."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, Literal

import uvicorn

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.web.guard import Guard, Hosts
from ivr.web.protocol import BoundedProtocol, Limits

LIMITS = Limits()
BACKLOG = 64
"""Connections that are accepted before data of the others is read. It is lower than the limit of
connections, so that a complete request is seen before incomplete ones displace it."""
START_SECONDS = 10.0
GRACE_SECONDS = 1
"""Time for requests in progress when the server ends."""


TICK_SECONDS = 1.0
"""Interval at which a server updates its ``Date`` header; an event tells it at once to end."""


class LowIdleServer(uvicorn.Server):
    """Wakes once a second instead of ten times, to save the processor when idle; ends at once."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ends: Callable[[], object] | None = None

    async def main_loop(self) -> None:
        ending = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._ends = lambda: loop.call_soon_threadsafe(ending.set)
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += round(TICK_SECONDS * 10)
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), TICK_SECONDS)

    def end(self) -> None:
        """End the server. Callable from any thread."""
        self.should_exit = True
        if self._ends is not None:
            with suppress(RuntimeError):  # the event loop has already ended
                self._ends()


class HttpServer:
    """Serves an ASGI application from ``start`` (or ``with``) until ``stop``."""

    def __init__(
        self,
        app: Any,
        host: str,
        port: int,
        setting: str,
        listening: socket.socket | None = None,
        *,
        hosts: Hosts | None = None,
        limits: Limits = LIMITS,
        has_sockets: bool = False,
    ) -> None:
        """``setting`` is the variable with the address, for the error sentence if it is taken.

        ``listening`` is a socket that already listens there; it is closed at the end. If ``hosts``
        is given, requests for other names are refused. ``has_sockets``: ``app`` has websockets too.
        """
        self._app = Guard(app, limits.body, hosts)
        self._limits = limits
        self._sockets: Literal["none", "websockets-sansio"]
        self._sockets = "websockets-sansio" if has_sockets else "none"
        self._listening = listening
        self._address = (host, port)
        self._setting = setting
        self._server: LowIdleServer | None = None
        self._thread: threading.Thread | None = None

    def listen(self) -> None:
        """Open the port; clients are answered from ``start`` on. Unusable: the port is taken."""
        if self._listening is None:
            self._listening = bound(*self._address, self._setting)

    def start(self) -> None:
        """Listen and serve. Unusable: the port is taken."""
        self.listen()
        listening = self._listening
        assert listening is not None
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the desk has its own rule
            ws=self._sockets,
            ws_max_size=self._limits.body,
            http=partial(BoundedProtocol, self._limits),  # type: ignore[arg-type]
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = server = LowIdleServer(config)
        self._thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="http"
        )
        self._thread.start()
        for _ in range(int(START_SECONDS / 0.01)):
            if server.started:
                return
            self._thread.join(0.01)
            if not self._thread.is_alive():
                break
        self.stop()
        listening.close()
        raise TemporarilyUnavailable("server", "it has not started")

    def stop(self) -> None:
        """End the server; requests in progress have GRACE_SECONDS."""
        if self._server is None or self._thread is None:
            return
        self._server.end()
        self._thread.join()

    def __enter__(self) -> HttpServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def bound(host: str, port: int, setting: str) -> socket.socket:
    """Return a listening socket. Unusable: the port is taken."""
    try:
        return socket.create_server((host, port), backlog=512)
    except OSError as error:
        raise Unusable(
            f"{host}:{port} cannot be used ({error.strerror}): set {setting} to a free port"
        ) from None
