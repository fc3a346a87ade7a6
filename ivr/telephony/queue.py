"""What the agents' queue does with calls, told to the journal."""

from __future__ import annotations

import structlog

from ivr.errors import TemporarilyUnavailable
from ivr.ports import Clock, Journal
from ivr.telephony.ami import Event, Listener

log = structlog.get_logger()

EVENTS = {"AgentConnect": "connected", "QueueCallerAbandon": "abandoned"}


def journal_of_queue(journal: Journal, clock: Clock) -> Listener:
    """A listener for ``AmiLink`` that notes who was connected, and who gave up waiting."""

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
    """The call's id, which manager.conf adds to the events of its channels."""
    for name, value in event.items():
        if name.lower().startswith("chanvariable") and value.startswith("IVR_CALL="):
            return value.partition("=")[2]
        if "(IVR_CALL)" in name:
            return value
    return ""
