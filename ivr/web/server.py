"""An HTTP server in a thread of its own: health, the listener to events, the simulated network."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any

import uvicorn

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.web.guard import Guard, Hosts
from ivr.web.protocol import BoundedProtocol, Limits

LIMITS = Limits()
BACKLOG = 64
"""Connections that are taken before what came over the others is read: fewer than there may be, so
that a whole request is seen before half ones crowd it out."""
START_SECONDS = 10.0
GRACE_SECONDS = 1
"""How long requests in progress may go on when it ends."""


TICK_SECONDS = 1.0
"""How often a server looks at the date that it tells; its end it is told of at once."""


class LowIdleServer(uvicorn.Server):
    """Looks once a second instead of ten times, which an idle line pays for, and ends at once."""

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
        """From any thread."""
        self.should_exit = True
        if self._ends is not None:
            with suppress(RuntimeError):  # it had ended by itself
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
    ) -> None:
        """``setting`` is the variable that names the address, for the sentence if it is taken.

        ``listening`` is a socket that listens there already; it is closed at the end. Requests for
        another name than those of ``hosts`` are refused, if they are given.
        """
        self._app = Guard(app, limits.body, hosts)
        self._limits = limits
        self._listening = listening
        self._address = (host, port)
        self._setting = setting
        self._server: LowIdleServer | None = None
        self._thread: threading.Thread | None = None

    def listen(self) -> None:
        """Let clients connect; they are answered from ``start`` on. Unusable: the port is taken."""
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
            ws="none",
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
        """End it; requests in progress have a second."""
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
    """A socket that listens. Unusable: the port is taken."""
    try:
        return socket.create_server((host, port), backlog=512)
    except OSError as error:
        raise Unusable(
            f"{host}:{port} cannot be used ({error.strerror}): set {setting} to a free port"
        ) from None
