"""Taking over subscribers: many rows, all or none.

Rows go into a temporary table first, which nobody else sees and which locks nothing; two statements
then carry them over. The line goes on answering meanwhile.

An update keeps what the file does not know: the code word, passport and PUK where their cells are
empty, and what an invoice says of its payer where the file has no such columns. Services are those
of the file. A number that changes hands keeps nothing of its former owner (``ivr.store.handover``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    case,
    delete,
    func,
    insert,
    select,
    true,
)

from ivr.care.verifiers import Verifying
from ivr.store.audit import Entry, write_entry
from ivr.store.database import Database
from ivr.store.handover import hand_over
from ivr.store.once import insert_into
from ivr.store.rows import OPTIONAL, Row
from ivr.store.seal import Seal
from ivr.store.tables import subscriber_services, subscribers

AT_ONCE = 2000
"""Rows sent at a time."""
PATIENCE = 600
"""Seconds that an import may take."""

_temporary = MetaData()
_incoming = Table(
    "incoming_subscribers",
    _temporary,
    Column("msisdn", String(20), primary_key=True),
    Column("full_name", Text),
    Column("language", String(2)),
    Column("tariff", String(40)),
    Column("status", String(40)),
    Column("balance_tenge", BigInteger),
    Column("company", Text),
    *(Column(name, Text) for name in OPTIONAL),
    Column("passport", String(64)),
    Column("puk", LargeBinary),
    prefixes=["TEMPORARY"],
)
_incoming_services = Table(
    "incoming_services",
    _temporary,
    Column("msisdn", String(20)),
    Column("service", String(40)),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    rows: int
    changed_hands: int = 0
    """Numbers that have another owner now than before."""


def import_rows(
    database: Database,
    rows: Iterable[Row],
    pepper: str,
    author: str,
    progress: Callable[[int], None] = lambda _rows: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Imported:
    """Add or update every row, or none. ``progress`` hears of rows taken.

    ``rows`` may raise while it is read; nothing is changed then.
    """
    verifying, seal = Verifying(pepper), Seal(pepper)
    coming = iter(rows)
    count = 0
    with database.gathering(PATIENCE) as connection:
        _temporary.create_all(connection, checkfirst=False)
        while batch := list(islice(coming, AT_ONCE)):
            _send(connection, batch, verifying, seal)
            count += len(batch)
            progress(len(batch))
        changed = hand_over(connection, _incoming, author, now)
        _carry_over(connection)
        _temporary.drop_all(connection, checkfirst=False)
        action = f"subscribers.import {count}"
        if changed:
            action += f" changed-hands {changed}"
        write_entry(connection, Entry(now(), author, action))
    return Imported(count, changed)


def _send(connection: Connection, batch: list[Row], verifying: Verifying, seal: Seal) -> None:
    connection.execute(insert(_incoming), [_values(row, verifying, seal) for row in batch])
    services = [
        {"msisdn": row.msisdn, "service": service}
        for row in batch
        for service in sorted(row.services)
    ]
    if services:
        connection.execute(insert(_incoming_services), services)


def _values(row: Row, verifying: Verifying, seal: Seal) -> dict[str, Any]:
    return {
        "msisdn": row.msisdn,
        "full_name": row.full_name,
        "language": row.language.value,
        "tariff": row.tariff,
        "status": row.status.value,
        "balance_tenge": row.balance.tenge,
        "company": row.company,
        **{name: getattr(row, name) for name in OPTIONAL},
        "passport": verifying.passport(row.msisdn, row.passport.keys) if row.passport else None,
        "puk": seal.close(row.msisdn, row.puk) if row.puk else None,
    }


def _carry_over(connection: Connection) -> None:
    names = [column.name for column in _incoming.c]
    upsert = insert_into(connection, subscribers).from_select(
        names,
        select(_incoming).where(true()).order_by(_incoming.c.msisdn),  # SQLite needs a WHERE here
    )
    fresh = upsert.excluded
    kept: dict[str, Any] = {
        name: func.coalesce(fresh[name], subscribers.c[name])
        for name in ("passport", "puk", *OPTIONAL)
    }
    is_other = subscribers.c.status != fresh.status
    kept["proof_version"] = subscribers.c.proof_version + case((is_other, 1), else_=0)
    kept["proof_call"] = case((is_other, None), else_=subscribers.c.proof_call)
    connection.execute(
        upsert.on_conflict_do_update(
            index_elements=[subscribers.c.msisdn],
            set_={name: fresh[name] for name in names if name != "msisdn"} | kept,
        )
    )
    connection.execute(
        delete(subscriber_services).where(
            subscriber_services.c.msisdn.in_(select(_incoming.c.msisdn))
        )
    )
    connection.execute(
        insert(subscriber_services).from_select(["msisdn", "service"], select(_incoming_services))
    )
