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
    """The call's id, which manager.conf adds to the events of its channels; "" without one.

    Seen on Asterisk 22: the caller's channel gives ``ChanVariable: IVR_CALL=…``, the agent's
    ``DestChanVariable: IVR_CALL=…``. QueueCallerAbandon comes too when nobody is there to wait for
    (QUEUESTATUS LEAVEEMPTY) and when the wait is over.
    """
    for channel in ("ChanVariable", "DestChanVariable"):
        if call := event.get(f"{channel}(IVR_CALL)"):
            return call
    return ""
