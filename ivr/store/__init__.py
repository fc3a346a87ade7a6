"""The database: SQLAlchemy 2 tables and repositories.

``migrate(url)`` brings a database to the form that the program needs; ``open_database(url,
pepper)`` answers a Store with a repository for each port. Opening does not connect, so a line
starts and speaks to its callers while its database is away.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.store.announcements import StoredAnnouncements
from ivr.store.attempts import StoredAttempts
from ivr.store.audit import AuditTrail
from ivr.store.backlog import StoredBacklog
from ivr.store.callers import StoredCallbacks, StoredCallers
from ivr.store.codes import StoredCodes
from ivr.store.database import Database, make_engine, read_url
from ivr.store.facts import StoredFacts
from ivr.store.fingerprint import StoredFingerprint
from ivr.store.invoices import StoredInvoices
from ivr.store.journal import StoredJournal
from ivr.store.migrations import migrate
from ivr.store.orders import StoredOrders
from ivr.store.outbox import StoredOutbox
from ivr.store.packages import StoredPackages
from ivr.store.payments import StoredPayments
from ivr.store.promises import StoredPromises
from ivr.store.releases import StoredReleases
from ivr.store.requests import StoredRequests
from ivr.store.seal import Pepper, Seal
from ivr.store.subscribers import StoredSubscribers

__all__ = ["Store", "migrate", "open_database"]


@dataclass(frozen=True)
class Store:
    """Everything that is kept, by whom it serves."""

    database: Database
    subscribers: StoredSubscribers
    attempts: StoredAttempts
    codes: StoredCodes
    orders: StoredOrders
    journal: StoredJournal
    callers: StoredCallers
    packages: StoredPackages
    payments: StoredPayments
    requests: StoredRequests
    announcements: StoredAnnouncements
    callbacks: StoredCallbacks
    releases: StoredReleases
    audit: AuditTrail
    outbox: StoredOutbox
    promises: StoredPromises
    facts: StoredFacts
    invoices: StoredInvoices
    backlog: StoredBacklog
    fingerprint: StoredFingerprint

    def close(self) -> None:
        """Give every connection back. The store can be used again afterwards."""
        self.database.close()


MESSAGES_A_DAY = 10
"""Text messages of one occasion that a number is sent in a day, where no setting says otherwise."""


def open_database(url: str, pepper: Pepper, messages_a_day: int = MESSAGES_A_DAY) -> Store:
    """The store at a database that is migrated. Unusable: ``url`` is no database URL."""
    database = Database(make_engine(read_url(url)))
    orders = StoredOrders(database)
    return Store(
        database=database,
        subscribers=StoredSubscribers(database, Seal(pepper)),
        attempts=StoredAttempts(database),
        codes=StoredCodes(database),
        orders=orders,
        journal=StoredJournal(database),
        callers=StoredCallers(database),
        packages=StoredPackages(database),
        payments=StoredPayments(database),
        requests=StoredRequests(database),
        announcements=StoredAnnouncements(database),
        callbacks=StoredCallbacks(database),
        releases=StoredReleases(database),
        audit=AuditTrail(database),
        outbox=StoredOutbox(database, messages_a_day),
        promises=StoredPromises(database, orders),
        facts=StoredFacts(database, orders),
        invoices=StoredInvoices(database),
        backlog=StoredBacklog(database),
        fingerprint=StoredFingerprint(database),
    )
