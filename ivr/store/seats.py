"""Repository of lent seats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from ivr.ports.contacts import SeatLoans
from ivr.store.bounds import one_at_a_time
from ivr.store.contact_tables import seat_loans
from ivr.store.database import Database


@dataclass(frozen=True)
class StoredSeatLoans(SeatLoans):
    database: Database

    def lend(self, session: int, agent: str, seats: Sequence[str], at: datetime) -> str | None:
        loans = seat_loans.c
        with self.database.writing() as connection:
            one_at_a_time(connection, seat_loans)
            lent = connection.execute(select(loans.seat, loans.session, loans.agent)).all()
            gone = [row.seat for row in lent if row.seat not in seats]
            if gone:
                connection.execute(delete(seat_loans).where(loans.seat.in_(gone)))
            mine = [row.seat for row in lent if row.agent == agent and row.seat in seats]
            other = loans.agent != agent
            connection.execute(delete(seat_loans).where(loans.session == session, other))
            if mine:
                own = update(seat_loans).where(loans.seat == mine[0])
                connection.execute(own.values(session=session, at=at))
                return str(mine[0])
            taken = {row.seat for row in lent if row.session != session}
            free = next((seat for seat in seats if seat not in taken), None)
            if free is not None:
                row = {"seat": free, "session": session, "agent": agent, "at": at}
                connection.execute(insert(seat_loans).values(**row))
            return free

    def seat_of(self, session: int) -> str | None:
        query = select(seat_loans.c.seat).where(seat_loans.c.session == session)
        with self.database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def give_back(self, session: int) -> None:
        with self.database.writing() as connection:
            connection.execute(delete(seat_loans).where(seat_loans.c.session == session))

    def take_back(self, agent: str) -> None:
        with self.database.writing() as connection:
            connection.execute(delete(seat_loans).where(seat_loans.c.agent == agent))

    def loans(self) -> Mapping[str, str]:
        with self.database.reading() as connection:
            rows = connection.execute(select(seat_loans.c.seat, seat_loans.c.agent)).all()
            return {row.seat: row.agent for row in rows}
