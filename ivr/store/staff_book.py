"""All repositories of users, over one database."""

from __future__ import annotations

from ivr.ports.staff import StaffRepositories
from ivr.store.database import Database
from ivr.store.encryption import Pepper, StaffCipher
from ivr.store.staff import (
    StoredAudit,
    StoredPasskeys,
    StoredPasswords,
    StoredSecondFactors,
    StoredUsers,
)
from ivr.store.staff_sessions import StoredDevices, StoredLoginTries, StoredSessions, StoredTokens


def staff_repositories(database: Database, pepper: Pepper) -> StaffRepositories:
    """Return the repositories, which join one another's transactions."""
    cipher = StaffCipher(pepper)
    return StaffRepositories(
        users=StoredUsers(database),
        passwords=StoredPasswords(database),
        factors=StoredSecondFactors(database, cipher),
        passkeys=StoredPasskeys(database),
        sessions=StoredSessions(database),
        tokens=StoredTokens(database, cipher),
        tries=StoredLoginTries(database),
        devices=StoredDevices(database),
        audit=StoredAudit(database),
        transaction=database.transaction,
    )
