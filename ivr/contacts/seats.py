"""Lends the seats of the pool to sessions."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.domain.seats import LentSeat
from ivr.domain.staff import Right, StaffSession
from ivr.ports.clock import Clock
from ivr.ports.contacts import SeatLoans, SeatSecrets
from ivr.staff.rights import require


@dataclass(frozen=True)
class SeatService:
    """A seat belongs to one session at a time; an agent has one seat."""

    loans: SeatLoans
    secrets: SeatSecrets
    clock: Clock

    def lend(self, session: StaffSession) -> LentSeat | None:
        """Lend a seat to a session of an agent; None: all are lent, or there are none.

        The same session gets the same seat again. An older session of the agent loses it. Raise
        Forbidden if the user may not take calls.
        """
        require(session, Right.TAKE_CALLS)
        secrets, user = self.secrets.secrets(), session.user
        seat = self.loans.lend(session.id, user.name, sorted(secrets), self.clock.now())
        return LentSeat(seat, secrets[seat]) if seat else None

    def seat_of(self, session: int) -> str | None:
        """Return the seat of a session; None: it has none, or has lost it."""
        return self.loans.seat_of(session)

    def give_back(self, session: int) -> None:
        """End the loan of a session."""
        self.loans.give_back(session)
