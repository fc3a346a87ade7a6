"""A switchboard and its callers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue

from ivr.supervision.listener import open_listener
from ivr.telephony.agi import Agi
from ivr.telephony.call_loop import CallLoop
from ivr.telephony.telephone import AgiTelephone
from tests.contracts.telephone_contract import utterance
from tests.telephony.scripted import FakeAsterisk
from tests.waiting import until

SECONDS = 10.0
Talk = Callable[[AgiTelephone, FakeAsterisk], object]
Said = SimpleQueue[object]
"""What a call has come to."""


class Harness:
    """A switchboard in a thread of its own."""

    def __init__(self) -> None:
        self.call_loop = CallLoop(open_listener("127.0.0.1:0"), self.take, lambda: None)
        self.taken: SimpleQueue[socket.socket] = SimpleQueue()
        self.thread = threading.Thread(target=self.call_loop.run)
        self.thread.start()
        self.call_loop.opened.result()
        self.is_taking = True

    def take(self, connection: socket.socket) -> None:
        self.taken.put(connection)

    def sit(self, run: Callable[[], object]) -> Said:
        """Begin a call that says what it answers or raises."""
        said: Said = SimpleQueue()

        def call() -> None:
            try:
                said.put(run())
            except Exception as error:
                said.put(error)

        self.call_loop.post(partial(self.call_loop.start_call, call))
        return said

    @contextmanager
    def ring(self, talk: Talk, keys: str = "") -> Iterator[tuple[FakeAsterisk, Said]]:
        """A caller at the call_loop."""
        with FakeAsterisk(keys) as asterisk:

            def run() -> object:
                try:
                    return talk(AgiTelephone(Agi(asterisk.line)), asterisk)
                finally:
                    self.call_loop.forget(asterisk.line)

            yield asterisk, self.sit(run)

    def hold(self, talk: Talk, keys: str = "") -> object:
        """What a call comes to."""
        with self.ring(talk, keys) as (_, said):
            return said.get(timeout=SECONDS)

    def stop_taking(self) -> None:
        self.is_taking = False
        self.call_loop.stop_taking()

    def close(self) -> None:
        if self.is_taking:
            self.stop_taking()
        self.call_loop.close()
        self.thread.join(SECONDS)
        assert not self.thread.is_alive()
        self.call_loop.dispose()


def ask(telephone: AgiTelephone) -> str | None:
    return telephone.ask_key([utterance()], 5)


def press(asterisk: FakeAsterisk, keys: str) -> None:
    """Press keys, one when the one before has been taken."""
    for key in keys:
        asterisk.press(key)
        until(lambda: not asterisk.has_keys)
