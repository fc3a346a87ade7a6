"""Requests to the back office, as TMF621 trouble tickets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from ivr.domain.orders import NotSettled, Sent
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.network.answer import Answer
from ivr.network.failures import Lost
from ivr.network.http_client import HttpClient
from ivr.network.models import ticket
from ivr.network.models.common import Reference
from ivr.network.models.ticket import NewTicket, RelatedEntity, Ticket
from ivr.ports.business import BackOffice

PATIENCE = 5.0
"""Seconds that a caller waits for the number of a request."""
TICKETS = f"{ticket.BASE}/troubleTicket"
CHANNEL = "0890"


@dataclass(frozen=True)
class TmForumBackOffice(BackOffice):
    wire: HttpClient
    patience: float = PATIENCE

    def request(
        self, reference: str, kind: str, numbers: Sequence[Msisdn], text: str, *, send: bool = True
    ) -> str:
        until = time.monotonic() + self.patience
        # People process tickets: search for an existing one first, so that there are never two.
        try:
            known = self._find(reference, until)
        except TemporarilyUnavailable as error:
            raise NotSettled.of(error, Sent.NOT) from error
        if known is not None:
            return known.id or reference
        if not send:
            raise NotSettled(self.wire.what, "it does not know the request", Sent.MISSED)
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
            return known.id or reference
        except TemporarilyUnavailable as error:
            raise NotSettled.of(error, Sent.NOT) from error
        if answer.status < 300:
            known = self._made(answer) or self._find(reference, until)
            if known is None and (answer.status not in (201, 202) or answer.is_page_of_web):
                raise Lost(self.wire.what, "it does not say whether it has the request")
            return (known.id if known else "") or reference
        known = self._find(reference, until) if answer.status == 409 else None
        if known is not None:
            return known.id or reference
        raise NotSettled(self.wire.what, f"it answers with status {answer.status}", Sent.NOT)

    def _made(self, answer: Answer) -> Ticket | None:
        """Return the ticket in an answer; None: there is none."""
        with suppress(ValueError):
            made = Ticket.model_validate(answer.document() or {})
            return made if made.id else None
        return None

    def _find(self, reference: str, until: float) -> Ticket | None:
        found = self.wire.each(Ticket, TICKETS, until, externalId=reference)
        return next((each for each in found if each.external_id == reference), None)
