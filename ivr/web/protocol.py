"""uvicorn's HTTP/1.1 with bounds that it lacks: a deadline for requests, a number of connections.

A request has to be here whole so many seconds after its first byte, or after the connection was
made: how it dribbles makes no difference. Peers that do not read what they asked for are given as
long. Over the number of connections the one whose request is awaited longest ends, so that half
requests, however many, never keep a whole one out.
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
"""Bytes that a peer may send while its request is answered: uvicorn keeps them all."""
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server gives its peers."""

    seconds: float = 5.0
    """For a whole request, its body included."""
    connections: int = 200
    """At once. Each takes a file of the process."""
    body: int = 1_000_000
    """Bytes."""


class BoundedProtocol(H11Protocol):
    """One connection."""

    def __init__(self, limits: Limits, **given: Any) -> None:
        super().__init__(**given)
        self._limits = limits
        self._awaited: asyncio.TimerHandle | None = None
        """Ends the connection; set while a request is awaited."""
        self._unread: asyncio.TimerHandle | None = None
        """The same, while the peer does not read."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request()
        if len(self.connections) > self._limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        for timer in (self._awaited, self._unread):
            if timer is not None:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._await_request()
        super().data_received(data)
        is_answering = self.conn.their_state is h11.DONE
        if is_answering and len(self.conn.trailing_data[0]) > MOST_AHEAD:
            self._abort()

    def handle_events(self) -> None:
        super().handle_events()
        match self.conn.their_state:
            case h11.SEND_BODY:
                self._await_request()
            case h11.IDLE:
                pass  # what is awaited is, else the connection is kept alive
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
        """When the request that is not whole yet was begun, by the loop's clock."""
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
        """What is closed has still to be read by the peer, which may not do so."""
        self._unread = self.loop.call_later(self._limits.seconds, self._abort)

    def _abort(self) -> None:
        """End it at once, and what the kernel still keeps for the peer."""
        link = self.transport.get_extra_info("socket")
        with suppress(OSError):  # it has ended already
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _make_room(self) -> None:
        """End the connection whose request is awaited longest; this one, if there is no other."""
        waiting = [
            (each.awaited_since, number, each)
            for number, each in enumerate(self.connections)
            if isinstance(each, BoundedProtocol)
            and each.awaited_since is not None
            and not each.transport.is_closing()
        ]
        longest = min(waiting)[2] if waiting else self
        longest._abort()
