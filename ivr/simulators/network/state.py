"""Stored data of the simulated network: orders and switched services.

The data is in a separate file in IVR_HOME and survives a restart. Orders are idempotent by external
id, as the real network's must be.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ivr.domain.values import Msisdn, ServiceId
from ivr.network.models.activation import OrderItemOfService
from ivr.network.models.common import number_of, pairs
from ivr.network.models.service_order import (
    ENDED,
    Action,
    NewServiceOrder,
    ServiceOrder,
    ServiceOrderState,
)
from ivr.simulators.network.file import reading, writing

SECOND = "\n"
"""Separator between an external id and the suffix of its second order (Habit.DOUBLES)."""


@dataclass(frozen=True)
class NetworkSimulator:
    """Orders and switched services. Each method is one transaction."""

    file: Path

    def switched(self, number: Msisdn) -> dict[ServiceId, bool]:
        """Return the services that were switched for a number, and whether they are on."""
        with reading(self.file) as link:
            rows = link.execute("SELECT service, is_on FROM switched WHERE number = ?", (number,))
            return {ServiceId(service): bool(is_on) for service, is_on in rows}

    def times(self, number: Msisdn, service: ServiceId) -> int:
        """Return how many times a service was switched: never more often than ordered."""
        with reading(self.file) as link:
            row = link.execute(
                "SELECT times FROM switched WHERE number = ? AND service = ?", (number, service)
            ).fetchone()
            return int(row[0]) if row else 0

    def particulars(self, number: Msisdn, service: ServiceId) -> dict[str, str]:
        """Return the characteristics of a service: target of call forwarding, id of a package."""
        with reading(self.file) as link:
            row = link.execute(
                "SELECT body FROM particulars WHERE number = ? AND service = ?", (number, service)
            ).fetchone()
            return (
                {str(name): str(value) for name, value in json.loads(row[0]).items()} if row else {}
            )

    def switch(
        self, number: str, service: str, is_on: bool, particulars: Mapping[str, str] | None = None
    ) -> None:
        """Switch a service without an order."""
        with writing(self.file) as link:
            _switch(link, number, service, is_on, particulars or {})

    def activate(
        self,
        number: str,
        service: str,
        particulars: Mapping[str, str],
        item: OrderItemOfService | None,
        *,
        doubles: bool = False,
    ) -> None:
        """Switch on a service for an item of an order.

        A repeated item changes nothing, unless the network ``doubles``.
        """
        with writing(self.file) as link:
            if item is not None:
                is_new = link.execute(
                    "INSERT OR IGNORE INTO activated VALUES (?, ?, ?, ?)",
                    (item.service_order_id, item.item_id, number, service),
                ).rowcount
                if not is_new and not doubles:
                    return
            _switch(link, number, service, True, particulars)

    def items(self, number: str, service: str) -> tuple[OrderItemOfService, ...]:
        """Return the order items that switched on a service."""
        with reading(self.file) as link:
            rows = link.execute(
                "SELECT order_id, item_id FROM activated WHERE number = ? AND service = ?",
                (number, service),
            ).fetchall()
            return tuple(
                OrderItemOfService(service_order_id=order, item_id=item) for order, item in rows
            )

    def services(self) -> list[tuple[str, str]]:
        """Return number and name of each service that was ever switched."""
        with reading(self.file) as link:
            rows = link.execute("SELECT number, service FROM switched ORDER BY rowid")
            return [(str(number), str(service)) for number, service in rows]

    def numbers(self) -> list[str]:
        """Return each number for which a service was ever switched."""
        with reading(self.file) as link:
            rows = link.execute("SELECT DISTINCT number FROM switched ORDER BY number")
            return [str(number) for (number,) in rows]

    def write(
        self,
        new: NewServiceOrder,
        due: float,
        now: datetime,
        id: str | None = None,
        *,
        doubles: bool = False,
    ) -> tuple[ServiceOrder, bool]:
        """Store an order, which ends at ``due`` (Unix time); return it and whether it is new.

        For a known external id return the existing order, unless the network ``doubles``.
        """
        id = id or str(uuid.uuid4())
        key = new.external_id or None
        fresh = ServiceOrder.model_validate(
            {
                **new.model_dump(exclude_none=True),
                "id": id,
                "state": ServiceOrderState.ACKNOWLEDGED,
                "order_date": now,
            }
        )
        with writing(self.file) as link:
            if key and doubles:
                key = f"{key}{SECOND}{id}"
            elif key:
                row = link.execute(
                    "SELECT body FROM service_orders WHERE external_id = ?", (new.external_id,)
                ).fetchone()
                if row:
                    return ServiceOrder.model_validate_json(row[0]), False
            link.execute(
                "INSERT INTO service_orders VALUES (?, ?, ?, ?, ?)",
                (id, key, fresh.state, due, fresh.model_dump_json()),
            )
            return fresh, True

    def order(self, id: str) -> ServiceOrder | None:
        with reading(self.file) as link:
            row = link.execute("SELECT body FROM service_orders WHERE id = ?", (id,)).fetchone()
            return ServiceOrder.model_validate_json(row[0]) if row else None

    def orders(self, external_id: str | None) -> list[ServiceOrder]:
        """Return the orders with an external id; None: all orders."""
        with reading(self.file) as link:
            rows = link.execute(
                "SELECT body FROM service_orders WHERE ?1 IS NULL OR external_id = ?1"
                " OR substr(external_id, 1, length(?1) + 1) = ?1 || ?2 ORDER BY rowid",
                (external_id, SECOND),
            ).fetchall()
            return [ServiceOrder.model_validate_json(body) for (body,) in rows]

    def due(self, now: float) -> list[tuple[ServiceOrder, float]]:
        """Return the orders that have not ended, with the seconds left (0 or less: due now)."""
        with reading(self.file) as link:
            rows = link.execute(
                "SELECT body, due FROM service_orders WHERE state IN (?, ?)",
                (ServiceOrderState.ACKNOWLEDGED, ServiceOrderState.IN_PROGRESS),
            ).fetchall()
            return [(ServiceOrder.model_validate_json(body), due - now) for body, due in rows]

    def enter(
        self, id: str, state: ServiceOrderState, now: datetime
    ) -> tuple[ServiceOrder | None, bool]:
        """Set the state of an order; COMPLETED switches its services.

        False: the order had the state already, or has ended.
        """
        with writing(self.file) as link:
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
                    service = item.service
                    if service is None or item.action is Action.NO_CHANGE:
                        continue
                    spec = service.service_specification
                    _switch(
                        link,
                        number_of(service.related_party or order.related_party),
                        spec.id if spec else service.name or "",
                        item.action is not Action.DELETE,
                        pairs(service.service_characteristic or ()),
                    )
            return order, True


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
