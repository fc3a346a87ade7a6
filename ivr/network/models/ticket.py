"""TMF621 Trouble Ticket v4: tasks for the back office."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ivr.network.models.common import NamedParty, Reference, Resource
from ivr.network.models.tolerant import Day, Many, Text, Word

BASE = "/tmf-api/troubleTicket/v4"


class RelatedEntity(Resource):
    """A number that the request is about."""

    id: str
    role: str
    name: str | None = None
    referred_type: Annotated[str, Field(alias="@referredType")]


class NewTicket(Resource):
    """TroubleTicket_Create."""

    description: str
    severity: str
    ticket_type: str
    external_id: str | None = None
    channel: Reference | None = None
    related_entity: tuple[RelatedEntity, ...] | None = None
    related_party: tuple[NamedParty, ...] | None = None


class Ticket(Resource):
    """``status``: acknowledged, rejected, pending, held, inProgress, cancelled, closed or
    resolved."""

    id: Text = ""
    href: Word = None
    external_id: Word = None
    description: Word = None
    severity: Word = None
    ticket_type: Word = None
    status: Word = None
    creation_date: Day = None
    related_entity: Many[RelatedEntity] = ()
