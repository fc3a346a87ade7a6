"""What the simulated network keeps: orders, what is switched, requests, who listens.

It is a file of its own in IVR_HOME, so that it outlives a restart, and it is idempotent by
external id, as the real network must be.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ivr.network.models.activation import OrderItemOfService
from ivr.network.models.common import number_of, pairs
from ivr.network.models.service_order import (
    ENDED,
    Action,
    NewServiceOrder,
    ServiceOrder,
    ServiceOrderState,
)
from ivr.network.models.ticket import NewTicket, Ticket
from ivr.values import Msisdn, ServiceId

_TABLES = """
PRAGMA journal_mode=WAL;
CREATE TABLE IF NOT EXISTS service_orders (
    id TEXT PRIMARY KEY, external_id TEXT UNIQUE, state TEXT NOT NULL, due REAL NOT NULL,
    body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS switched (
    number TEXT NOT NULL, service TEXT NOT NULL, is_on INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (number, service));
CREATE TABLE IF NOT EXISTS particulars (
    number TEXT NOT NULL, service TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (number, service));
CREATE TABLE IF NOT EXISTS activated (
    order_id TEXT NOT NULL, item_id TEXT NOT NULL, number TEXT NOT NULL, service TEXT NOT NULL,
    PRIMARY KEY (order_id, item_id));
CREATE TABLE IF NOT EXISTS tickets (
    id TEXT PRIMARY KEY, external_id TEXT UNIQUE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS listeners (id TEXT PRIMARY KEY, callback TEXT NOT NULL UNIQUE);
"""
LOCK_SECONDS = 3.0


@dataclass(frozen=True)
class NetworkSimulator:
    """The state in one file. Each method is one transaction; sqlite3.Error where it is spoilt."""

    file: Path

    def switched(self, number: Msisdn) -> dict[ServiceId, bool]:
        """What the network has switched for a number, so far as it was asked."""
        with self._reading() as link:
            rows = link.execute("SELECT service, is_on FROM switched WHERE number = ?", (number,))
            return {ServiceId(service): bool(is_on) for service, is_on in rows}

    def times(self, number: Msisdn, service: ServiceId) -> int:
        """How many times a service was really switched: never more than it was ordered."""
        with self._reading() as link:
            row = link.execute(
                "SELECT times FROM switched WHERE number = ? AND service = ?", (number, service)
            ).fetchone()
            return int(row[0]) if row else 0

    def particulars(self, number: Msisdn, service: ServiceId) -> dict[str, str]:
        """The characteristics of a service: where calls are forwarded to, which package."""
        with self._reading() as link:
            row = link.execute(
                "SELECT body FROM particulars WHERE number = ? AND service = ?", (number, service)
            ).fetchone()
            return (
                {str(name): str(value) for name, value in json.loads(row[0]).items()} if row else {}
            )

    def switch(
        self, number: str, service: str, is_on: bool, particulars: Mapping[str, str] | None = None
    ) -> None:
        """Switch one service, outside of any order."""
        with self._writing() as link:
            _switch(link, number, service, is_on, particulars or {})

    def activate(
        self,
        number: str,
        service: str,
        particulars: Mapping[str, str],
        item: OrderItemOfService | None,
    ) -> None:
        """Switch a service on for an item of an order; the same item again is done already."""
        with self._writing() as link:
            if item is not None:
                is_new = link.execute(
                    "INSERT OR IGNORE INTO activated VALUES (?, ?, ?, ?)",
                    (item.service_order_id, item.item_id, number, service),
                ).rowcount
                if not is_new:
                    return
            _switch(link, number, service, True, particulars)

    def items(self, number: str, service: str) -> tuple[OrderItemOfService, ...]:
        """The order items that a service was switched on for."""
        with self._reading() as link:
            rows = link.execute(
                "SELECT order_id, item_id FROM activated WHERE number = ? AND service = ?",
                (number, service),
            ).fetchall()
            return tuple(
                OrderItemOfService(service_order_id=order, item_id=item) for order, item in rows
            )

    def write(self, new: NewServiceOrder, due: float, now: datetime) -> tuple[ServiceOrder, bool]:
        """Take an order, which ends at ``due`` (Unix time).

        A known external id is the order of then: False.
        """
        id = str(uuid.uuid4())
        fresh = ServiceOrder.model_validate(
            {
                **new.model_dump(exclude_none=True),
                "id": id,
                "state": ServiceOrderState.ACKNOWLEDGED,
                "order_date": now,
            }
        )
        with self._writing() as link:
            if new.external_id:
                row = link.execute(
                    "SELECT body FROM service_orders WHERE external_id = ?", (new.external_id,)
                ).fetchone()
                if row:
                    return ServiceOrder.model_validate_json(row[0]), False
            link.execute(
                "INSERT INTO service_orders VALUES (?, ?, ?, ?, ?)",
                (id, new.external_id, fresh.state, due, fresh.model_dump_json()),
            )
            return fresh, True

    def order(self, id: str) -> ServiceOrder | None:
        with self._reading() as link:
            row = link.execute("SELECT body FROM service_orders WHERE id = ?", (id,)).fetchone()
            return ServiceOrder.model_validate_json(row[0]) if row else None

    def orders(self, external_id: str | None) -> list[ServiceOrder]:
        """The orders with an external id, or all of them."""
        with self._reading() as link:
            rows = link.execute(
                "SELECT body FROM service_orders WHERE ?1 IS NULL OR external_id = ?1",
                (external_id,),
            ).fetchall()
            return [ServiceOrder.model_validate_json(body) for (body,) in rows]

    def due(self, now: float) -> list[tuple[ServiceOrder, float]]:
        """Orders that have not ended, with the seconds until they are due (0 and less: now)."""
        with self._reading() as link:
            rows = link.execute(
                "SELECT body, due FROM service_orders WHERE state IN (?, ?)",
                (ServiceOrderState.ACKNOWLEDGED, ServiceOrderState.IN_PROGRESS),
            ).fetchall()
            return [(ServiceOrder.model_validate_json(body), due - now) for body, due in rows]

    def enter(
        self, id: str, state: ServiceOrderState, now: datetime
    ) -> tuple[ServiceOrder | None, bool]:
        """Bring an order into a state; COMPLETED switches. False: it was in it, or has ended."""
        with self._writing() as link:
            row = link.execute("SELECT body FROM service_orders WHERE id = ?", (id,)).fetchone()
            if row is None:
                return None, False
            order = ServiceOrder.model_validate_json(row[0])
            if order.state in ENDED or order.state is state:
                return order, False
            items = [item.model_copy(update={"state": state}) for item in order.service_order_item]
            changed: dict[str, object] = {"state": state, "service_order_item": tuple(items)}
            if state is ServiceOrderState.CANCELLED:
                changed["cancellation_date"] = now
            elif state in ENDED:
                changed["completion_date"] = now
            order = order.model_copy(update=changed)
            link.execute(
                "UPDATE service_orders SET state = ?, body = ? WHERE id = ?",
                (state, order.model_dump_json(), id),
            )
            if state is ServiceOrderState.COMPLETED:
                for item in items:
                    if item.action is Action.NO_CHANGE:
                        continue
                    service = item.service
                    spec = service.service_specification
                    _switch(
                        link,
                        number_of(service.related_party or order.related_party),
                        spec.id if spec else service.name or "",
                        item.action is not Action.DELETE,
                        pairs(service.service_characteristic or ()),
                    )
            return order, True

    def ticket(self, new: NewTicket, now: datetime) -> Ticket:
        """Take a request; a known external id is the request of then."""
        with self._writing() as link:
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
        """The requests with an external id, or all of them."""
        with self._reading() as link:
            rows = link.execute(
                "SELECT body FROM tickets WHERE ?1 IS NULL OR external_id = ?1", (external_id,)
            ).fetchall()
            return [Ticket.model_validate_json(body) for (body,) in rows]

    def listen(self, callback: str) -> tuple[str, bool]:
        """Remember who listens to events; its id, and whether it is new."""
        with self._writing() as link:
            row = link.execute(
                "SELECT id FROM listeners WHERE callback = ?", (callback,)
            ).fetchone()
            if row:
                return str(row[0]), False
            id = str(uuid.uuid4())
            link.execute("INSERT INTO listeners VALUES (?, ?)", (id, callback))
            return id, True

    def unlisten(self, id: str) -> bool:
        with self._writing() as link:
            return link.execute("DELETE FROM listeners WHERE id = ?", (id,)).rowcount > 0

    def listeners(self) -> list[str]:
        """The callbacks of all who listen."""
        with self._reading() as link:
            return [str(row[0]) for row in link.execute("SELECT callback FROM listeners")]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(
            sqlite3.connect(self.file, timeout=LOCK_SECONDS, isolation_level=None)
        ) as link:
            link.executescript(_TABLES)
            yield link

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as link, link:
            link.execute("BEGIN IMMEDIATE")
            yield link


def _switch(
    link: sqlite3.Connection, number: str, service: str, is_on: bool, particulars: Mapping[str, str]
) -> None:
    link.execute(
        "INSERT INTO switched (number, service, is_on) VALUES (?, ?, ?) ON CONFLICT "
        "(number, service) DO UPDATE SET is_on = excluded.is_on, times = times + 1",
        (number, service, is_on),
    )
    link.execute("DELETE FROM particulars WHERE number = ? AND service = ?", (number, service))
    if is_on and particulars:
        link.execute(
            "INSERT INTO particulars VALUES (?, ?, ?)", (number, service, json.dumps(particulars))
        )


def utc_now() -> datetime:
    return datetime.now(UTC)
