"""The operator's network, simulated: it switches services, slowly, and fails when told to.

It keeps what it did in a file of its own, so that the line and the orders' worker meet the same
network, and it is idempotent by external id, as the real one must be.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import TemporarilyUnavailable
from ivr.ports import Change, NetworkAnswer, Order
from ivr.values import Msisdn, ServiceId

PATIENCE = 3.0
"""Seconds that the line waits for the network."""
_TABLES = """
CREATE TABLE IF NOT EXISTS orders (external_id TEXT PRIMARY KEY, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS switched (
    number TEXT NOT NULL, service TEXT NOT NULL, is_on INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (number, service));
"""


@dataclass(frozen=True)
class NetworkSimulator:
    """Implements ``ivr.ports.Network``."""

    file: Path
    latency: float = 0.2
    """Seconds until it answers; over 3 s nobody waits any more, but the change is made."""
    refuses: frozenset[ServiceId] = frozenset()
    outage: bool = False
    """It does not answer, and does nothing."""
    sleep: Callable[[float], None] = time.sleep

    def carry_out(self, order: Order) -> NetworkAnswer:
        if self.outage:
            raise TemporarilyUnavailable("network")
        self.sleep(min(self.latency, PATIENCE))
        answer = self._switch(order)
        if self.latency > PATIENCE:
            raise TemporarilyUnavailable("network")
        return answer

    def switched(self, number: Msisdn) -> dict[ServiceId, bool]:
        """What the network has switched for a number, so far as it was asked."""
        with closing(self._connect()) as link:
            rows = link.execute("SELECT service, is_on FROM switched WHERE number = ?", (number,))
            return {ServiceId(service): bool(is_on) for service, is_on in rows}

    def times(self, number: Msisdn, service: ServiceId) -> int:
        """How many times a service was really switched: never more than it was ordered."""
        with closing(self._connect()) as link:
            row = link.execute(
                "SELECT times FROM switched WHERE number = ? AND service = ?", (number, service)
            ).fetchone()
            return int(row[0]) if row else 0

    def _switch(self, order: Order) -> NetworkAnswer:
        with closing(self._connect()) as link, link:
            link.execute("BEGIN IMMEDIATE")
            row = link.execute(
                "SELECT answer FROM orders WHERE external_id = ?", (order.external_id,)
            ).fetchone()
            if row:
                return NetworkAnswer(row[0])
            refused = any(change.service in self.refuses for change in order.changes)
            answer = NetworkAnswer.REFUSED if refused else NetworkAnswer.DONE
            link.execute("INSERT INTO orders VALUES (?, ?)", (order.external_id, answer))
            if not refused:
                for change in order.changes:
                    self._set(link, order.number, change)
            return answer

    def _set(self, link: sqlite3.Connection, number: Msisdn, change: Change) -> None:
        link.execute(
            "INSERT INTO switched (number, service, is_on) VALUES (?, ?, ?) ON CONFLICT "
            "(number, service) DO UPDATE SET is_on = excluded.is_on, times = times + 1",
            (number, change.service, change.on),
        )

    def _connect(self) -> sqlite3.Connection:
        try:
            link = sqlite3.connect(self.file, timeout=PATIENCE, isolation_level=None)
        except sqlite3.Error as error:
            raise TemporarilyUnavailable("network", str(error)) from None
        try:
            link.executescript("PRAGMA journal_mode=WAL;" + _TABLES)
        except sqlite3.Error as error:
            link.close()
            raise TemporarilyUnavailable("network", str(error)) from None
        return link
