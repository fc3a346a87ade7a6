"""Subscribers to fill a store with."""

from __future__ import annotations

import dataclasses
from dataclasses import fields
from typing import Any

from sqlalchemy import update

from ivr.domain.orders import Order
from ivr.domain.subscriber import Status, Subscriber
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.ports.attempts import Attempts
from ivr.ports.content import Releases
from ivr.ports.orders import OrderRepository
from ivr.ports.requests import RequestRepository
from ivr.ports.subscribers import Payments, Subscribers
from ivr.store import Store
from ivr.store.importing import import_rows
from ivr.store.rows import Row
from ivr.store.tables import subscribers
from ivr.testing.acting import by

PEPPER = "a pepper of the tests"
NUMBER = Msisdn("99365123456")
PASSPORT_KEYS = "26918273"
PUK = "73104826"
ROW = Row(
    msisdn=NUMBER,
    full_name="Myradowa Aýgül",
    passport=Secret(PASSPORT_KEYS),
    language=Language.TURKMEN,
    tariff="duet",
    status=Status.ACTIVE,
    balance=Money(4530),
    services=frozenset({ServiceId("sms")}),
    puk=Secret(PUK),
    company="",
)


def row(**changes: Any) -> Row:
    """The usual subscriber, with changes."""
    return dataclasses.replace(ROW, **changes)


def fill(store: Store, *rows: Row) -> int:
    """Import rows as the command does."""
    return import_rows(store.database, rows, PEPPER, by("test")).rows


@dataclasses.dataclass(frozen=True)
class StoredRecords:
    """A store, as the contracts of the records take it."""

    store: Store

    @property
    def subscribers(self) -> Subscribers:
        return self.store.subscribers

    @property
    def attempts(self) -> Attempts:
        return self.store.attempts

    @property
    def orders(self) -> OrderRepository:
        return self.store.orders

    @property
    def releases(self) -> Releases:
        return self.store.releases

    @property
    def requests(self) -> RequestRepository:
        return self.store.requests

    @property
    def payments(self) -> Payments:
        return self.store.payments

    def add(self, subscriber: Subscriber) -> None:
        known = {
            field.name: getattr(subscriber, field.name)
            for field in fields(subscriber)
            if field.name not in ("packages", "owner_since")
        }
        fill(self.store, row(**known | {"services": frozenset(subscriber.services)}))
        mine = subscribers.c.msisdn == subscriber.msisdn
        with self.store.database.writing() as connection:
            since = {"owner_since": subscriber.owner_since}
            connection.execute(update(subscribers).where(mine).values(**since))

    def use(self, bought: Order, left: int) -> None:
        assert not self.store.packages.set_left(*by("meter"), {bought.external_id: left}).over

    def acts(self) -> list[tuple[str, str]]:
        entries = reversed(self.store.audit.newest(100, NUMBER))
        return [(each.author, each.action) for each in entries if each.action.startswith("order.")]
