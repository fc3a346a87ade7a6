"""Remaining amounts of packages, as the operator's meter reports them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select, update

from ivr.ports.clock import Clock
from ivr.ports.subscribers import Packages
from ivr.store.audit import AuditEntry, write_entry
from ivr.store.database import Database
from ivr.store.tables import orders, subscriber_packages

ASKED_AT_ONCE = 10_000
"""Orders in one query."""


@dataclass(frozen=True)
class StoredPackages(Packages):
    database: Database
    clock: Clock

    def unknown(self, ids: Collection[str]) -> list[str]:
        """Return those external ids that no order has."""
        coming, known = iter(ids), set[str]()
        with self.database.reading() as connection:
            while some := list(islice(coming, ASKED_AT_ONCE)):
                query = select(orders.c.external_id).where(orders.c.external_id.in_(some))
                known.update(connection.execute(query).scalars())
        return [id for id in ids if id not in known]

    def set_left(self, left: Mapping[str, int], author: str) -> list[str]:
        without = []
        with self.database.importing(is_writing=True) as connection:
            for external_id, count in left.items():
                order = select(orders.c.id).where(orders.c.external_id == external_id)
                changed = connection.execute(
                    update(subscriber_packages)
                    .where(subscriber_packages.c.order_id == order.scalar_subquery())
                    .values(left=count)
                )
                if changed.rowcount == 0:
                    without.append(external_id)
            action = f"packages.import {len(left) - len(without)}"
            write_entry(connection, AuditEntry(self.clock.now(), author, action))
        return without
