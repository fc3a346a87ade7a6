"""The pepper's fingerprint: it tells whether a process has the pepper that made the hashes.

The fingerprint is an HMAC of a constant, so the database holds nothing of the pepper. Without the
check, a process with another pepper would refuse each correct code word and lock its owner out.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Tag, entry_of
from ivr.domain.values import Msisdn
from ivr.errors import Unusable
from ivr.store.audit import write_entry
from ivr.store.database import Database
from ivr.store.encryption import PukCipher
from ivr.store.staff_tables import (
    staff_devices,
    staff_recovery_codes,
    staff_sessions,
    staff_tokens,
    staff_users,
)
from ivr.store.tables import fingerprints, identification_codes, subscribers
from ivr.store.upsert import insert_or_ignore

NAME = "pepper"
LOOKED_AT = 1000
"""Subscribers whose PUKs are tried when the database has no fingerprint yet."""
REPLACE_SECONDS = 600
"""Limit in seconds for deleting the secrets of millions of subscribers."""


def fingerprint_of(pepper: str) -> str:
    """Return the fingerprint of a pepper: 64 hexadecimal digits."""
    return hmac.digest(pepper.encode(), b"ivr pepper fingerprint 1", hashlib.sha256).hex()


@dataclass(frozen=True)
class StoredFingerprint:
    database: Database

    def is_kept(self) -> bool:
        """Tell whether the database has a fingerprint."""
        with self.database.reading() as connection:
            return _kept(connection) is not None

    def agrees(self, pepper: str) -> bool:
        """Tell whether a pepper belongs to the database. Write its fingerprint if there is none.

        A database of an older version has secrets and no fingerprint: then the pepper must decrypt
        one of its PUKs.
        """
        digest = fingerprint_of(pepper)
        with self.database.reading() as connection:
            kept = _kept(connection)
            if kept is not None:
                return hmac.compare_digest(kept, digest)
            if not _opens(connection, pepper):
                return False
        with self.database.writing() as connection:
            row = {"name": NAME, "digest": digest}
            insert_or_ignore(connection, fingerprints, row, fingerprints.c.name)
            return _kept(connection) == digest

    def replace(self, actor: Actor, key: OperationKey, pepper: str, at: datetime) -> int:
        """Make a pepper the database's, and delete what another one made.

        Return how many subscribers have lost their code word, passport or PUK. Their calls must
        identify again. Users lose their passwords and second factors, and need a reset.
        """
        had = (
            subscribers.c.codeword.is_not(None)
            | subscribers.c.passport.is_not(None)
            | subscribers.c.puk.is_not(None)
        )
        nothing = dict.fromkeys(("codeword", "keys_latin", "keys_cyrillic", "passport", "puk"))
        with self.database.writing(REPLACE_SECONDS) as connection:
            lost = connection.execute(
                update(subscribers)
                .where(had)
                .values(**nothing, proof_version=subscribers.c.proof_version + 1)
            )
            connection.execute(delete(identification_codes))
            connection.execute(update(staff_users).values(password=None, totp=None))
            for table in (staff_recovery_codes, staff_sessions, staff_tokens, staff_devices):
                connection.execute(delete(table))
            connection.execute(delete(fingerprints).where(fingerprints.c.name == NAME))
            row = {"name": NAME, "digest": fingerprint_of(pepper)}
            connection.execute(insert(fingerprints).values(**row))
            after = {"without_secrets": lost.rowcount}
            write_entry(connection, entry_of(actor, key, at, Tag.PEPPER_REPLACED, after=after))
            return lost.rowcount


def _kept(connection: Connection) -> str | None:
    kept = select(fingerprints.c.digest).where(fingerprints.c.name == NAME)
    return connection.execute(kept).scalar_one_or_none()


def _opens(connection: Connection, pepper: str) -> bool:
    """Tell whether a pepper decrypts any PUK of the first subscribers; True if they have none."""
    first = (
        select(subscribers.c.msisdn, subscribers.c.puk)
        .order_by(subscribers.c.msisdn)
        .limit(LOOKED_AT)
        .subquery()
    )
    found = connection.execute(select(first).where(first.c.puk.is_not(None))).all()
    return not found or any(
        _opens_one(PukCipher(pepper), Msisdn(row.msisdn), row.puk) for row in found
    )


def _opens_one(seal: PukCipher, number: Msisdn, puk: bytes) -> bool:
    try:
        seal.open(number, puk)
    except Unusable:
        return False
    return True
