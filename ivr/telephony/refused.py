"""Calls that were not let in: the dialplan reports each by an event.

The dialplan filters all data from the caller's network before it makes the event. No management
user may send such an event (``dialplans/manager.conf.j2``). Events are lost while there is no
management link.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import structlog

from ivr import metrics
from ivr.domain.call import Call, CallOutcome
from ivr.domain.values import Language
from ivr.errors import TemporarilyUnavailable
from ivr.ports.care import Numbering
from ivr.ports.clock import Clock
from ivr.ports.journal import Journal
from ivr.telephony.ami import Event, Listener
from ivr.telephony.uniqueid import begun_at

log = structlog.get_logger()

EVENT = "IvrRefused"
"""Name of the dialplan's event."""
UNTOLD = ("unanswered", "caller")
"""Calls that were not answered: refused with 503, or over the bound of one number."""
TOLD = "told"
"""Calls that were answered, heard that all lines are busy, and went to the agents."""


def journal_of_refused(
    journal: Journal, numbering: Numbering, clock: Clock, is_shedding: Callable[[], bool]
) -> Listener:
    """Return an ``AmiLink`` listener that counts calls that were not let in.

    Answered ones (TOLD) also go into the journal. ``is_shedding`` returns whether the load of the
    processors limits calls now, and not IVR_MAX_CALLS.
    """

    def listen(name: str, event: Event) -> None:
        if name != "UserEvent" or event.get("UserEvent") != EVENT:
            return
        how = event.get("How", "")
        if how in UNTOLD:
            metrics.call_refused(how)
        elif how == TOLD:
            metrics.call_refused("cpu" if is_shedding() else "max-calls")
            _write(event)

    def _write(event: Event) -> None:
        id, now = event.get("Uniqueid", ""), clock.now()
        call = Call(
            id,
            event.get("Dialled", ""),
            min(begun_at(id) or now, now),
            caller=numbering.parse(event.get("Caller", "")),
            reason="overload",
        )
        with suppress(ValueError):
            call.language = Language(event.get("Language", ""))
        try:
            journal.end(call, CallOutcome.AGENT, now)
        except TemporarilyUnavailable as error:
            log.error("a refused call is not in the journal", call=id, reason=str(error))

    return listen
