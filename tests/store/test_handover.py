"""A number that changes hands keeps nothing of its former owner, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.actor import caller
from ivr.domain.audit import Tag
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, CallerKind, CodeHolder, Proof
from ivr.domain.imports import Imported
from ivr.domain.messages import MessageState
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import Change
from ivr.domain.subscriber import Status, Verifiers
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.store import Store
from ivr.store.importing import import_rows
from ivr.store.rows import Row
from ivr.testing.acting import by
from tests.store.rows import NUMBER, PEPPER, fill, row

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
OTHER = Msisdn("99366300891")
NEW_OWNER = row(full_name="Orazow Merdan", passport=Secret("11300890"), puk=Secret("11112222"))


def take(store: Store, *rows: Row) -> Imported:
    return import_rows(store.database, rows, PEPPER, by("clerk"))


def proof(store: Store, number: Msisdn = NUMBER) -> Proof:
    found = store.subscribers.proof(number)
    assert found is not None
    return found


def has_codeword(store: Store, number: Msisdn = NUMBER) -> bool:
    verifiers = store.subscribers.verifiers(number)
    assert verifiers is not None
    return (verifiers.codeword, verifiers.keys_latin, verifiers.keys_cyrillic) != (None,) * 3


def attempt(number: Msisdn = NUMBER) -> Attempt:
    return Attempt("c", number, Origin(), IdentificationMethod.CODEWORD)


def failures(store: Store, number: Msisdn = NUMBER) -> int:
    counts = (
        store.attempts.counts(attempt(number), kind, NOW)
        for kind in (CallerKind.OWN, CallerKind.UNKNOWN)
    )
    return sum(each.in_row for each in counts)


def order(number: Msisdn) -> Order:
    changes = (Change(ServiceId("gprs"), True),)
    return Order(
        f"o-{number}",
        f"c:{number}",
        number,
        changes,
        Money(100),
        OrderState.ACKNOWLEDGED,
        NOW,
        actor=caller("c"),
    )


@dataclass(frozen=True)
class Past:
    """Two numbers with all that a former owner leaves behind."""

    store: Store

    def __post_init__(self) -> None:
        store = self.store
        fill(store, row(), row(msisdn=OTHER, full_name="Durdyýewa Ogulnar"))
        for number in (NUMBER, OTHER):
            store.subscribers.set_codeword(*by("clerk"), number, Verifiers("a", "b", "c"))
            for kind in CallerKind:
                store.attempts.open(attempt(number), kind, NOW)
            store.codes.write(CodeHolder(number, True), "v", NOW, NOW + timedelta(minutes=10), 3, 9)
            store.callers.remember(number, Language.RUSSIAN)
            store.payments.add(*by("billing"), [(number, NOW, Money(1000))])
            store.orders.write(order(number))
            store.promises.promise(f"o-{number}", Language.RUSSIAN)
            store.outbox.put(number, "an old owner's text", f"order:{number}")


@pytest.fixture
def past(store: Store) -> Past:
    return Past(store)


class TestNewOwner:
    def test_nothing_is_inherited(self, past: Past) -> None:
        store, before = past.store, proof(past.store).version
        assert take(store, NEW_OWNER) == Imported(1, 1)
        assert not has_codeword(store)
        assert store.subscribers.puk(NUMBER) == Secret("11112222")
        assert failures(store) == 0
        assert store.codes.attempt(CodeHolder(NUMBER, True), NOW, 3) == []
        assert store.callers.language(NUMBER) is None
        assert store.payments.newest(NUMBER, 9) == []
        assert store.orders.waiting(NUMBER) == []
        ended = store.orders.get(f"o-{NUMBER}")
        assert ended is not None
        assert ended.state is OrderState.CANCELLED
        assert store.promises.owed(9) == []
        (message,) = store.outbox.newest(9, NUMBER)
        assert (message.state, message.body) == (MessageState.DROPPED, "")
        assert proof(store).version > before
        assert proof(store).by == ""

    def test_a_number_that_did_not_change_hands_keeps_all(self, past: Past) -> None:
        """Of the same import, and with another name and no passport in the file."""
        store = past.store
        before, kept = proof(store, OTHER), failures(store, OTHER)
        other = row(msisdn=OTHER, full_name="Täze Ady", passport=None, puk=None)
        assert take(store, NEW_OWNER, other) == Imported(2, 1)
        assert has_codeword(store, OTHER)
        assert store.subscribers.puk(OTHER) == row().puk
        assert failures(store, OTHER) == kept > 0
        assert store.codes.attempt(CodeHolder(OTHER, True), NOW, 3) != []
        assert store.callers.language(OTHER) is Language.RUSSIAN
        assert len(store.payments.newest(OTHER, 9)) == len(store.orders.waiting(OTHER)) == 1
        assert store.outbox.newest(9, OTHER)[0].state is MessageState.WAITING
        assert proof(store, OTHER) == before

    def test_a_puk_that_the_file_does_not_have_is_not_inherited(self, past: Past) -> None:
        take(past.store, row(passport=Secret("11300890"), puk=None))
        assert past.store.subscribers.puk(NUMBER) is None

    def test_it_is_audited_number_by_number(self, past: Past) -> None:
        take(past.store, NEW_OWNER, row(msisdn=OTHER))
        whole = past.store.audit.newest(1)[0]
        assert (whole.author, whole.action) == ("operator clerk", Tag.SUBSCRIBERS_IMPORT)
        assert whole.after is not None
        assert (whole.after["rows"], whole.after["changed_hands"]) == (2, 1)
        mine = past.store.audit.newest(1, NUMBER)[0]
        assert (mine.author, mine.action) == ("operator clerk", Tag.OWNER_CHANGED)
        assert (mine.key, mine.channel, mine.host) == (whole.key, whole.channel, whole.host)
        assert past.store.audit.check().fault is None
        assert past.store.audit.newest(1, OTHER)[0].action == "codeword.set"

    def test_the_same_file_once_more_changes_nothing(self, past: Past) -> None:
        take(past.store, NEW_OWNER)
        past.store.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("d", "e", "f"))
        after = proof(past.store)
        assert take(past.store, NEW_OWNER) == Imported(1, 0)
        assert has_codeword(past.store)
        assert proof(past.store) == after


class TestTerminated:
    """A number that was terminated in between."""

    @pytest.mark.parametrize("passport", [None, Secret("11300890")])
    def test_whoever_has_it_next_inherits_nothing(
        self, past: Past, passport: Secret | None
    ) -> None:
        gone = row(status=Status.TERMINATED, passport=None)
        assert take(past.store, gone) == Imported(1, 0)
        assert past.store.subscribers.proof(NUMBER) is None
        assert take(past.store, row(passport=passport, puk=None)) == Imported(1, 1)
        assert not has_codeword(past.store)
        assert past.store.subscribers.puk(NUMBER) is None
        verifiers = past.store.subscribers.verifiers(NUMBER)
        assert verifiers is not None
        assert (verifiers.passport is None) == (passport is None)

    def test_the_same_owner_gets_it_back_as_it_was(self, past: Past) -> None:
        take(past.store, row(status=Status.TERMINATED))
        assert take(past.store, row()) == Imported(1, 0)
        assert has_codeword(past.store)


class TestFirstPassport:
    """A number whose owner's passport was not known."""

    def test_with_the_same_name_it_is_the_same_owner(self, past: Past) -> None:
        fill(past.store, row(msisdn=Msisdn("99361111111"), passport=None))
        assert take(past.store, row(msisdn=Msisdn("99361111111"))) == Imported(1, 0)

    def test_with_another_name_it_is_another(self, past: Past) -> None:
        fill(past.store, row(msisdn=Msisdn("99361111111"), passport=None))
        named = row(msisdn=Msisdn("99361111111"), full_name="Başga Adam")
        assert take(past.store, named) == Imported(1, 1)


class TestProof:
    """What ends the proofs of the right to a number."""

    def test_an_import_that_changes_the_state_does(self, past: Past) -> None:
        before = proof(past.store)
        take(past.store, row())
        assert proof(past.store) == before
        take(past.store, row(status=Status.BLOCKED))
        assert proof(past.store) == Proof(before.version + 1)

    def test_a_code_word_does(self, past: Past) -> None:
        before = proof(past.store)
        past.store.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("d", "e", "f"))
        assert proof(past.store) == Proof(before.version + 1)

    def test_an_order_that_changes_the_state_does_and_names_its_call(self, past: Past) -> None:
        store, before = past.store, proof(past.store)
        suspended = (Change(ServiceId("suspension"), True),)
        for id, changes in (("o1", order(NUMBER).changes), ("o2", suspended)):
            made = dataclasses.replace(
                order(NUMBER), id=id, external_id=id, changes=changes, actor=caller("call-7")
            )
            store.orders.write(made)
            store.orders.settle(id, OrderState.COMPLETED, NOW)
        assert proof(store) == Proof(before.version + 1, "call-7")
