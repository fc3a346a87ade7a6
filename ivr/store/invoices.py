"""Repository of invoices and of the tries to send them by fax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Select, and_, asc, desc, func, select, tuple_, update

from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult, FaxState, FaxTry
from ivr.domain.invoices import Draft, Invoice, InvoiceNumber, NoInvoice, Paper
from ivr.domain.values import Msisdn
from ivr.ports.invoices import InvoiceRepository
from ivr.store.actors import actor_of, row_of
from ivr.store.database import Database
from ivr.store.order_rows import lock
from ivr.store.subscribers import owner_since, read_proof
from ivr.store.tables import fax_tries, invoice_years, invoices
from ivr.store.upsert import insert_or_ignore, is_taken

PAPERS = TypeAdapter(Paper)


@dataclass(frozen=True)
class StoredInvoices(InvoiceRepository):
    database: Database

    def write(
        self, draft: Draft, since: datetime, most: int, to_fax: int | None = None
    ) -> Invoice | NoInvoice:
        year = draft.paper.dated.year
        known = select(invoices).where(invoices.c.external_id == draft.external_id)
        with self.database.writing() as connection:
            lock(connection, draft.paper.phone)
            newest = _newest_locked(connection, year)
            # Searched under the year's lock: writers of the same key come one after another.
            if found := _read(connection, known):
                written = found[0]
                if (written.actor, written.paper.phone) != (draft.actor, draft.paper.phone):
                    raise is_taken("invoice", draft.external_id)
                return written
            draft.hold(read_proof(connection, draft.paper.phone))
            recent = select(func.count()).where(invoices.c.ordered > since)
            owned = owner_since(connection, draft.paper.phone)
            for_phone = recent.where(
                invoices.c.number == draft.paper.phone, invoices.c.ordered > owned
            )
            if connection.execute(for_phone).scalar_one() >= most:
                return NoInvoice.MANY
            faxed = recent.where(invoices.c.fax == draft.fax)
            if to_fax is not None and connection.execute(faxed).scalar_one() >= to_fax:
                return NoInvoice.FAXED
            connection.execute(
                update(invoice_years).where(invoice_years.c.year == year).values(newest=newest + 1)
            )
            row = {
                "year": year,
                "sequence": newest + 1,
                "external_id": draft.external_id,
                "number": draft.paper.phone,
                "paper": PAPERS.dump_json(draft.paper).decode(),
                "fax": draft.fax,
                "ordered": draft.ordered,
                "state": FaxState.WAITING.value,
                "due": draft.ordered,
                **row_of(draft.actor),
            }
            connection.execute(invoices.insert().values(**row))
            return _read(connection, known)[0]

    def get(self, number: InvoiceNumber) -> Invoice | None:
        with self.database.reading() as connection:
            found = _read(connection, select(invoices).where(_is(number)))
            return found[0] if found else None

    def find(self, external_id: str) -> Invoice | None:
        with self.database.reading() as connection:
            found = _read(connection, select(invoices).where(invoices.c.external_id == external_id))
            return found[0] if found else None

    def due(self, at: datetime, most: int) -> Sequence[Invoice]:
        return self._in_state(FaxState.WAITING, at, most)

    def sending(self) -> Sequence[Invoice]:
        return self._in_state(FaxState.SENDING)

    def begin(self, number: InvoiceNumber, at: datetime) -> bool:
        with self.database.writing() as connection:
            taken = connection.execute(
                update(invoices)
                .where(_is(number), invoices.c.state == FaxState.WAITING.value)
                .values(state=FaxState.SENDING.value, due=at)
            )
            if taken.rowcount == 0:
                return False
            made = select(func.count()).where(_of(number))
            connection.execute(
                fax_tries.insert().values(
                    year=number.year,
                    sequence=number.sequence,
                    position=connection.execute(made).scalar_one() + 1,
                    begun=at,
                    pages=0,
                    detail="",
                )
            )
            return True

    def end(
        self,
        number: InvoiceNumber,
        answer: FaxAnswer,
        at: datetime,
        state: FaxState,
        due: datetime,
    ) -> None:
        with self.database.writing() as connection:
            ended = connection.execute(
                update(invoices)
                .where(_is(number), invoices.c.state == FaxState.SENDING.value)
                .values(state=state.value, due=due)
            )
            if ended.rowcount == 0:
                return
            connection.execute(
                update(fax_tries)
                .where(_of(number), fax_tries.c.ended.is_(None))
                .values(
                    ended=at,
                    result=answer.result.value,
                    reason=answer.reason.value if answer.reason else None,
                    pages=answer.pages,
                    detail=answer.detail,
                )
            )

    def newest(self, most: int) -> Sequence[Invoice]:
        """Return invoices in any state, newest first."""
        order = (desc(invoices.c.year), desc(invoices.c.sequence))
        with self.database.reading() as connection:
            return _read(connection, select(invoices).order_by(*order).limit(most))

    def _in_state(
        self, state: FaxState, at: datetime | None = None, most: int | None = None
    ) -> Sequence[Invoice]:
        query = (
            select(invoices)
            .where(invoices.c.state == state.value)
            .order_by(asc(invoices.c.due), asc(invoices.c.year), asc(invoices.c.sequence))
        )
        if at is not None:
            query = query.where(invoices.c.due <= at)
        with self.database.reading() as connection:
            return _read(connection, query.limit(most))


def _newest_locked(connection: Connection, year: int) -> int:
    """Return the year's newest number, locked for other writers until the transaction ends."""
    mine = invoice_years.c.year == year
    insert_or_ignore(connection, invoice_years, {"year": year, "newest": 0}, invoice_years.c.year)
    row = connection.execute(select(invoice_years.c.newest).where(mine).with_for_update())
    return int(row.scalar_one())


def _is(number: InvoiceNumber) -> Any:
    return and_(invoices.c.year == number.year, invoices.c.sequence == number.sequence)


def _of(number: InvoiceNumber) -> Any:
    return and_(fax_tries.c.year == number.year, fax_tries.c.sequence == number.sequence)


def _read(connection: Connection, query: Select[Any]) -> list[Invoice]:
    rows = connection.execute(query).all()
    if not rows:
        return []
    tries: dict[InvoiceNumber, list[FaxTry]] = {
        InvoiceNumber(row.year, row.sequence): [] for row in rows
    }
    for row in connection.execute(
        select(fax_tries)
        .where(
            tuple_(fax_tries.c.year, fax_tries.c.sequence).in_(
                [(number.year, number.sequence) for number in tries]
            )
        )
        .order_by(asc(fax_tries.c.position))
    ):
        tries[InvoiceNumber(row.year, row.sequence)].append(_try(row))
    return [_invoice(row, tries[InvoiceNumber(row.year, row.sequence)]) for row in rows]


def _try(row: Row[Any]) -> FaxTry:
    if not row.result:
        return FaxTry(row.begun, row.ended)
    reason = FaxReason(row.reason) if row.reason else None
    answer = FaxAnswer(FaxResult(row.result), row.pages, row.detail, reason)
    return FaxTry(row.begun, row.ended, answer)


def _invoice(row: Row[Any], tries: list[FaxTry]) -> Invoice:
    return Invoice(
        number=InvoiceNumber(row.year, row.sequence),
        external_id=row.external_id,
        paper=PAPERS.validate_json(row.paper),
        fax=Msisdn(row.fax),
        ordered=row.ordered,
        state=FaxState(row.state),
        due=row.due,
        tries=tuple(tries),
        actor=actor_of(row, row.external_id),
    )
