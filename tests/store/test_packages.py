"""What is left of packages follows the operator's meter."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.domain.audit import Tag
from ivr.domain.imports import PackagesImported
from ivr.domain.services import Change
from ivr.errors import Unusable
from ivr.store import Store
from ivr.store.package_rows import read_left
from ivr.testing.acting import by
from tests.contracts.order_book_contract import DONE, NOW, order, row
from tests.contracts.records import subscriber
from tests.contracts.settled_orders_contract import BOUGHT, PACKAGE
from tests.store.rows import StoredRecords


def test_it_is_set_by_the_order_that_bought_the_package(
    store: Store, records: StoredRecords
) -> None:
    records.add(subscriber())
    for key in ("c1:1", "c1:2"):
        records.orders.write(order(key, Change(PACKAGE, True, BOUGHT)))
        records.orders.settle(f"id {key}", DONE, NOW)
    once = by("test")
    assert store.packages.set_left(*once, {"c1:2": 7, "c9:9": 1}) == PackagesImported(1, 1)
    assert sorted(package.left for package in row(records).packages) == [7, 200]
    assert store.packages.set_left(*once, {"c1:2": 5}) == PackagesImported(1, 1)
    assert sorted(package.left for package in row(records).packages) == [7, 200]
    (entry,) = store.audit.list(2, action=Tag.PACKAGES_IMPORT).items
    assert (entry.action, entry.after) == (Tag.PACKAGES_IMPORT, {"updated": 1, "over": 1})


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "left.csv"
    file.write_text("external_id,left\nc1:1,150\n\nc1:2,0\n", encoding="utf-8")
    assert read_left(file) == {"c1:1": 150, "c1:2": 0}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("a,b", "there is no header; the first line must be external_id,left"),
        ("external_id,left\nc1:1", "line 2"),
        ("external_id,left\nc1:1,-5", "line 2"),
        ("external_id,left\nc1:1,much", "line 2"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "left.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Unusable, match=problem):
        read_left(file)
