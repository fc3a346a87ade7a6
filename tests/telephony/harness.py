"""A server of calls for tests, and what its dialogue does."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from ivr.telephony.offload import offload
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from tests.contracts.telephone_contract import utterance
from tests.telephony.scripted import HEADER, LOCK, FakeAsterisk, Hangup

SECONDS = 10.0


@dataclass
class Harness:
    """A server of two calls, and what its dialogue does."""

    release: threading.Event = field(default_factory=threading.Event)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    server: LineServer = field(init=False)
    keys: list[str | None] = field(default_factory=list)
    """What callers pressed first."""

    def __post_init__(self) -> None:
        self.server = LineServer("127.0.0.1:0", 2, self.answer, self.busy, lock=LOCK)

    def answer(self, session: AgiSession) -> None:
        key = session.telephone.ask_key([utterance()], 5)
        self.keys.append(key)
        if key == "9":
            raise KeyError("a fault of the dialogue")
        self.begun.release()
        if key == "5":
            assert offload(self.release.wait, SECONDS)
        session.set("IVR_DONE", "1")

    def busy(self, session: AgiSession) -> None:
        session.set("IVR_NEXT", "busy")
        session.set("IVR_DONE", "1")

    def ring(
        self, keys: str = "1", hangup: Hangup = Hangup.END, header: bytes = HEADER
    ) -> FakeAsterisk:
        return FakeAsterisk(keys, server=self.server.address, hangup=hangup, header=header)

    def dial(self, keys: str = "1", header: bytes = HEADER) -> dict[str, str]:
        """Ring, wait for the end of the dialogue; answers the variables that it set."""
        with self.ring(keys, header=header) as asterisk:
            assert asterisk.ended.wait(SECONDS)
        return asterisk.variables

    def waits(self, begun: int) -> None:
        for _ in range(begun):
            assert self.begun.acquire(timeout=SECONDS)
