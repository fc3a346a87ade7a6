"""What is left of packages, as the operator's meter reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update

from ivr.store.audit import Entry, write_entry
from ivr.store.database import Database
from ivr.store.tables import orders, subscriber_packages


@dataclass(frozen=True)
class StoredPackages:
    database: Database

    def set_left(self, left: Mapping[str, int], author: str) -> list[str]:
        """Set what is left of each package, named by the external id of the order that bought it.

        Answers the ids that bought none; the others are set all the same, with an audit entry.
        """
        unknown = []
        with self.database.writing() as connection:
            for external_id, count in left.items():
                order = select(orders.c.id).where(orders.c.external_id == external_id)
                changed = connection.execute(
                    update(subscriber_packages)
                    .where(subscriber_packages.c.order_id == order.scalar_subquery())
                    .values(left=count)
                )
                if changed.rowcount == 0:
                    unknown.append(external_id)
            action = f"packages.import {len(left) - len(unknown)}"
            write_entry(connection, Entry(datetime.now(UTC), author, action))
        return unknown
