"""Subscribers to fill a store with."""

from __future__ import annotations

import dataclasses
from typing import Any

from ivr.ports import Status
from ivr.store import Store
from ivr.store.importing import import_rows
from ivr.store.rows import Row
from ivr.values import Language, Money, Msisdn, Secret, ServiceId
from tests.store.conftest import PEPPER

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
    return import_rows(store.database, rows, PEPPER, "test")
