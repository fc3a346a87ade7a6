"""Repository of subscribers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Connection, Row, bindparam, select, update

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.identification import Proof
from ivr.domain.subscriber import (
    ActiveService,
    NoPuk,
    OwnedPackage,
    PukBound,
    Status,
    Subscriber,
    Verifiers,
)
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.ports.clock import Clock
from ivr.ports.subscribers import Subscribers
from ivr.store.attempts import forget_all
from ivr.store.audit import count_entries, is_done, write_entry
from ivr.store.codes import end_codes
from ivr.store.database import Database
from ivr.store.encryption import PukCipher
from ivr.store.tables import subscriber_packages, subscriber_services, subscribers

MOST_PACKAGES = 20
"""Most packages of a number that are read: those that end last."""
ASKED_AT_ONCE = 10_000
"""Numbers in one query."""
EVER = datetime.min.replace(tzinfo=UTC)
_PROOF = select(subscribers.c.proof_version, subscribers.c.proof_call).where(
    subscribers.c.msisdn == bindparam("number"), subscribers.c.status != Status.TERMINATED.value
)


def read_subscriber(connection: Connection, number: Msisdn) -> Subscriber | None:
    """Read a subscriber within the caller's transaction."""
    query = (
        select(
            subscribers.c.full_name,
            subscribers.c.language,
            subscribers.c.tariff,
            subscribers.c.status,
            subscribers.c.balance_tenge,
            subscribers.c.company,
            subscribers.c.owner_since,
            subscribers.c.tax_number,
            subscribers.c.address,
            subscribers.c.contract,
            subscriber_services.c.service,
            subscriber_services.c.since,
            subscriber_services.c.value,
        )
        .select_from(subscribers.outerjoin(subscriber_services))
        .where(subscribers.c.msisdn == number)
    )
    packages = (
        select(subscriber_packages)
        .where(subscriber_packages.c.msisdn == number)
        .order_by(subscriber_packages.c.until.desc())
        .limit(MOST_PACKAGES)
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    first, bought = rows[0], connection.execute(packages).all()
    return Subscriber(
        msisdn=number,
        full_name=first.full_name,
        language=Language(first.language),
        tariff=first.tariff,
        status=Status(first.status),
        balance=Money(first.balance_tenge),
        services={
            ServiceId(row.service): ActiveService(row.since, row.value)
            for row in rows
            if row.service is not None
        },
        company=first.company,
        owner_since=first.owner_since,
        tax_number=first.tax_number or "",
        address=first.address or "",
        contract=first.contract or "",
        packages=tuple(
            OwnedPackage(ServiceId(row.service), row.package, row.left, row.until, row.order_id)
            for row in reversed(bought)
        ),
    )


def read_proof(connection: Connection, number: Msisdn) -> Proof | None:
    """Do as ``Subscribers.proof``, within the caller's transaction."""
    return _proof(connection.execute(_PROOF, {"number": number}).all())


def _proof(rows: Sequence[Row[int, str | None]]) -> Proof | None:
    return Proof(rows[0].proof_version, rows[0].proof_call or "") if rows else None


def owner_since(connection: Connection, number: Msisdn) -> datetime:
    """Return since when the number has its present owner; EVER if it never changed hands."""
    since = select(subscribers.c.owner_since).where(subscribers.c.msisdn == number)
    return connection.execute(since).scalar_one_or_none() or EVER


class StoredSubscribers(Subscribers):
    def __init__(self, database: Database, seal: PukCipher, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def find(self, number: Msisdn) -> Subscriber | None:
        with self._database.reading() as connection:
            return read_subscriber(connection, number)

    def among(self, numbers: Collection[Msisdn]) -> frozenset[Msisdn]:
        coming, found = iter(sorted(numbers)), set[str]()
        with self._database.reading() as connection:
            while some := list(islice(coming, ASKED_AT_ONCE)):
                known = select(subscribers.c.msisdn).where(subscribers.c.msisdn.in_(some))
                found.update(connection.execute(known).scalars())
        return frozenset(map(Msisdn, found))

    def verifiers(self, number: Msisdn) -> Verifiers | None:
        columns = (
            subscribers.c.codeword,
            subscribers.c.keys_latin,
            subscribers.c.keys_cyrillic,
            subscribers.c.passport,
        )
        with self._database.reading() as connection:
            row = connection.execute(
                select(*columns).where(subscribers.c.msisdn == number)
            ).one_or_none()
        if row is None:
            return None
        return Verifiers(row.codeword, row.keys_latin, row.keys_cyrillic, row.passport)

    def proof(self, number: Msisdn) -> Proof | None:
        return _proof(self._database.ask(_PROOF, number=number))

    def set_codeword(
        self, actor: Actor, key: OperationKey, number: Msisdn, verifiers: Verifiers
    ) -> bool:
        tag = Tag.CODEWORD_SET
        with self._database.writing() as connection:
            if is_done(connection, key, tag, number):
                return True
            had = _has_codeword(connection, number)
            if had is None:
                return False
            connection.execute(
                update(subscribers)
                .where(subscribers.c.msisdn == number)
                .values(
                    codeword=verifiers.codeword,
                    keys_latin=verifiers.keys_latin,
                    keys_cyrillic=verifiers.keys_cyrillic,
                    proof_version=subscribers.c.proof_version + 1,
                    proof_call=None,
                )
            )
            forget_all(connection, number)
            end_codes(connection, number)
            entry = entry_of(actor, key, self._clock.now(), tag, number, **_words(had, True))
            write_entry(connection, entry)
            return True

    def renew_keys(self, number: Msisdn, known: Verifiers, renewed: Verifiers) -> None:
        with self._database.writing() as connection:
            connection.execute(
                update(subscribers)
                .where(
                    subscribers.c.msisdn == number,
                    subscribers.c.keys_latin.is_not_distinct_from(known.keys_latin),
                    subscribers.c.keys_cyrillic.is_not_distinct_from(known.keys_cyrillic),
                )
                .values(keys_latin=renewed.keys_latin, keys_cyrillic=renewed.keys_cyrillic)
            )

    def clear_codeword(self, actor: Actor, key: OperationKey, number: Msisdn) -> bool:
        tag = Tag.CODEWORD_CLEAR
        with self._database.writing() as connection:
            if is_done(connection, key, tag, number):
                return True
            cleared = connection.execute(
                update(subscribers)
                .where(subscribers.c.msisdn == number, subscribers.c.codeword.is_not(None))
                .values(
                    codeword=None,
                    keys_latin=None,
                    keys_cyrillic=None,
                    proof_version=subscribers.c.proof_version + 1,
                    proof_call=None,
                )
            )
            if cleared.rowcount == 0:
                return False
            entry = entry_of(actor, key, self._clock.now(), tag, number, **_words(True, False))
            write_entry(connection, entry)
            return True

    def puk(self, number: Msisdn) -> Secret | None:
        """Return the decrypted PUK; None if none is known. Only for the identified caller."""
        with self._database.reading() as connection:
            sealed = connection.execute(
                select(subscribers.c.puk).where(subscribers.c.msisdn == number)
            ).scalar_one_or_none()
        return None if sealed is None else self._seal.open(number, sealed)

    def note_puk(
        self, actor: Actor, key: OperationKey, number: Msisdn, at: datetime, bound: PukBound
    ) -> NoPuk | None:
        tag = Tag.PUK_TOLD
        with self._database.writing() as connection:
            if is_done(connection, key, tag, number):
                return None
            mine = select(subscribers.c.msisdn).where(subscribers.c.msisdn == number)
            connection.execute(mine.with_for_update())
            if count_entries(connection, tag, number, EVER, str(actor)) >= bound.to_actor:
                return NoPuk.TWICE
            since = max(bound.since, owner_since(connection, number))
            if count_entries(connection, tag, number, since) >= bound.most:
                return NoPuk.OFFICE
            write_entry(connection, entry_of(actor, key, at, tag, number))
            return None


def _has_codeword(connection: Connection, number: Msisdn) -> bool | None:
    """Whether a number has a code word, with its row locked. None: there is no such number."""
    mine = select(subscribers.c.codeword).where(subscribers.c.msisdn == number).with_for_update()
    row = connection.execute(mine).one_or_none()
    return None if row is None else row.codeword is not None


def _words(before: bool, after: bool) -> Mapping[str, Facts]:
    """What the audit says of a code word: whether there is one."""
    return {"before": {"codeword": before}, "after": {"codeword": after}}
