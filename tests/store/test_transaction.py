"""One transaction over several repositories: all that is written in it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from threading import Thread

import pytest

from ivr.care.locks import UnlockService
from ivr.care.verifiers import CredentialVerifier
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, CallerKind, CodeSent
from ivr.domain.messages import Message
from ivr.domain.values import Msisdn, Secret
from ivr.errors import TemporarilyUnavailable
from ivr.ports.messages import Outbox
from ivr.store import Store
from ivr.store.attempts import StoredAttempts
from ivr.store.database import Database
from ivr.testing.acting import named
from ivr.testing.clock import FixedClock
from ivr.testing.prompts import EchoPrompts
from tests.store.rows import NUMBER, fill, row

CALLER = named("caller c1")
HERE = Origin()
FAILURES = 5


@dataclass(frozen=True)
class NoOutbox(Outbox):
    """Nothing can be put into it."""

    def put(self, number: Msisdn, body: str, reference: str) -> None:
        raise TemporarilyUnavailable("database", "away")

    def has_room(self, number: Msisdn, occasion: str) -> bool:
        return True

    def find(self, reference: str) -> Message | None:
        return None


class Forgetful(StoredAttempts):
    """Breaks after it has forgotten."""

    def forget(self, *given: object) -> bool:
        super().forget(*given)  # type: ignore[arg-type]
        raise TemporarilyUnavailable("database", "away")


@pytest.fixture
def service(store: Store) -> UnlockService:
    """Of a number that is locked."""
    fill(store, row())
    clock = FixedClock()
    attempt = Attempt("c1", NUMBER, HERE, IdentificationMethod.CODEWORD)
    for _ in range(FAILURES):
        store.attempts.open(attempt, CallerKind.UNKNOWN, clock.now())
    return UnlockService(
        store.subscribers,
        store.attempts,
        store.codes,
        CredentialVerifier("pepper"),
        store.outbox,
        EchoPrompts(),
        clock,
        together=store.database.transaction,
    )


def failures(store: Store, at: datetime) -> int:
    attempt = Attempt("c9", NUMBER, HERE, IdentificationMethod.CODEWORD)
    return len(store.attempts.counts(attempt, CallerKind.UNKNOWN, at).failures)


def test_a_code_whose_message_is_not_written_is_not_written_either(
    store: Store, service: UnlockService
) -> None:
    for _ in range(service.a_day):  # none of them is counted
        with pytest.raises(TemporarilyUnavailable):
            replace(service, outbox=NoOutbox()).send(NUMBER, HERE)
    assert service.send(NUMBER, HERE) is CodeSent.SENT
    assert len(store.outbox.newest(9)) == 1


def test_a_code_is_not_used_up_where_the_lock_does_not_end(
    store: Store, service: UnlockService
) -> None:
    assert service.send(NUMBER, HERE) is CodeSent.SENT
    code = Secret(store.outbox.newest(1)[0].body.partition("code=")[2])
    breaking = replace(service, attempts=Forgetful(store.database))
    with pytest.raises(TemporarilyUnavailable):
        breaking.check(CALLER, NUMBER, HERE, code)
    now = service.clock.now()
    assert failures(store, now) == FAILURES
    assert store.audit.list(9, actor=str(CALLER)).items == []
    assert service.check(CALLER, NUMBER, HERE, code)
    assert failures(store, now) == 0
    assert len(store.audit.list(9, actor=str(CALLER)).items) == 1
    assert store.audit.check().fault is None


def put(store: Store, reference: str) -> None:
    store.outbox.put(NUMBER, "text", reference)


def references(store: Store) -> list[str]:
    return sorted(message.reference for message in store.outbox.newest(9))


def test_what_is_written_is_read_within_it_and_by_others_afterwards(store: Store) -> None:
    seen: list[list[str]] = []
    with store.database.transaction():
        put(store, "order:1")
        assert references(store) == ["order:1"]
        other = Thread(target=lambda: seen.append(references(store)))
        other.start()
        other.join()
    assert seen == [[]]
    assert references(store) == ["order:1"]


def test_transactions_within_one_another_are_one(store: Store) -> None:
    def put_two_and_break() -> None:
        with store.database.transaction():
            put(store, "order:1")
            with store.database.transaction():
                put(store, "order:2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        put_two_and_break()
    assert references(store) == []
    put(store, "order:3")
    assert references(store) == ["order:3"]


def test_another_database_does_not_join(store: Store) -> None:
    other = replace(store, database=Database(store.database.engine))
    with store.database.transaction():
        assert references(store) == references(other) == []
        put(store, "order:1")
        assert (references(store), references(other)) == (["order:1"], [])
