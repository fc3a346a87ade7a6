"""The order book as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import event, text

from ivr.domain.orders import Order, OrderState
from ivr.domain.services import Change
from ivr.domain.values import Msisdn
from ivr.store import Store
from tests.contracts.lost_orders_contract import LostOrdersContract
from tests.contracts.order_book_contract import NOW, OrderBookContract, order
from tests.contracts.records import NUMBER
from tests.contracts.settled_orders_contract import FORWARDING, PaymentsContract, SettingsContract
from tests.contracts.weighed_orders_contract import WeighedOrdersContract
from tests.store.rows import fill, row


class TestOrders(OrderBookContract):
    def test_the_last_change_is_found_by_the_number(self, store: Store) -> None:
        """With what the database knows of many orders that undo nothing, and of one that does."""
        fill(store, row())
        changes = (Change(FORWARDING, True),)
        for index in range(300):
            other = dataclasses.replace(order(f"c{index}:1"), number=Msisdn(f"99361000{index:03d}"))
            store.orders.write(dataclasses.replace(other, changes=changes))
            store.orders.settle(other.id, OrderState.COMPLETED, NOW)
        store.orders.write(dataclasses.replace(order("c0:2"), undoes="id c0:1"))
        asked: list[tuple[str, Any]] = []

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
            asked.append((statement, parameters))

        with store.database.writing() as connection:
            connection.execute(text("ANALYZE"))
        if store.database.engine.dialect.name == "sqlite":
            store.database.engine.dispose()  # a connection reads the statistics once
            event.listen(store.database.engine, "before_cursor_execute", note)
        assert store.orders.last_settled(NUMBER, FORWARDING) is None
        with store.database.engine.connect() as connection:
            plans = [
                step[-1]
                for statement, parameters in asked
                if statement.startswith("SELECT")
                for step in connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement}", parameters
                )
            ]
        assert [step for step in plans if step.startswith("SCAN") or "undoes" in step] == []

    def test_orders_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        written = store.orders.write(order())
        store.close()
        assert list(reopen().orders.unsettled(10)) == [written]

    def test_one_key_written_by_many_at_once_is_one_order(self, store: Store) -> None:
        many = 8
        together = threading.Barrier(many)

        def write(index: int) -> Order:
            together.wait()
            written = store.orders.write(dataclasses.replace(order(), id=f"id {index}"))
            assert isinstance(written, Order)
            return written

        with ThreadPoolExecutor(many) as pool:
            assert len({written.id for written in pool.map(write, range(many))}) == 1
        assert len(store.orders.newest(10)) == 1


class TestWeighedOrders(WeighedOrdersContract):
    pass


class TestLostOrders(LostOrdersContract):
    pass


class TestSettings(SettingsContract):
    pass


class TestPayments(PaymentsContract):
    pass
