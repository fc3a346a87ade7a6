"""Stored data of the simulated operator besides orders: tickets and listeners."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ivr.network.models.ticket import NewTicket, Ticket
from ivr.simulators.network.file import reading, writing


@dataclass(frozen=True)
class Registry:
    """Tickets and listeners. Each method is one transaction."""

    file: Path

    def ticket(self, new: NewTicket, now: datetime) -> Ticket:
        """Create a ticket, or return the existing one with the same external id."""
        with writing(self.file) as link:
            row = link.execute(
                "SELECT body FROM tickets WHERE external_id = ?", (new.external_id,)
            ).fetchone()
            if row:
                return Ticket.model_validate_json(row[0])
            count = link.execute("SELECT count(*) FROM tickets").fetchone()[0]
            fresh = Ticket.model_validate(
                {
                    **new.model_dump(exclude_none=True),
                    "id": str(count + 1),
                    "status": "acknowledged",
                    "creation_date": now,
                }
            )
            link.execute(
                "INSERT INTO tickets VALUES (?, ?, ?)",
                (fresh.id, new.external_id, fresh.model_dump_json()),
            )
            return fresh

    def tickets(self, external_id: str | None) -> list[Ticket]:
        """Return the tickets with an external id; None: all tickets."""
        with reading(self.file) as link:
            rows = link.execute(
                "SELECT body FROM tickets WHERE ?1 IS NULL OR external_id = ?1", (external_id,)
            ).fetchall()
            return [Ticket.model_validate_json(body) for (body,) in rows]

    def listen(self, callback: str) -> tuple[str, bool]:
        """Store a listener to events; return its id and whether it is new."""
        with writing(self.file) as link:
            row = link.execute(
                "SELECT id FROM listeners WHERE callback = ?", (callback,)
            ).fetchone()
            if row:
                return str(row[0]), False
            id = str(uuid.uuid4())
            link.execute("INSERT INTO listeners VALUES (?, ?)", (id, callback))
            return id, True

    def unlisten(self, id: str) -> bool:
        with writing(self.file) as link:
            return link.execute("DELETE FROM listeners WHERE id = ?", (id,)).rowcount > 0

    def listeners(self) -> list[str]:
        """Return the callbacks of all listeners."""
        with reading(self.file) as link:
            return [str(row[0]) for row in link.execute("SELECT callback FROM listeners")]
