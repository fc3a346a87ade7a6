"""Import of subscribers: all rows or none.

Rows go into temporary tables first. Other connections do not see these tables, and they lock
nothing. A few statements then carry over the differences. Calls are served in the meantime.

An update keeps the values that the file does not have: the code word, columns that are not in the
file, passport and PUK where their cells are empty, a service's start and characteristics. It also
keeps what an order changed after the file was made (``ivr.store.younger``). A number that changes
hands keeps nothing of its former owner (``ivr.store.handover``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)

from ivr.care.verifiers import CredentialVerifier
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import AuditEntry, Facts, Tag, entry_of
from ivr.domain.imports import Imported
from ivr.domain.imports import SubscriberRow as Row
from ivr.errors import Unusable
from ivr.ports.subscribers import ImportProgress, SubscriberImports
from ivr.store.audit import counts, done_before, read_done, write_entry
from ivr.store.bounds import is_alone
from ivr.store.copying import copy_into
from ivr.store.database import Database
from ivr.store.encryption import Pepper, PukCipher
from ivr.store.handover import hand_over
from ivr.store.subscriber_row import TEXTS
from ivr.store.tables import subscriber_services, subscribers
from ivr.store.upsert import insert_into
from ivr.store.younger import Younger
from ivr.system.clock import SystemClock

CLOCK = SystemClock()
AT_ONCE = 2000
"""Rows in one batch."""

_temporary = MetaData()
_incoming = Table(
    "incoming_subscribers",
    _temporary,
    Column("msisdn", String(20)),
    Column("full_name", Text),
    Column("language", String(2)),
    Column("tariff", String(40)),
    Column("status", String(40)),
    Column("balance_tenge", BigInteger),
    *(Column(name, Text) for name in TEXTS),
    Column("passport", String(64)),
    Column("puk", LargeBinary),
    Column("has_services", Boolean),
    prefixes=["TEMPORARY"],
)
"""The columns are those of ``subscribers``, and ``has_services``. Null: not in the file."""
_incoming_services = Table(
    "incoming_services",
    _temporary,
    Column("msisdn", String(20)),
    Column("service", String(40)),
    prefixes=["TEMPORARY"],
)
younger = Younger(_temporary, _incoming, _incoming_services)
_INDEXES = (
    "CREATE UNIQUE INDEX incoming_number ON incoming_subscribers (msisdn)",
    "CREATE INDEX incoming_service ON incoming_services (msisdn, service)",
)
"""Created after the rows are inserted. The reader ensures that each number occurs once."""
_NAMES = [column.name for column in _incoming.c if column.name in subscribers.c]
_IF_KNOWN = (*TEXTS, "passport", "puk")
"""Columns that keep their value where the file has none."""


@dataclass(frozen=True)
class StoredImports(SubscriberImports):
    database: Database
    pepper: Pepper

    def take_over(
        self,
        actor: Actor,
        key: OperationKey,
        rows: Iterable[Row],
        as_of: datetime | None = None,
        took: timedelta = timedelta(0),
        progress: ImportProgress | None = None,
    ) -> Imported:
        told = (progress.advance, progress.writing) if progress else ()
        pepper = self.pepper if isinstance(self.pepper, str) else self.pepper()
        return import_rows(self.database, rows, pepper, (actor, key), *told, as_of=as_of, took=took)


def import_rows(
    database: Database,
    rows: Iterable[Row],
    pepper: str,
    by: tuple[Actor, OperationKey],
    progress: Callable[[int], None] = lambda _rows: None,
    writing: Callable[[], None] = lambda: None,
    *,
    now: Callable[[], datetime] = CLOCK.now,
    as_of: datetime | None = None,
    took: timedelta = timedelta(0),
) -> Imported:
    """See ``SubscriberImports.take_over``; for ``progress`` and ``writing`` ``ImportProgress``."""
    verifying, seal = CredentialVerifier(pepper), PukCipher(pepper)
    coming = iter(rows)
    count, at = 0, now()
    with database.reading() as connection:  # apart: SQLite must read nothing before it writes
        # This look saves the reading of the rows; the one under the lock decides.
        if done := read_done(connection, by[1], Tag.SUBSCRIBERS_IMPORT):
            return _answer(done)
    with database.importing() as connection:
        if not is_alone(connection, subscribers):
            raise Unusable("another import of subscribers is running: wait until it ends")
        _temporary.create_all(connection, checkfirst=False)
        while batch := list(islice(coming, AT_ONCE)):
            _send(connection, batch, verifying, seal)
            count += len(batch)
            progress(len(batch))
        writing()
        _index_and_analyse(connection)
        # An SQLite transaction cannot write after another one has changed what it read. This
        # statement takes the writer's lock before anything is read.
        nothing = update(subscribers).where(false())
        connection.execute(nothing.values(language=subscribers.c.language))
        if done := done_before(connection, by[1], Tag.SUBSCRIBERS_IMPORT):
            _temporary.drop_all(connection, checkfirst=False)
            return _answer(done)  # another process has done it since
        changed = hand_over(connection, _incoming, by, now, _lock)
        as_of = min(as_of or at, at)
        kept = younger.keep(connection, as_of, took)
        _carry_over(connection)
        _carry_over_services(connection)
        _temporary.drop_all(connection, checkfirst=False)
        since = as_of - took
        after: Facts = {
            "rows": count,
            "changed_hands": changed,
            "kept": kept,
            "since": since.isoformat(),
        }
        write_entry(connection, entry_of(*by, now(), Tag.SUBSCRIBERS_IMPORT, after=after))
    return Imported(count, changed, kept, since)


def _answer(done: AuditEntry) -> Imported:
    """What an import answered that is done already."""
    since = datetime.fromisoformat(str((done.after or {})["since"]))
    rows, changed, kept = counts(done, "rows", "changed_hands", "kept")
    return Imported(rows, changed, kept, since)


def _send(
    connection: Connection, batch: list[Row], verifying: CredentialVerifier, seal: PukCipher
) -> None:
    copy_into(connection, _incoming, [_values(row, verifying, seal) for row in batch])
    services = [(row.msisdn, id) for row in batch if row.services for id in sorted(row.services)]
    copy_into(connection, _incoming_services, services)


def _values(row: Row, verifying: CredentialVerifier, seal: PukCipher) -> tuple[Any, ...]:
    return (
        row.msisdn,
        row.full_name,
        row.language.value,
        row.tariff,
        row.status.value,
        row.balance.tenge,
        *(getattr(row, name) for name in TEXTS),
        verifying.passport(row.msisdn, row.passport.keys) if row.passport else None,
        seal.close(row.msisdn, row.puk) if row.puk else None,
        row.services is not None,
    )


def _index_and_analyse(connection: Connection) -> None:
    """Create the indexes and run ANALYZE: autovacuum does not analyse temporary tables."""
    for index in _INDEXES:
        connection.exec_driver_sql(index)
    if connection.dialect.name == "postgresql":
        for table in (_incoming, _incoming_services):
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def _lock(connection: Connection) -> None:
    """Lock the rows of these numbers: no order is written or settled before the import ends."""
    mine = select(subscribers.c.msisdn).join(_incoming, _incoming.c.msisdn == subscribers.c.msisdn)
    rows = mine.order_by(subscribers.c.msisdn).with_for_update(of=subscribers).subquery()
    connection.execute(select(func.count()).select_from(rows))


def _carry_over(connection: Connection) -> None:
    """Update the numbers that differ and insert the new ones."""
    old, new = subscribers.c, _incoming.c
    values: dict[str, ColumnElement[Any]] = {
        name: func.coalesce(new[name], old[name]) if name in _IF_KNOWN else new[name]
        for name in _NAMES
        if name != "msisdn"
    }
    differs = or_(*(old[name].is_distinct_from(value) for name, value in values.items()))
    is_other = old.status != new.status
    connection.execute(
        update(subscribers)
        .where(old.msisdn == new.msisdn, differs)
        .values(
            **values,
            proof_version=old.proof_version + case((is_other, 1), else_=0),
            proof_call=case((is_other, None), else_=old.proof_call),
        )
    )
    is_there = exists().where(old.msisdn == new.msisdn)
    first = [func.coalesce(new[name], "") if name == "company" else new[name] for name in _NAMES]
    connection.execute(
        insert_into(connection, subscribers)
        .from_select(_NAMES, select(*first).where(~is_there))
        .on_conflict_do_nothing()
    )


def _carry_over_services(connection: Connection) -> None:
    """Delete services that are not in the file, add those that are new, and keep all others."""
    old, new, told = subscriber_services.c, _incoming_services.c, _incoming.c
    connection.execute(
        delete(subscriber_services).where(
            exists().where(told.msisdn == old.msisdn, told.has_services),
            ~exists().where(new.msisdn == old.msisdn, new.service == old.service),
            ~younger.has(old.msisdn, old.service),
        )
    )
    is_there = exists().where(old.msisdn == new.msisdn, old.service == new.service)
    added = select(_incoming_services).where(~is_there, ~younger.has(new.msisdn, new.service))
    connection.execute(
        insert_into(connection, subscriber_services)
        .from_select(["msisdn", "service"], added)
        .on_conflict_do_nothing()
    )
