"""Takes the events of the queues and passes time, in one thread of the desk's process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import structlog

from ivr.contacts.cards import CardService
from ivr.contacts.conversations import ConversationService
from ivr.contacts.presence import PresenceService
from ivr.domain.contacts import QueueEvent, Skills
from ivr.errors import TemporarilyUnavailable

log = structlog.get_logger()

TICK_SECONDS = 1.0
TICKS_TO_SWEEP, TICKS_TO_RECONCILE = 5, 30


@dataclass
class ContactCenter:
    presence: PresenceService
    conversations: ConversationService
    cards: CardService
    tick_seconds: float = TICK_SECONDS
    now: Callable[[], float] = time.monotonic
    _events: SimpleQueue[QueueEvent] = field(default_factory=SimpleQueue)
    _ticks: int = 0

    def hear(self, event: QueueEvent) -> None:
        """Take an event. Returns at once; called by the thread of the management link."""
        self.cards.hear(event)
        self._events.put(event)

    def restore(self, skills: Callable[[str], Skills]) -> None:
        """Take over what an earlier process has stored, before ``run``."""
        self.presence.restore(skills)
        self.conversations.restore()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop``."""
        due = self.now() + self.tick_seconds
        while not stop.is_set():
            with suppress(Empty):
                self.handle(self._events.get(timeout=max(0.0, due - self.now())))
            if self.now() >= due:
                self.tick()
                due = self.now() + self.tick_seconds

    def handle(self, event: QueueEvent) -> None:
        """Handle one event. An error of one never ends the thread."""
        try:
            self.conversations.hear(event)
            self.presence.hear(event)
        except Exception:
            log.exception("an event of the queues is lost", kind=type(event).__name__)

    def tick(self) -> None:
        """Let time pass."""
        try:
            self.cards.tick()
            self.presence.tick()
            self._ticks += 1
            if self._ticks % TICKS_TO_SWEEP == 0:
                self.conversations.sweep()
            if self._ticks % TICKS_TO_RECONCILE == 0:
                self.presence.reconcile()
        except TemporarilyUnavailable as error:
            log.warning("the states of agents are not brought up to date", reason=str(error))
        except Exception:
            log.exception("the states of agents are not brought up to date")
