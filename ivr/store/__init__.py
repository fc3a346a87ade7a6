"""The database: SQLAlchemy 2 tables and repositories.

``check_form(url)`` checks that a database has the form that the program needs;
``open_database(url, pepper)`` returns a Store with a repository for each port. Opening does not
connect: a worker starts and serves callers while its database is away.

A Store imports and builds each repository on first use. A command that reads the journal loads no
other repository.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ivr.store.database import Database, make_engine, read_url
from ivr.store.migrations import check_form, form_of, migrate
from ivr.system.clock import SystemClock

if TYPE_CHECKING:
    from ivr.ports.clock import Clock
    from ivr.ports.staff import StaffRepositories
    from ivr.store.announcements import StoredAnnouncements
    from ivr.store.attempts import StoredAttempts
    from ivr.store.audit import AuditTrail
    from ivr.store.backlog import StoredBacklog
    from ivr.store.callers import StoredCallbacks, StoredCallers
    from ivr.store.codes import StoredCodes
    from ivr.store.contacts import StoredContacts
    from ivr.store.encryption import Pepper
    from ivr.store.facts import StoredFacts
    from ivr.store.fingerprint import StoredFingerprint
    from ivr.store.importing import StoredImports
    from ivr.store.invoices import StoredInvoices
    from ivr.store.journal import StoredJournal
    from ivr.store.orders import StoredOrders
    from ivr.store.outbox import StoredOutbox
    from ivr.store.packages import StoredPackages
    from ivr.store.payments import StoredPayments
    from ivr.store.promises import StoredPromises
    from ivr.store.releases import StoredReleases
    from ivr.store.requests import StoredRequests
    from ivr.store.seats import StoredSeatLoans
    from ivr.store.subscribers import StoredSubscribers

__all__ = ["Store", "check_form", "form_of", "migrate", "open_database"]
MESSAGES_A_DAY = 10
"""Default limit: text messages of one occasion to one number in a day."""


@dataclass(frozen=True)
class Store:
    """The repositories of one database."""

    database: Database
    pepper: Pepper = field(repr=False)
    messages_a_day: int = MESSAGES_A_DAY
    clock: Clock = field(default_factory=SystemClock)

    @cached_property
    def subscribers(self) -> StoredSubscribers:
        from ivr.store.encryption import PukCipher
        from ivr.store.subscribers import StoredSubscribers

        return StoredSubscribers(self.database, PukCipher(self.pepper), self.clock)

    @cached_property
    def imports(self) -> StoredImports:
        from ivr.store.importing import StoredImports

        return StoredImports(self.database, self.pepper)

    @cached_property
    def attempts(self) -> StoredAttempts:
        from ivr.store.attempts import StoredAttempts

        return StoredAttempts(self.database)

    @cached_property
    def codes(self) -> StoredCodes:
        from ivr.store.codes import StoredCodes

        return StoredCodes(self.database)

    @cached_property
    def orders(self) -> StoredOrders:
        from ivr.store.orders import StoredOrders

        return StoredOrders(self.database)

    @cached_property
    def journal(self) -> StoredJournal:
        from ivr.store.journal import StoredJournal

        return StoredJournal(self.database)

    @cached_property
    def callers(self) -> StoredCallers:
        from ivr.store.callers import StoredCallers

        return StoredCallers(self.database)

    @cached_property
    def packages(self) -> StoredPackages:
        from ivr.store.packages import StoredPackages

        return StoredPackages(self.database, self.clock)

    @cached_property
    def payments(self) -> StoredPayments:
        from ivr.store.payments import StoredPayments

        return StoredPayments(self.database, self.clock)

    @cached_property
    def requests(self) -> StoredRequests:
        from ivr.store.requests import StoredRequests

        return StoredRequests(self.database)

    @cached_property
    def announcements(self) -> StoredAnnouncements:
        from ivr.store.announcements import StoredAnnouncements

        return StoredAnnouncements(self.database)

    @cached_property
    def callbacks(self) -> StoredCallbacks:
        from ivr.store.callers import StoredCallbacks

        return StoredCallbacks(self.database)

    @cached_property
    def contacts(self) -> StoredContacts:
        from ivr.store.contacts import StoredContacts

        return StoredContacts(self.database)

    @cached_property
    def seat_loans(self) -> StoredSeatLoans:
        from ivr.store.seats import StoredSeatLoans

        return StoredSeatLoans(self.database)

    @cached_property
    def releases(self) -> StoredReleases:
        from ivr.store.releases import StoredReleases

        return StoredReleases(self.database)

    @cached_property
    def audit(self) -> AuditTrail:
        from ivr.store.audit import AuditTrail

        return AuditTrail(self.database)

    @cached_property
    def outbox(self) -> StoredOutbox:
        from ivr.store.outbox import StoredOutbox

        return StoredOutbox(self.database, self.messages_a_day, self.clock.now)

    @cached_property
    def promises(self) -> StoredPromises:
        from ivr.store.promises import StoredPromises

        return StoredPromises(self.database, self.orders)

    @cached_property
    def facts(self) -> StoredFacts:
        from ivr.store.facts import StoredFacts

        return StoredFacts(self.database, self.orders)

    @cached_property
    def invoices(self) -> StoredInvoices:
        from ivr.store.invoices import StoredInvoices

        return StoredInvoices(self.database)

    @cached_property
    def backlog(self) -> StoredBacklog:
        from ivr.store.backlog import StoredBacklog

        return StoredBacklog(self.database)

    @cached_property
    def fingerprint(self) -> StoredFingerprint:
        from ivr.store.fingerprint import StoredFingerprint

        return StoredFingerprint(self.database)

    @cached_property
    def staff(self) -> StaffRepositories:
        from ivr.store.staff_book import staff_repositories

        return staff_repositories(self.database, self.pepper)

    def close(self) -> None:
        """Close all connections. The store can be used again afterwards."""
        self.database.close()


def open_database(
    url: str,
    pepper: Pepper,
    messages_a_day: int = MESSAGES_A_DAY,
    clock: Clock | None = None,
) -> Store:
    """Return the store of a migrated database. Raise Unusable if ``url`` is no database URL."""
    database = Database(make_engine(read_url(url)))
    return Store(database, pepper, messages_a_day, clock or SystemClock())
