"""Lists for people: their pages follow each other, and read no more than themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from ivr.domain.call import Call
from ivr.domain.callbacks import Asked, Bound, CallbackStatus
from ivr.domain.messages import MessageState
from ivr.domain.orders import OrderState
from ivr.domain.paging import Page
from ivr.domain.values import Language, Msisdn
from ivr.errors import Unusable
from ivr.store import Store
from ivr.testing.acting import by
from tests.contracts.order_book_contract import order
from tests.store.rows import fill, row

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99365000001")


def at(index: int) -> datetime:
    """Two rows have each time."""
    return NOW + timedelta(minutes=index // 2)


def whose(index: int) -> Msisdn:
    return NUMBER if index % 2 else OTHER


def add_order(store: Store, index: int) -> None:
    mine = dataclasses.replace(order(f"c{index}:1", at=at(index)), number=whose(index))
    store.orders.write(mine)
    if index == 1:
        store.orders.settle(mine.id, OrderState.COMPLETED, NOW)


def add_call(store: Store, index: int) -> None:
    store.journal.begin(Call(f"c{index}", "0890", at(index), caller=whose(index)))


def add_message(store: Store, index: int) -> None:
    outbox = dataclasses.replace(store.outbox, now=lambda: at(index))
    outbox.put(whose(index), "text", f"order:{index}")
    if index == 1:
        outbox.settle(index + 1, MessageState.FAILED, NOW, "")


def add_callback(store: Store, index: int) -> None:
    number = Msisdn(f"9936500000{index}")
    asked = Asked(number, Language.TURKMEN, "nobody", number)
    store.callbacks.write(*by(f"caller c{index}"), asked, at(index), Bound(NOW, 9, 9))


def keys(page: Page[Any], name: str) -> list[Any]:
    return [getattr(item, name) for item in page.items]


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store, row(), row(msisdn=OTHER))
    for index in range(5):
        for add in (add_order, add_call, add_message, add_callback):
            add(store, index)
    return store


def walk(page: Callable[..., Page[Any]], name: str, add: Callable[[], None]) -> list[Any]:
    """All pages of two, with a row that is added behind the first."""
    one = page(2)
    found = keys(one, name)
    add()
    while one.next:
        one = page(2, one.next)
        assert 0 < len(one.items) <= 2
        found += keys(one, name)
    return found


def test_pages_of_orders(filled: Store) -> None:
    repository = filled.orders
    ids = [f"id c{index}:1" for index in range(6)]
    found = walk(repository.page, "id", lambda: add_order(filled, 5))
    assert found == ids[4::-1]
    assert keys(repository.page(9, is_open=True), "id") == [id for id in ids if id != ids[1]]
    assert keys(repository.page(9, number=NUMBER), "id") == ids[5::-2]
    assert keys(repository.page(9, since=at(4)), "id") == ids[5:3:-1]
    first = repository.page(3, is_open=True)
    assert keys(repository.page(9, first.next, is_open=True), "id") == ids[4:]


def test_pages_of_calls(filled: Store) -> None:
    journal = filled.journal
    ids = [f"c{index}" for index in range(6)]
    assert walk(journal.page, "id", lambda: add_call(filled, 5)) == ids[4::-1]
    assert keys(journal.page(9, caller=NUMBER), "id") == ids[5::-2]
    assert keys(journal.page(9, since=at(4)), "id") == ids[5:3:-1]


def test_pages_of_messages(filled: Store) -> None:
    outbox = filled.outbox
    references = [f"order:{index}" for index in range(6)]
    assert walk(outbox.page, "reference", lambda: add_message(filled, 5)) == references[4::-1]
    assert keys(outbox.page(9, number=NUMBER), "reference") == references[5::-2]
    assert keys(outbox.page(9, state=MessageState.FAILED), "reference") == [references[1]]


def test_pages_of_call_backs(filled: Store) -> None:
    repository = filled.callbacks
    calls = [f"c{index}" for index in range(6)]
    assert walk(repository.page, "call", lambda: add_callback(filled, 5)) == calls
    repository.done(*by("agent"), repository.page(1).items[0].id, NOW)
    assert keys(repository.page(9), "call") == calls[1:]
    assert keys(repository.page(9, status=CallbackStatus.DONE), "call") == calls[:1]
    assert keys(repository.page(9, number=Msisdn("99365000003")), "call") == ["c3"]


@pytest.mark.parametrize("cursor", ["x", "e30", "WzFd", "ä"])
def test_a_cursor_of_nothing_is_one_sentence(store: Store, cursor: str) -> None:
    for page in (store.orders, store.journal, store.outbox, store.callbacks):
        with pytest.raises(Unusable, match="the cursor is invalid"):
            page.page(2, cursor)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_no_page_reads_its_whole_table(filled: Store) -> None:
    """By the plans of SQLite: each list is read along an index, from its cursor on."""
    engine = filled.database.engine
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    for each in (filled.orders, filled.journal, filled.outbox, filled.callbacks):
        after = each.page(2).next
        each.page(2, after)
    filled.orders.page(2, number=NUMBER)
    filled.orders.page(2, is_open=True)
    filled.journal.page(2, caller=NUMBER)
    filled.outbox.page(2, state=MessageState.FAILED)
    filled.outbox.page(2, number=NUMBER)
    event.remove(engine, "before_cursor_execute", note)
    selects = [each for each in asked if each[0].startswith("SELECT")]
    assert len(selects) > 8
    with engine.connect() as connection:
        for statement, parameters in selects:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [step[-1] for step in plan]
            assert not [each for each in steps if is_whole(each)], (statement, steps)


def is_whole(step: str) -> bool:
    """Whether a step reads a whole table; along an index a page ends by its limit."""
    return step.startswith("SCAN") and "USING" not in step
