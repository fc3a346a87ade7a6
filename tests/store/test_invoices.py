"""The invoice book as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from ivr.domain.fax import FaxState
from ivr.ports.invoices import InvoiceRepository
from ivr.store import Store
from tests.contracts.invoice_book_contract import (
    DAY_AGO,
    LATER,
    NOW,
    REFUSED,
    InvoiceBookContract,
    draft,
    written,
)


@pytest.fixture
def repository(store: Store) -> InvoiceRepository:
    return store.invoices


class TestInvoices(InvoiceBookContract):
    def test_invoices_and_tries_outlive_a_restart(
        self, store: Store, reopen: Callable[[], Store]
    ) -> None:
        invoice = written(store.invoices)
        store.invoices.begin(invoice.number, NOW)
        store.close()
        again = reopen().invoices
        (going,) = again.sending()
        again.end(going.number, REFUSED, LATER, FaxState.WAITING, LATER)
        (waiting,) = again.due(LATER, 10)
        assert waiting.paper == invoice.paper
        assert [each.answer for each in waiting.tries] == [REFUSED]

    def test_a_writing_that_fails_takes_no_number(self, store: Store) -> None:
        written(store.invoices, "c1:1")
        with store.database.writing() as connection:
            connection.execute(text("ALTER TABLE invoices RENAME TO away"))
        with pytest.raises(Exception, match="invoices"):
            store.invoices.write(draft("c2:1"), DAY_AGO, 10)
        with store.database.writing() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO invoices"))
        assert written(store.invoices, "c3:1").number.sequence == 2

    def test_the_newest_come_first(self, store: Store) -> None:
        for index in range(3):
            written(store.invoices, f"c{index}:1")
        assert [each.number.sequence for each in store.invoices.newest(2)] == [3, 2]
