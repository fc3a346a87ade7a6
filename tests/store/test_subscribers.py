"""Subscribers as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.domain.audit import Tag
from ivr.domain.subscriber import NoPuk, PukBound, Status, Verifiers
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.errors import Unusable
from ivr.store import Store, open_database
from ivr.store.columns import metadata
from ivr.testing.acting import by
from tests.store.rows import NUMBER, PASSPORT_KEYS, PEPPER, PUK, fill, row

UNKNOWN = Msisdn("99361000000")


def test_a_store_shows_no_pepper(store: Store) -> None:
    assert PEPPER not in repr(store)


class TestSubscribers:
    def test_a_subscriber_is_found_with_its_services(self, store: Store) -> None:
        fill(store, row(services=frozenset({ServiceId("sms"), ServiceId("gprs")})))
        found = store.subscribers.find(NUMBER)
        assert found is not None
        assert found.msisdn == NUMBER
        assert found.full_name == "Myradowa Aýgül"
        assert found.language is Language.TURKMEN
        assert found.status is Status.ACTIVE
        assert found.balance == Money(4530)
        assert set(found.services) == {"sms", "gprs"}

    def test_a_subscriber_without_services_is_found(self, store: Store) -> None:
        fill(store, row(services=frozenset()))
        found = store.subscribers.find(NUMBER)
        assert found is not None
        assert set(found.services) == set()

    def test_nobody_is_found_under_an_unknown_number(self, store: Store) -> None:
        assert store.subscribers.find(UNKNOWN) is None
        assert store.subscribers.verifiers(UNKNOWN) is None
        assert store.subscribers.puk(UNKNOWN) is None

    def test_no_code_word_is_set_at_first(self, store: Store) -> None:
        fill(store, row(passport=None))
        assert store.subscribers.verifiers(NUMBER) == Verifiers()

    def test_a_code_word_replaces_the_last_one_and_leaves_the_passport(self, store: Store) -> None:
        fill(store, row())
        before = store.subscribers.verifiers(NUMBER)
        assert before is not None
        assert before.passport
        assert store.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("a", "b", "c"))
        assert store.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("d", "e", None, "x"))
        after = store.subscribers.verifiers(NUMBER)
        assert after == Verifiers("d", "e", None, before.passport)

    def test_setting_a_code_word_is_audited_without_it(self, store: Store) -> None:
        fill(store, row())
        store.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("hash", "b", "c"))
        entry = store.audit.newest(1, NUMBER)[0]
        assert (entry.author, entry.action) == ("operator clerk", Tag.CODEWORD_SET)
        assert (entry.before, entry.after) == ({"codeword": False}, {"codeword": True})
        assert entry.at.utcoffset() is not None
        assert "hash" not in repr(entry)

    @pytest.mark.parametrize("known", [Verifiers("a", "b", "c"), Verifiers("a", "b", None)])
    def test_key_verifiers_are_renewed_and_nothing_else(
        self, store: Store, known: Verifiers
    ) -> None:
        fill(store, row(passport=None))
        store.subscribers.set_codeword(*by("clerk"), NUMBER, known)
        proof, audited = store.subscribers.proof(NUMBER), store.audit.newest(9, NUMBER)
        store.subscribers.renew_keys(NUMBER, known, Verifiers("x", "d", "e"))
        assert store.subscribers.verifiers(NUMBER) == Verifiers("a", "d", "e")
        assert store.subscribers.proof(NUMBER) == proof
        assert store.audit.newest(9, NUMBER) == audited

    def test_a_code_word_that_was_set_meanwhile_is_not_renewed(self, store: Store) -> None:
        fill(store, row(passport=None))
        for known in (Verifiers("a", "b", "c"), Verifiers("d", "e", None)):
            store.subscribers.set_codeword(*by("clerk"), NUMBER, known)
        for stale in (Verifiers("a", "b", "c"), Verifiers("d", "e", "c"), Verifiers("d")):
            store.subscribers.renew_keys(NUMBER, stale, Verifiers(None, "f", "g"))
        store.subscribers.clear_codeword(*by("clerk"), NUMBER)
        store.subscribers.renew_keys(NUMBER, known, Verifiers(None, "f", "g"))
        assert store.subscribers.verifiers(NUMBER) == Verifiers()

    def test_an_unknown_number_gets_no_code_word(self, store: Store) -> None:
        assert not store.subscribers.set_codeword(*by("clerk"), UNKNOWN, Verifiers("a"))
        assert store.audit.newest(1, UNKNOWN) == []

    def test_a_puk_is_read_back(self, store: Store) -> None:
        fill(store, row())
        puk = store.subscribers.puk(NUMBER)
        assert puk is not None
        assert puk.keys == PUK

    def test_a_puk_stays_closed_to_another_pepper(self, store: Store, url: str) -> None:
        fill(store, row())
        other = open_database(url, "another pepper")
        with pytest.raises(Unusable, match="IVR_PEPPER"):
            other.subscribers.puk(NUMBER)
        other.close()

    def test_a_puk_is_told_so_many_times_and_audited(self, store: Store) -> None:
        fill(store, row())
        now = datetime(2026, 11, 22, 10, tzinfo=UTC)
        bound = PukBound(9, now - timedelta(days=1), 5)
        told = [store.subscribers.note_puk(*by("caller c1"), NUMBER, now, bound) for _ in range(6)]
        assert told == [*[None] * 5, NoPuk.OFFICE]
        entries = store.audit.newest(9, NUMBER)
        assert [(entry.author, entry.action) for entry in entries if entry.at == now] == [
            ("caller c1", "puk.told")
        ] * 5
        next_day, bound = now + timedelta(days=1), PukBound(9, now, 5)
        assert store.subscribers.note_puk(*by("call c2"), NUMBER, next_day, bound) is None

    def test_a_puk_told_to_many_at_once_is_counted_once_each(self, store: Store) -> None:
        fill(store, row())
        now = datetime(2026, 11, 22, 10, tzinfo=UTC)
        together = threading.Barrier(8)

        def tell(_index: int) -> NoPuk | None:
            together.wait()
            bound = PukBound(9, now - timedelta(days=1), 5)
            return store.subscribers.note_puk(*by("c"), NUMBER, now, bound)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(tell, range(8))).count(None) == 5

    def test_no_table_holds_a_readable_secret(self, store: Store) -> None:
        fill(store, row())
        with store.database.reading() as connection:
            held = "".join(
                repr(line)
                for table in metadata.sorted_tables
                for line in connection.execute(select(table))
            )
        assert NUMBER in held
        assert PUK not in held
        assert PASSPORT_KEYS not in held
        assert PASSPORT_KEYS[2:] not in held

    def test_what_was_written_outlives_a_restart(
        self, store: Store, reopen: Callable[[], Store]
    ) -> None:
        fill(store, row())
        store.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("a", "b", "c"))
        store.close()
        again = reopen()
        assert again.subscribers.find(NUMBER) is not None
        verifiers = again.subscribers.verifiers(NUMBER)
        assert verifiers is not None
        assert verifiers.codeword == "a"
