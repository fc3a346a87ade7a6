"""Repository of requests to the back office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, asc, delete, desc, func, insert, or_, select, update

from ivr.domain.actor import Actor
from ivr.domain.callbacks import Bound
from ivr.domain.requests import NoRequest, Request
from ivr.domain.values import Language, Msisdn
from ivr.ports.requests import RequestRepository
from ivr.store.actors import actor_of, row_of
from ivr.store.bounds import is_spent, one_at_a_time
from ivr.store.database import Database
from ivr.store.tables import requests
from ivr.store.upsert import is_taken


@dataclass(frozen=True)
class StoredRequests(RequestRepository):
    database: Database

    def write(self, request: Request, bound: Bound, in_call: int) -> Request | NoRequest:
        row = {
            "reference": request.reference,
            "kind": request.kind,
            "number": request.asker,
            "numbers": " ".join(request.numbers),
            "language": request.language.value if request.language else None,
            "at": request.at,
            "tries": 0,
            "call": request.actor.call or None,
            "party": request.party,
            **row_of(request.actor),
        }
        known = select(requests).where(requests.c.reference == request.reference)
        with self.database.writing() as connection:
            one_at_a_time(connection, requests)
            if found := connection.execute(known).one_or_none():
                written = _request(found)
                if not written.is_same(request):
                    raise is_taken("request", request.reference)
                return written
            if no := _room(connection, request.actor, request.party, bound, in_call):
                return no
            connection.execute(insert(requests).values(**row))
            return _request(connection.execute(known).one())

    def room(
        self, actor: Actor, party: Msisdn | None, bound: Bound, in_call: int
    ) -> NoRequest | None:
        with self.database.reading() as connection:
            return _room(connection, actor, party, bound, in_call)

    def find(self, reference: str) -> Request | None:
        known = select(requests).where(requests.c.reference == reference)
        with self.database.reading() as connection:
            row = connection.execute(known).one_or_none()
            return _request(row) if row else None

    def unsent(self, before: datetime, most: int) -> Sequence[Request]:
        query = (
            select(requests)
            .where(
                requests.c.ticket.is_(None),
                func.coalesce(requests.c.tried, requests.c.at) <= before,
            )
            .order_by(asc(requests.c.id))
            .limit(most)
        )
        with self.database.reading() as connection:
            return [_request(row) for row in connection.execute(query)]

    def sent(self, number: int, ticket: str) -> None:
        with self.database.writing() as connection:
            connection.execute(
                update(requests)
                .where(requests.c.id == number, requests.c.ticket.is_(None))
                .values(ticket=ticket)
            )

    def tried(self, number: int, at: datetime) -> None:
        with self.database.writing() as connection:
            connection.execute(
                update(requests)
                .where(requests.c.id == number, requests.c.ticket.is_(None))
                .values(tries=requests.c.tries + 1, tried=at, claimed=None)
            )

    def claim(self, request: Request, at: datetime, until: datetime) -> bool:
        is_free = or_(requests.c.claimed.is_(None), requests.c.claimed <= at)
        is_as_read = requests.c.tried.is_not_distinct_from(request.tried)
        with self.database.writing() as connection:
            taken = connection.execute(
                update(requests)
                .where(requests.c.id == request.number, requests.c.ticket.is_(None))
                .where(is_free, is_as_read)
                .values(claimed=until)
            )
            return taken.rowcount > 0

    def forget(self, before: datetime) -> int:
        old = delete(requests).where(requests.c.ticket.is_not(None), requests.c.at < before)
        with self.database.writing() as connection:
            return connection.execute(old).rowcount

    def newest(self, most: int) -> Sequence[Request]:
        query = select(requests).order_by(desc(requests.c.id)).limit(most)
        with self.database.reading() as connection:
            return [_request(row) for row in connection.execute(query)]


def _room(
    connection: Connection, actor: Actor, party: Msisdn | None, bound: Bound, in_call: int
) -> NoRequest | None:
    of_call = select(func.count()).select_from(requests).where(requests.c.call == actor.call)
    if connection.execute(of_call).scalar_one() >= in_call:
        return NoRequest.IN_CALL
    spent = is_spent(connection, requests, requests.c.party, party, bound)
    return NoRequest.MANY if spent else None


def _request(row: Row[Any]) -> Request:
    return Request(
        reference=row.reference,
        kind=row.kind,
        numbers=tuple(Msisdn(number) for number in row.numbers.split()),
        asker=Msisdn(row.number) if row.number else None,
        language=Language(row.language) if row.language else None,
        at=row.at,
        number=row.id,
        ticket=row.ticket,
        tries=row.tries,
        tried=row.tried,
        party=Msisdn(row.party) if row.party else None,
        actor=actor_of(row, row.reference),
    )
