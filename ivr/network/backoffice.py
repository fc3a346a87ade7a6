"""Requests to the back office, as TMF621 trouble tickets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.network.models import ticket
from ivr.network.models.common import Reference
from ivr.network.models.ticket import NewTicket, RelatedEntity, Ticket
from ivr.network.wire import Lost, Wire
from ivr.values import Msisdn

PATIENCE = 5.0
"""Seconds that a caller waits for the number of a request."""
TICKETS = f"{ticket.BASE}/troubleTicket"
CHANNEL = "0890"


@dataclass(frozen=True)
class TmForumBackOffice:
    """Implements ``ivr.ports.BackOffice``."""

    wire: Wire
    patience: float = PATIENCE

    def request(self, reference: str, kind: str, numbers: Sequence[Msisdn], text: str) -> str:
        until = time.monotonic() + self.patience
        # People read and close these: who asks twice is found out before, not by two tickets.
        known = self._find(reference, until)
        if known is not None:
            return known.id
        body = NewTicket(
            description=text,
            severity="Minor",
            ticket_type=kind,
            external_id=reference,
            channel=Reference(id=CHANNEL),
            related_entity=tuple(
                RelatedEntity(id=number, role="subscriber", referred_type="Product")
                for number in numbers
            ),
        ).wire()
        try:
            answer = self.wire.post(TICKETS, body, until)
        except Lost:
            known = self._find(reference, until)
            if known is None:
                raise
            return known.id
        return self.wire.read(Ticket, answer).id

    def _find(self, reference: str, until: float) -> Ticket | None:
        answer = self.wire.get(TICKETS, until, externalId=reference)
        found = self.wire.read_list(Ticket, answer)
        return next((each for each in found if each.external_id == reference), None)
