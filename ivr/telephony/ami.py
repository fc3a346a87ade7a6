"""The management link to Asterisk: asterisk-ami, hardened.

Bugs of asterisk-ami 0.1.7 that are fixed here, each with a test: its reader ends after three idle
seconds; it never recovers from a stall; it waits for a missing response without end, and returns
None for it; line breaks in a value inject headers; ``send`` may send a part, and two threads mix
their actions; each read splits the whole buffer again; a callback that raises ends the reader.

The link reconnects by itself; while it is down an action raises TemporarilyUnavailable.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import structlog
from asterisk.ami import AMIClient
from asterisk.ami.action import Action

from ivr.errors import TemporarilyUnavailable

log = structlog.get_logger()

ANSWER_SECONDS = 3.0
IDLE_SECONDS = 20.0
"""Silence after which the link pings; after twice that without a byte it is stalled."""
FIRST_RETRY, LONGEST_RETRY = 0.2, 1.0
LONGEST_GREETING = 200
LONGEST_PACK = 1_000_000
LOGIN = "login"
"""ActionID of the login; the other actions have numbers."""
_FORBIDDEN = re.compile(r"[\x00\r\n]")

Event = Mapping[str, str]
"""Fields of an event; a channel's variables as ``ChanVariable(NAME)``."""
Listener = Callable[[str, Event], None]
"""Called with an event's name and fields, in the link's thread."""


class AmiLink(AMIClient):  # type: ignore[misc]  # asterisk-ami has no types
    """A link that lives as long as the process. ``start`` it, ``close`` it."""

    def __init__(
        self,
        bind: tuple[str, int],
        user: str,
        secret: str,
        idle_seconds: float = IDLE_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        super().__init__(address=bind[0], port=bind[1], timeout=answer_seconds)
        self._idle = idle_seconds
        self._user, self._secret = user, secret
        self._socket: socket.socket | None = None
        self._hear: list[Listener] = []
        self._answers: dict[str, list[Any]] = {}
        self._answered = threading.Condition()
        self._sending = threading.Lock()
        self._closing = threading.Event()
        self.connected = threading.Event()
        """Set while logged in."""

    def listen_to(self, listener: Listener) -> None:
        """Call ``listener`` for every event."""
        self._hear.append(listener)

    def start(self) -> None:
        """Start a thread that connects and reconnects until ``close``."""
        self._thread = threading.Thread(target=self._live, name="ami", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the link."""
        self._closing.set()
        self._hang_up()
        if self._thread is not None:
            self._thread.join(self._timeout)

    def action(self, name: str, **fields: str) -> Mapping[str, str]:
        """Run an action and return the fields of its response, including ``Response``.

        TemporarilyUnavailable: there is no link, or no response within 3 s.
        """
        if not self.connected.is_set():
            raise TemporarilyUnavailable("asterisk")
        return self._ask(name, fields)

    def send(self, pack: Action) -> None:
        lines = [("Action", pack.name), *pack.keys.items()]
        if any(_FORBIDDEN.search(f"{name}{value}") for name, value in lines):
            raise ValueError("a line break or NUL cannot be sent to Asterisk")
        text = "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
        with self._sending:
            link = self._socket
            if link is None:
                raise TemporarilyUnavailable("asterisk")
            try:
                link.sendall(text.encode())
            except OSError:
                raise TemporarilyUnavailable("asterisk") from None

    def fire_recv_reponse(self, response: Any) -> None:
        id = response.keys.get("ActionID", "")
        if id == LOGIN:
            self._logged_in(response)
        with self._answered:
            waiting = self._answers.get(id)
            if waiting is not None:
                waiting.append({"Response": response.status, **response.keys})
                self._answered.notify_all()

    def fire_recv_event(self, event: Any) -> None:
        fields = _flat(event.keys)
        for listener in self._hear:
            try:
                listener(event.name, fields)
            except Exception:  # an error of a listener must not end the link
                log.exception("a listener of Asterisk's events failed", event_name=event.name)

    def _ask(self, name: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        answers: list[Mapping[str, str]] = []
        with self._answered:
            id = self.next_action_id()
            self._answers[id] = answers
        try:
            self.send(Action(name, {**fields, "ActionID": id}))
            with self._answered:
                if not self._answered.wait_for(lambda: answers, self._timeout):
                    raise TemporarilyUnavailable("asterisk")
            return answers[0]
        finally:
            with self._answered:
                del self._answers[id]

    def _live(self) -> None:
        retry = FIRST_RETRY
        while not self._closing.is_set():
            try:
                self._socket = socket.create_connection((self._address, self._port), self._timeout)
                self._socket.settimeout(self._timeout)
                self._read()
            except OSError as error:
                log.debug("no management link", reason=str(error))
            finally:
                if self.connected.is_set():
                    retry = FIRST_RETRY
                    if not self._closing.is_set():
                        log.warning("the management link to Asterisk is lost")
                self.connected.clear()
                self._hang_up()
            self._closing.wait(retry)
            retry = min(retry * 2, LONGEST_RETRY)

    def _log_in(self) -> None:
        fields = {"Username": self._user, "Secret": self._secret, "ActionID": LOGIN}
        with suppress(TemporarilyUnavailable):
            self.send(Action("Login", fields))

    def _logged_in(self, response: Any) -> None:
        if response.status != "Success":
            log.error("Asterisk refuses the management login: check IVR_AMI_SECRET")
            self._hang_up()
            return
        link = self._socket
        if link is not None:
            link.settimeout(self._idle)
            self.connected.set()
            log.info("management link to Asterisk")

    def _read(self) -> None:
        for pack in self._packs():
            try:
                self.fire_recv_pack(pack)
            except (ValueError, KeyError, IndexError):  # the library's parser checks little
                log.exception("a management message cannot be read")

    def _packs(self) -> Iterator[str]:
        """Yield every message after the greeting until the link ends."""
        data = bytearray()
        greeted = False
        searched = 0
        while not self._closing.is_set():
            received = self._receive()
            if not received:
                return
            data += received
            if not greeted:
                line, found, rest = bytes(data).partition(b"\r\n")
                if not found and len(data) <= LONGEST_GREETING:
                    continue
                if not found or not line.startswith(b"Asterisk Call Manager"):
                    log.error("the peer on the management port is not Asterisk")
                    return
                greeted, data = True, bytearray(rest)
                self._log_in()
            while (end := data.find(b"\r\n\r\n", max(0, searched - 3))) >= 0:
                yield data[:end].decode("utf-8", "replace")
                del data[: end + 4]
                searched = 0
            searched = len(data)
            if len(data) > LONGEST_PACK:
                log.error("a management message does not end")
                return

    def _receive(self) -> bytes:
        """Return the next bytes; ping when the link is idle. Empty: it is stalled or gone."""
        for _ in range(2):
            link = self._socket
            if link is None:
                return b""
            try:
                return link.recv(65536)
            except TimeoutError:
                if not self.connected.is_set():
                    break
                try:
                    self.send(Action("Ping", {"ActionID": "ping"}))
                except TemporarilyUnavailable:
                    return b""
            except OSError:
                return b""
        log.warning("the management link is stalled")
        return b""

    def _hang_up(self) -> None:
        link, self._socket = self._socket, None
        if link is None:
            return
        try:
            link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # already disconnected
        finally:
            link.close()


def _flat(fields: Mapping[str, Any]) -> Event:
    """Flatten the fields of an event: a channel's variable becomes ``ChanVariable(NAME)``."""
    flat: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            flat.update({f"{name}({variable})": each for variable, each in value.items()})
        else:
            flat[name] = value
    return flat
