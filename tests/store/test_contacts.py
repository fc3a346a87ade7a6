"""Agents' states, conversations and seats in each database."""

from __future__ import annotations

import pytest

from ivr.domain.audit import Tag
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, AttemptResult, CallerKind
from ivr.domain.values import Secret
from ivr.ports.contacts import ContactRepository, SeatLoans
from ivr.store import Store
from ivr.testing.acting import at_desk
from tests.contracts.contacts_contract import (
    NOW,
    NUMBER,
    ContactsContract,
    SeatLoansContract,
    talk,
)
from tests.store.rows import fill, row


class TestContacts(ContactsContract):
    @pytest.fixture
    def contacts(self, store: Store) -> ContactRepository:
        return store.contacts

    def test_a_hand_back_is_in_the_audit(self, store: Store) -> None:
        store.contacts.answered(talk())
        for _ in range(2):
            assert store.contacts.sent_back(*at_desk(), "c1", "number-puk", NOW)
        (entry,) = store.audit.list(9, action=Tag.CALL_SENT_BACK).items
        assert (entry.author, entry.number) == ("agent aygul", NUMBER)
        assert entry.after == {"call": "c1", "node": "number-puk"}

    def test_the_newest_proof_of_a_call_is_found(self, store: Store) -> None:
        assert store.contacts.proved("c1") is None
        for result in (AttemptResult.NO_MATCH, AttemptResult.MATCH, AttemptResult.NO_MATCH):
            attempt = Attempt("c1", NUMBER, Origin(), IdentificationMethod.CODEWORD)
            opened = store.attempts.open(attempt, CallerKind.UNKNOWN, NOW)
            store.attempts.settle(opened.id, result)
        assert store.contacts.proved("c1") == (NUMBER, IdentificationMethod.CODEWORD, NOW)
        assert store.contacts.promised([]) == frozenset()

    def test_an_owner_is_known_from_the_import(self, store: Store) -> None:
        assert store.contacts.owned_since(NUMBER) is None
        fill(store, row(msisdn=NUMBER))
        assert store.contacts.owned_since(NUMBER) is None
        fill(store, row(msisdn=NUMBER, full_name="Orazow Meret", passport=Secret("11111111")))
        assert store.contacts.owned_since(NUMBER) is not None


class TestSeatLoans(SeatLoansContract):
    @pytest.fixture
    def loans(self, store: Store) -> SeatLoans:
        return store.seat_loans
