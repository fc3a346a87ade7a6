"""Asterisk's side of the management link."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
SECONDS = 10.0
Fields = Mapping[str, str]


@dataclass
class FakeManager:
    """Answers actions. Use as a context manager; it can be started again on its port."""

    greeting: bytes = GREETING
    secret: str = "secret"
    answers: Callable[[Fields], bytes | None] = lambda _fields: b"Response: Success\r\n"
    """The response to an action without its ActionID; None: no answer."""
    actions: list[Fields] = field(default_factory=list)
    port: int = 0
    silent: threading.Event = field(default_factory=threading.Event)
    """Set: nothing is answered any more, pings neither."""
    _links: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> FakeManager:
        manager = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                manager.serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self.cut()
        self._server.server_close()
        self._thread.join(SECONDS)

    def serve(self, link: socket.socket) -> None:
        """Speak with one client until it or the test ends the link."""
        self._links.append(link)
        try:
            link.sendall(self.greeting)
            data = b""
            while received := link.recv(4096):
                data += received
                while b"\r\n\r\n" in data:
                    pack, _, data = data.partition(b"\r\n\r\n")
                    self._act(link, pack.decode())
        except OSError:
            return

    def _act(self, link: socket.socket, pack: str) -> None:
        fields = dict(line.split(": ", 1) for line in pack.split("\r\n"))
        self.actions.append(fields)
        if self.silent.is_set():
            return
        answer = self.answers(fields)
        if fields["Action"] == "Login" and fields["Secret"] != self.secret:
            answer = b"Response: Error\r\nMessage: Authentication failed\r\n"
        if answer is not None:
            link.sendall(answer + f"ActionID: {fields['ActionID']}\r\n\r\n".encode())

    def tell(self, sent: bytes) -> None:
        """Send bytes to every client."""
        for link in self._links:
            link.sendall(sent)

    def cut(self) -> None:
        """End every link, as a restart does."""
        while self._links:
            link = self._links.pop()
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster

    def seen(self, action: str) -> int:
        """How many times an action came."""
        return sum(1 for fields in self.actions if fields["Action"] == action)
