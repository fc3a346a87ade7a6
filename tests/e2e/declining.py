"""An agent's phone that does not take calls, spoken by hand; and the line behind the callers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import TracebackType

from ivr.settings import Settings
from ivr.telephony.session import AgiSession
from tests.e2e.peer import Peer

NOTHING = ""
"""The answer of a phone that only rings."""
POLL_SECONDS = 0.2


@dataclass
class Declining:
    """Registers as an agent and answers every call by ``status``. Use as a context manager."""

    settings: Settings
    name: str
    status: str = "486 Busy Here"
    rings: dict[str, str] = field(default_factory=dict)
    """Who is shown as the caller, by call: each is counted once, however often it is asked."""

    def __enter__(self) -> Declining:
        self._peer = Peer(self.settings, seconds=5.0)
        self._peer.register(self.name, self.settings.secret("agent_secret"))
        self._peer._socket.settimeout(POLL_SECONDS)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._peer.__exit__(None, None, None)

    def _answer(self) -> None:
        invites: dict[str, dict[str, str]] = {}
        while not self._stop.is_set():
            try:
                first, head = self._peer.received()
            except TimeoutError:
                continue
            method, call = first.split()[0], head.get("Call-ID", "")
            if method == "INVITE":
                invites[call] = head
                self.rings.setdefault(call, head["From"])
                self._peer.reply(head, self.status or "180 Ringing", "sip:0890@127.0.0.1")
            elif method == "CANCEL":
                self._peer.reply(head, "200 OK")
                self._peer.reply(invites[call], "487 Request Terminated")
            elif method in ("OPTIONS", "BYE"):
                self._peer.reply(head, "200 OK")


@dataclass
class Sends:
    """The line's part: sends every caller to the agents once, and lets go who comes back."""

    variables: dict[str, str] = field(default_factory=dict)
    """Set on the way to the agents."""
    back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Counts who came back from the queue."""

    def __call__(self, session: AgiSession) -> None:
        if session.get("IVR_RESUME") == "unanswered":
            self.back.release()
            session.set("IVR_NEXT", "bye")
        else:
            for name, value in self.variables.items():
                session.set(name, value)
            session.set("IVR_NEXT", "agent")
        session.set("IVR_DONE", "1")
