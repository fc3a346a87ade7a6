"""Stands where Asterisk looks for a line, and hands each call to a worker that takes it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

from ivr.settings import host_port

POLL_SECONDS = 0.1
CHUNK = 65_536


class Relay:
    """Listens on ``bind`` and joins each connection to the first of ``workers`` that answers.

    Use as a context manager. A worker that dies ends its connections, as without a relay.
    """

    def __init__(self, bind: str, workers: Sequence[str]) -> None:
        self._workers = [host_port(worker) for worker in workers]
        self._listener = socket.create_server(host_port(bind))
        self._listener.settimeout(POLL_SECONDS)
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._accept, name="relay")]

    def __enter__(self) -> Relay:
        self._threads[0].start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            with suppress(TimeoutError):
                call, _ = self._listener.accept()
                self._join(call)

    def _join(self, call: socket.socket) -> None:
        worker = self._worker()
        if worker is None:
            call.close()
            return
        for one, other in ((call, worker), (worker, call)):
            thread = threading.Thread(target=self._carry, args=(one, other), name="relay")
            self._threads.append(thread)
            thread.start()

    def _worker(self) -> socket.socket | None:
        for address in self._workers:
            with suppress(OSError):
                return socket.create_connection(address)
        return None

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        """Until one of them is gone."""
        with one, suppress(OSError):
            one.settimeout(POLL_SECONDS)
            while not self._closing.is_set():
                try:
                    data = one.recv(CHUNK)
                except TimeoutError:
                    continue
                if not data:
                    break
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
