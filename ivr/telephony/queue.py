"""The agents' queues: writes their events to the journal and follows their present state."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import structlog

from ivr.errors import TemporarilyUnavailable
from ivr.ports.clock import Clock
from ivr.ports.journal import Journal
from ivr.telephony.ami import AmiLink, Event, Listener

log = structlog.get_logger()

LOOK_SECONDS, RETRY_SECONDS = 5.0, 1.0
"""Interval between two readings of the queues; after a failed one."""
ALL = "agents"
"""The queue with all agents."""
EVENTS = {"AgentConnect": "connected", "QueueCallerAbandon": "abandoned"}


def journal_of_queue(journal: Journal, clock: Clock) -> Listener:
    """Return an ``AmiLink`` listener that journals connected and abandoned calls."""

    def listen(name: str, event: Event) -> None:
        if name not in EVENTS:
            return
        call = call_of(event)
        if not call:
            return
        try:
            journal.agent(call, EVENTS[name], event.get("MemberName", ""), clock.now())
        except TemporarilyUnavailable as error:
            log.error("the queue's event is not in the journal", call=call, reason=str(error))

    return listen


def call_of(event: Event) -> str:
    """Return the call's id, which manager.conf adds to the events of its channels; "" without one.

    Seen on Asterisk 22: the caller's channel gives ``ChanVariable: IVR_CALL=…``, the agent's
    ``DestChanVariable: IVR_CALL=…``. QueueCallerAbandon also comes if there is no agent to wait for
    (QUEUESTATUS LEAVEEMPTY) and after the longest wait.
    """
    for channel in ("ChanVariable", "DestChanVariable"):
        if call := event.get(f"{channel}(IVR_CALL)"):
            return call
    return ""


@dataclass(frozen=True, slots=True)
class QueueState:
    """One queue at one moment."""

    name: str
    waiting: int
    """Callers."""
    longest_wait: int
    """Seconds that the first caller has waited."""
    available: int
    """Free agents."""
    busy: int
    """Logged-in agents who talk, are being rung or are paused."""


class QueueStatus:
    """State of the queues, read over a management link after each login and every five seconds.
    Thread-safe reads."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link
        self._paused: int | None = None
        self._pausing = 0
        self._states: tuple[QueueState, ...] = ()
        self._coming: list[QueueState] = []
        self._wanted = threading.Event()
        link.listen_to(self._hear)

    @property
    def queues(self) -> tuple[QueueState, ...]:
        """States of the queues, sorted by name; empty while the link is down."""
        return self._states if self._link.connected.is_set() else ()

    @property
    def paused(self) -> int | None:
        """Number of paused agents; None while the link is down."""
        return self._paused if self._link.connected.is_set() else None

    def follow(self, stop: threading.Event) -> None:
        """Update the state until ``stop``."""
        while not stop.is_set():
            wait = LOOK_SECONDS if self._look() else RETRY_SECONDS
            while wait > 0 and not self._wanted.wait(RETRY_SECONDS) and not stop.is_set():
                wait -= RETRY_SECONDS

    def _look(self) -> bool:
        self._wanted.clear()
        try:
            self._pausing = 0
            self._link.action("QueueStatus", Queue=ALL)
            return self._link.action("QueueSummary")["Response"] == "Success"
        except TemporarilyUnavailable:
            self._states, self._paused = (), None
            return False

    def _hear(self, name: str, event: Event) -> None:
        match name:
            case "FullyBooted":  # comes with every login
                self._coming = []
                self._wanted.set()
            case "QueueMember":
                self._pausing += event.get("Paused") == "1"
            case "QueueStatusComplete":
                self._paused = self._pausing
            case "QueueSummary":
                self._coming.append(_state(event))
            case "QueueSummaryComplete":
                self._states, self._coming = tuple(sorted(self._coming, key=_name)), []


def _state(event: Event) -> QueueState:
    there, available = int(event["LoggedIn"]), int(event["Available"])
    return QueueState(
        name=event["Queue"],
        waiting=int(event["Callers"]),
        longest_wait=int(event["LongestHoldTime"]),
        available=available,
        busy=there - available,
    )


def _name(state: QueueState) -> str:
    return state.name
