"""uvicorn's HTTP/1.1 with limits that it lacks: a deadline for requests, a number of connections.

A request must be complete within ``Limits.seconds`` of its first byte or of the connection, also if
it comes slowly. Peers that do not read their response have as long. Over the number of connections,
the one whose request has been incomplete for longest is closed. So incomplete requests, however
many, never keep out a complete one.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_AHEAD = 262_144
"""Bytes that a peer may send before its request is answered: uvicorn buffers all of them."""
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a server for its peers."""

    seconds: float = 5.0
    """Time for a whole request, including its body."""
    connections: int = 200
    """Simultaneous connections. Each takes a file descriptor of the process."""
    body: int = 1_000_000
    """Longest body in bytes."""


class BoundedProtocol(H11Protocol):
    """One connection."""

    def __init__(self, limits: Limits, **given: Any) -> None:
        super().__init__(**given)
        self._limits = limits
        self._awaited: asyncio.TimerHandle | None = None
        """Timer that ends the connection; set while a request is incomplete."""
        self._is_upgraded = False
        """The connection is a websocket, which has another protocol and other limits."""
        self._unread: asyncio.TimerHandle | None = None
        """Timer that ends the connection; set while the peer does not read."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request()
        if len(self.connections) > self._limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        self._cancel_timers()

    def _cancel_timers(self) -> None:
        for timer in (self._awaited, self._unread):
            if timer is not None:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._await_request()
        super().data_received(data)
        is_answering = self.conn.their_state is h11.DONE
        if is_answering and len(self.conn.trailing_data[0]) > MOST_AHEAD:
            self._abort()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        super().handle_websocket_upgrade(event)
        self._is_upgraded = True

    def handle_events(self) -> None:
        super().handle_events()
        if self._is_upgraded:  # h11 waits for a body that does not come
            self._cancel_timers()
            return
        match self.conn.their_state:
            case h11.SEND_BODY:
                self._await_request()
            case h11.IDLE:
                pass  # keep a running timer; without one the connection is kept alive
            case _ if self._awaited is not None:
                self._awaited.cancel()
                self._awaited = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(self._limits.seconds, self._abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._abort_later()

    @property
    def awaited_since(self) -> float | None:
        """Deadline of the incomplete request by the event loop's clock: it orders requests by their
        begin. None: no request is incomplete."""
        return None if self._awaited is None else self._awaited.when()

    def _await_request(self) -> None:
        if self._awaited is None:
            self._awaited = self.loop.call_later(self._limits.seconds, self._give_up)

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(TIMED_OUT)
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
        self._abort_later()

    def _abort_later(self) -> None:
        """Abort later: the peer of a closed connection may never read the rest."""
        self._unread = self.loop.call_later(self._limits.seconds, self._abort)

    def _abort(self) -> None:
        """End the connection at once, and discard what the kernel still holds for the peer."""
        link = self.transport.get_extra_info("socket")
        with suppress(OSError):  # already closed
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _make_room(self) -> None:
        """End the connection with the oldest incomplete request; without one, end this one."""
        waiting = [
            (each.awaited_since, number, each)
            for number, each in enumerate(self.connections)
            if isinstance(each, BoundedProtocol)
            and each.awaited_since is not None
            and not each.transport.is_closing()
        ]
        longest = min(waiting)[2] if waiting else self
        longest._abort()
