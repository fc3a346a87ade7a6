"""The order book as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ivr.ports import Order
from ivr.store import Store
from tests.contracts.order_book_contract import (
    LATER,
    OrderBookContract,
    PaymentsContract,
    SettingsContract,
    order,
)
from tests.contracts.weighed_orders_contract import WeighedOrdersContract


class TestOrders(OrderBookContract):
    def test_orders_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        written = store.orders.write(order())
        store.close()
        assert list(reopen().orders.unsettled(LATER, 10)) == [written]

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


class TestSettings(SettingsContract):
    pass


class TestPayments(PaymentsContract):
    pass
