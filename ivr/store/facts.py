"""Facts that the owner of a number must learn and has no message about yet.

A fact counts as told when the outbox has a message under its reference. Each query reads an index
range: the rows written in a given time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, asc, cast, exists, literal, or_, select

from ivr.care.notices import HELD, OFF, SERVICES
from ivr.domain.audit import Tag
from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import AttemptResult, CallerKind
from ivr.domain.notices import Act, Occasion
from ivr.domain.orders import Order, OrderState
from ivr.domain.values import Msisdn
from ivr.ports.notices import Facts
from ivr.store.database import Database
from ivr.store.order_rows import DELETE
from ivr.store.orders import StoredOrders
from ivr.store.tables import attempts, audit, messages, order_items, orders, subscribers

AUDITED = {Tag.PUK_TOLD.value: Occasion.PUK, Tag.CODEWORD_SET.value: Occasion.CODEWORD}
SUFFIXES = ("", "-changed", "-off")
"""Suffixes of the occasions of one service."""
_SWITCHED_OFF = and_(order_items.c.service.in_(OFF), order_items.c.action == DELETE)


@dataclass(frozen=True)
class StoredFacts(Facts):
    database: Database
    repository: StoredOrders

    def orders(self, since: datetime, until: datetime, most: int) -> Sequence[Order]:
        told = _has_message(
            *(order_items.c.service + f"{suffix}:" + order_items.c.order_id for suffix in SUFFIXES)
        )
        untold = exists().where(
            order_items.c.order_id == orders.c.id,
            or_(order_items.c.service.in_(SERVICES), _SWITCHED_OFF),
            ~told,
        )
        query = (
            select(orders.c.id)
            .where(
                orders.c.settled >= since,
                orders.c.settled < until,
                orders.c.state == OrderState.COMPLETED.value,
                ~_is_of_former_owner(orders.c.number, orders.c.ordered),
                untold,
            )
            .order_by(asc(orders.c.settled), asc(orders.c.id))
            .limit(most)
        )
        return self._read(query)

    def held(self, most: int) -> Sequence[Order]:
        told = _has_message("held-" + order_items.c.service + ":" + order_items.c.order_id)
        untold = exists().where(
            order_items.c.order_id == orders.c.id,
            or_(
                and_(order_items.c.service.in_(HELD), order_items.c.action != DELETE),
                _SWITCHED_OFF,
            ),
            ~told,
        )
        query = (
            select(orders.c.id)
            .where(orders.c.due.is_not(None), untold)  # only held orders have a due time: few rows
            .order_by(asc(orders.c.ordered), asc(orders.c.id))
            .limit(most)
        )
        return self._read(query)

    def acts(self, since: datetime, until: datetime, most: int) -> Sequence[Act]:
        audited = [
            (
                occasion,
                select(audit.c.id, audit.c.number)
                .where(audit.c.action == action, audit.c.at >= since, audit.c.at < until)
                .where(audit.c.number.is_not(None), ~_has_message(_reference(occasion, audit.c.id)))
                .where(~_is_of_former_owner(audit.c.number, audit.c.at))
                .order_by(asc(audit.c.id)),
            )
            for action, occasion in AUDITED.items()
        ]
        matches = (
            select(attempts.c.id, attempts.c.number)
            .where(
                attempts.c.means == IdentificationMethod.PASSPORT.value,
                attempts.c.result == AttemptResult.MATCH.value,
                attempts.c.at >= since,
                attempts.c.at < until,
                attempts.c.kind != CallerKind.OWN.value,
                ~_is_of_former_owner(attempts.c.number, attempts.c.at),
                ~_has_message(_reference(Occasion.PASSPORT, attempts.c.id)),
            )
            .order_by(asc(attempts.c.id))
        )
        with self.database.reading() as connection:
            return [
                Act(occasion, str(row.id), Msisdn(row.number))
                for occasion, query in (*audited, (Occasion.PASSPORT, matches))
                for row in connection.execute(query.limit(most))
            ]

    def _read(self, ids: Select[Any]) -> list[Order]:
        with self.database.reading() as connection:
            found = connection.execute(ids).scalars().all()
        return [order for id in found if (order := self.repository.get(id)) is not None]


def _is_of_former_owner(
    number: ColumnElement[str | None], at: ColumnElement[datetime]
) -> ColumnElement[bool]:
    return exists().where(subscribers.c.msisdn == number, subscribers.c.owner_since >= at)


def _has_message(*references: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(messages.c.reference.in_(references))


def _reference(occasion: Occasion, id: ColumnElement[int]) -> ColumnElement[str]:
    return literal(f"{occasion}:", Text) + cast(id, Text)
