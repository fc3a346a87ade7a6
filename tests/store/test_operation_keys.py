"""Operation keys on databases: the audit tells what was done before."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Table

from ivr.domain.audit import Tag
from ivr.domain.imports import SubscriberRow
from ivr.domain.values import Money
from ivr.ports.content import Announcements
from ivr.store import Store
from ivr.store.bounds import is_alone
from ivr.testing.acting import by
from tests.contracts.operation_keys_contract import FIRST, OperationKeysContract
from tests.store.rows import NUMBER, fill, row


@pytest.fixture
def announcements(store: Store) -> Announcements:
    return store.announcements


class TestOperationKeys(OperationKeysContract):
    pass


def test_subscribers_are_imported_once(store: Store) -> None:
    once = by("clerk")
    first = store.imports.take_over(*once, [row(balance=Money(100))])
    again = store.imports.take_over(*once, rows_that_break())
    assert (again, again.since, again.kept) == (first, first.since, first.kept)
    assert len(store.audit.newest(9)) == 1
    known = store.subscribers.find(NUMBER)
    assert known is not None
    assert known.balance == Money(100)


def test_an_import_that_another_process_does_meanwhile_is_done_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command runs twice at once: the second one has looked for its key already."""
    once = by("clerk")

    def overtaken(connection: Connection, table: Table) -> bool:
        monkeypatch.undo()
        store.imports.take_over(*once, [row(balance=Money(100))])
        return is_alone(connection, table)

    monkeypatch.setattr("ivr.store.importing.is_alone", overtaken)
    assert store.imports.take_over(*once, [row(balance=Money(200))]).rows == 1
    assert len(store.audit.newest(9)) == 1
    known = store.subscribers.find(NUMBER)
    assert known is not None
    assert known.balance == Money(100)


def rows_that_break() -> Iterator[SubscriberRow]:
    raise AssertionError("a row is read")
    yield


def test_a_key_that_comes_eight_times_at_once_does_one_thing(store: Store) -> None:
    fill(store, row())
    once = by("clerk")

    def set_it(_index: int) -> bool:
        return store.subscribers.set_codeword(*once, NUMBER, FIRST)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(set_it, range(8)))
    assert len(store.audit.list(9, action=Tag.CODEWORD_SET).items) == 1
