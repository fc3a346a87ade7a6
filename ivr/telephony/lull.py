"""Lulls: somebody listens to the caller while a dialogue thinks for longer than a moment.

Seen on Asterisk 22: between two commands it reads the channel and throws keys away, so a key that
is pressed while the dialogue thinks (a code word is compared, an order carried out) is lost. No
caller presses two keys within ``LULL``; after that a thread listens in the dialogue's place. One
thread watches over all telephones of a process: most dialogues ask again long before.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Protocol

LULL = 0.04
"""Seconds; twice that at the most until somebody listens, which is less than the fastest dialler
takes for a key and the pause behind it (ITU-T Q.24: 40 ms each, ETSI ES 201 235-2: 65 ms each)."""
IDLE_SECONDS = 1.0
"""After so long without a telephone to watch the thread ends."""


class Listener(Protocol):
    """A telephone whose dialogue may think for long."""

    thinking_since: float | None
    """``time.monotonic()`` of the last command's end; None while a command runs."""

    def unwatched(self) -> float | None:
        """Told that nobody watches it any more; answers ``thinking_since``."""
        ...

    def listen(self) -> None:
        """Keep the caller's keys until the dialogue goes on."""
        ...


class Lulls:
    """Watches telephones, each until its dialogue goes on."""

    def __init__(self) -> None:
        self._watched: deque[Listener] = deque()
        self._lock = threading.Lock()
        self._more = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, telephone: Listener) -> None:
        """Have it listen when its dialogue thinks for longer than a lull."""
        self._watched.append(telephone)
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="lulls", daemon=True)
                    self._thread.start()
        if not self._more.is_set():
            self._more.set()

    def _run(self) -> None:
        while self._wait():
            time.sleep(LULL)  # one look for all who came meanwhile costs less than one for each
            for telephone in [self._watched.popleft() for _ in range(len(self._watched))]:
                self._look_at(telephone)

    def _look_at(self, telephone: Listener) -> None:
        since, now = telephone.thinking_since, time.monotonic()
        if since is None or since + LULL <= now:
            since = telephone.unwatched()  # and not as it was a moment ago
            if since is not None and since + LULL <= now:
                threading.Thread(target=telephone.listen, name="lull", daemon=True).start()
                return
        if since is not None:
            self._watched.append(telephone)

    def _wait(self) -> bool:
        """Until there is a telephone to watch; False: none came for a while, the thread ends."""
        while not self._watched:
            self._more.clear()
            if self._watched or self._more.wait(IDLE_SECONDS):
                continue
            with self._lock:
                if not self._watched:
                    self._thread = None
                    return False
        return True


LULLS = Lulls()
"""Of this process."""
