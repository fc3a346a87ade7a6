"""Remaining amounts of packages, as the operator's meter reports them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select, update

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Tag, entry_of
from ivr.domain.imports import PackagesImported
from ivr.ports.clock import Clock
from ivr.ports.subscribers import Packages
from ivr.store.audit import counts, done_before, write_entry
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

    def set_left(
        self, actor: Actor, key: OperationKey, left: Mapping[str, int]
    ) -> PackagesImported:
        tag, over = Tag.PACKAGES_IMPORT, 0
        with self.database.importing(is_writing=True) as connection:
            if done := done_before(connection, key, tag):
                updated, over = counts(done, "updated", "over")
                return PackagesImported(updated, over)
            for external_id, count in left.items():
                order = select(orders.c.id).where(orders.c.external_id == external_id)
                changed = connection.execute(
                    update(subscriber_packages)
                    .where(subscriber_packages.c.order_id == order.scalar_subquery())
                    .values(left=count)
                )
                over += changed.rowcount == 0
            updated = len(left) - over
            after = {"updated": updated, "over": over}
            write_entry(connection, entry_of(actor, key, self.clock.now(), tag, after=after))
        return PackagesImported(updated, over)
