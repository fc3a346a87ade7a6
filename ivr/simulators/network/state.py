"""What the simulated network keeps: orders, and what is switched.

It is a file of its own in IVR_HOME, so that it outlives a restart, and it is idempotent by
external id, as the real network must be.
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
"""Between an external id and what makes it another, where it may come twice."""


@dataclass(frozen=True)
class NetworkSimulator:
    """Orders, and what is switched. Each method is one transaction."""

    file: Path

    def switched(self, number: Msisdn) -> dict[ServiceId, bool]:
        """What the network has switched for a number, so far as it was asked."""
        with reading(self.file) as link:
            rows = link.execute("SELECT service, is_on FROM switched WHERE number = ?", (number,))
            return {ServiceId(service): bool(is_on) for service, is_on in rows}

    def times(self, number: Msisdn, service: ServiceId) -> int:
        """How many times a service was really switched: never more than it was ordered."""
        with reading(self.file) as link:
            row = link.execute(
                "SELECT times FROM switched WHERE number = ? AND service = ?", (number, service)
            ).fetchone()
            return int(row[0]) if row else 0

    def particulars(self, number: Msisdn, service: ServiceId) -> dict[str, str]:
        """The characteristics of a service: where calls are forwarded to, which package."""
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
        """Switch one service, outside of any order."""
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
        """Switch a service on for an item of an order; the same item again is done already, but
        for a network that ``doubles``."""
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
        """The order items that a service was switched on for."""
        with reading(self.file) as link:
            rows = link.execute(
                "SELECT order_id, item_id FROM activated WHERE number = ? AND service = ?",
                (number, service),
            ).fetchall()
            return tuple(
                OrderItemOfService(service_order_id=order, item_id=item) for order, item in rows
            )

    def services(self) -> list[tuple[str, str]]:
        """Number and name of everything that was ever switched."""
        with reading(self.file) as link:
            rows = link.execute("SELECT number, service FROM switched ORDER BY rowid")
            return [(str(number), str(service)) for number, service in rows]

    def numbers(self) -> list[str]:
        """Every number for which something was switched."""
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
        """Take an order, which ends at ``due`` (Unix time).

        A known external id is the order of then (False), but for a network that ``doubles``.
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
        """The orders with an external id, or all of them."""
        with reading(self.file) as link:
            rows = link.execute(
                "SELECT body FROM service_orders WHERE ?1 IS NULL OR external_id = ?1"
                " OR substr(external_id, 1, length(?1) + 1) = ?1 || ?2 ORDER BY rowid",
                (external_id, SECOND),
            ).fetchall()
            return [ServiceOrder.model_validate_json(body) for (body,) in rows]

    def due(self, now: float) -> list[tuple[ServiceOrder, float]]:
        """Orders that have not ended, with the seconds until they are due (0 and less: now)."""
        with reading(self.file) as link:
            rows = link.execute(
                "SELECT body, due FROM service_orders WHERE state IN (?, ?)",
                (ServiceOrderState.ACKNOWLEDGED, ServiceOrderState.IN_PROGRESS),
            ).fetchall()
            return [(ServiceOrder.model_validate_json(body), due - now) for body, due in rows]

    def enter(
        self, id: str, state: ServiceOrderState, now: datetime
    ) -> tuple[ServiceOrder | None, bool]:
        """Bring an order into a state; COMPLETED switches. False: it was in it, or has ended."""
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
