"""Events for open pages (server-sent events), with resume.

Each browser holds one stream. An event tells a page which of its parts to load again, so that it
never carries data. A page that was away gets the events that it has missed, or is told to load all
its parts again.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

LIFETIME = 900.0
"""Seconds until a stream ends; the browser opens the next one at once."""
BEAT = 1.0
"""Seconds between two checks that the session still exists."""
BEATS_A_SIGN = 4
"""Beats between two signs of life for the page."""
KEPT = 1000
"""Events that a page can catch up with."""
RETRY = 1000
"""Milliseconds until a browser tries again."""
ENDED = "event: ended\ndata: {}\n\n"
"""The session is over."""
MOST_WAITING = 200
"""Events that wait for a slow browser; with more its stream ends and it starts again."""


@dataclass(frozen=True, slots=True)
class Event:
    """A part of the pages has changed."""

    number: int
    topic: str
    user: int | None = None
    """Only for this user; None: for all."""


class Live:
    """All streams of this process. ``publish`` may be called from any thread."""

    def __init__(self) -> None:
        self._life = secrets.token_hex(4)
        """Names this process in event ids: numbers of an earlier process mean nothing here."""
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._number = 0
        self._streams: set[_Stream] = set()
        self._lock = threading.Lock()
        self._is_ended = False

    @property
    def position(self) -> str:
        """The id of the last event. A page that is made now has seen all up to it."""
        return f"{self._life}-{self._number}"

    def publish(self, topic: str, user: int | None = None) -> None:
        """Tell all pages, or those of one user, that ``topic`` has changed."""
        with self._lock:
            self._number += 1
            event = Event(self._number, topic, user)
            self._kept.append(event)
            for stream in self._streams:
                stream.tell(event)

    def end(self) -> None:
        """End all streams: the process ends."""
        self._is_ended = True
        with self._lock:
            for stream in self._streams:
                stream.tell(None)

    async def stream(
        self,
        user: int,
        last: str,
        is_alive: Callable[[], Awaitable[bool]],
        *,
        lifetime: float = LIFETIME,
        beat: float = BEAT,
    ) -> AsyncIterator[str]:
        """Yield events for one browser until its session, the lifetime or the process ends.

        ``last`` is the id of the last event that the browser has seen; empty: none.
        """
        stream = _Stream(user, asyncio.get_running_loop())
        with self._lock:
            missed = self._missed(last, user)
            self._streams.add(stream)
        try:
            yield f"retry: {RETRY}\n\n"
            if missed is None:
                yield self._written("reload", self._number)
            for event in missed or ():
                yield self._written("change", event.number, event.topic)
            if not last:
                yield self._written("begin", self._number)
            async for part in self._rest(stream, is_alive, round(lifetime / beat), beat):
                yield part
        finally:
            with self._lock:
                self._streams.discard(stream)

    async def _rest(
        self, stream: _Stream, is_alive: Callable[[], Awaitable[bool]], beats: int, beat: float
    ) -> AsyncIterator[str]:
        for count in range(beats):
            async for event in stream.during(beat):
                yield self._written("change", event.number, event.topic)
            if self._is_ended or stream.is_late:
                return
            if not await is_alive():
                yield ENDED
                return
            if count % BEATS_A_SIGN == 0:
                yield "event: sign\ndata: {}\n\n"

    def _missed(self, last: str, user: int) -> list[Event] | None:
        """Return the events after ``last``; None: they are not known any more."""
        if not last:
            return []
        life, _, number = last.partition("-")
        if life != self._life or not number.isdecimal():
            return None
        seen = int(number)
        oldest = self._kept[0].number if self._kept else self._number + 1
        if seen + 1 < oldest:
            return None
        return [each for each in self._kept if each.number > seen and _is_for(each, user)]

    def _written(self, kind: str, number: int, topic: str = "") -> str:
        data = json.dumps({"topic": topic} if topic else {})
        return f"id: {self._life}-{number}\nevent: {kind}\ndata: {data}\n\n"


def _is_for(event: Event, user: int) -> bool:
    return event.user is None or event.user == user


class _Stream:
    """The events that wait for one browser."""

    def __init__(self, user: int, loop: asyncio.AbstractEventLoop) -> None:
        self._user, self._loop = user, loop
        self._waiting: deque[Event] = deque()
        self._woken = asyncio.Event()
        self._is_woken_to_end = False
        self.is_late = False

    def tell(self, event: Event | None) -> None:
        """Hand an event over; None: the process ends. Callable from any thread."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event | None) -> None:
        if event is None:
            self._is_woken_to_end = True
            self._woken.set()
        elif _is_for(event, self._user):
            self._waiting.append(event)
            self.is_late = len(self._waiting) > MOST_WAITING
            self._woken.set()

    async def during(self, seconds: float) -> AsyncIterator[Event]:
        """Yield events for so long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._is_woken_to_end and not self.is_late:
            while self._waiting:
                yield self._waiting.popleft()
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), until - loop.time())
            except TimeoutError:
                return
