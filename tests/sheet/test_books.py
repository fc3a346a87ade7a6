"""Subscribers as spreadsheets, CRMs and billing save them."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.values import Money
from ivr.errors import Unusable
from ivr.store.package_rows import read_left
from ivr.store.payment_rows import read_payments
from ivr.store.rows import KnownCatalogueIds, Row, SubscriberFile
from ivr.testing.subscribers import MemorySubscribers
from tests.sheet.books import GOOD, HARMLESS, HEADER, OTHER, Book
from tests.sheet.refused_books import REFUSED

KNOWN = KnownCatalogueIds(frozenset({"sms", "gprs", "clip"}), ("oba", "duet"))


def read(tmp_path: Path, book: Book) -> tuple[list[Row], list[str]]:
    file = tmp_path / "book.csv"
    file.write_bytes(book.data)
    table = SubscriberFile(file, KNOWN)
    rows = list(table.rows())
    return rows, table.table.notes.lines()


@pytest.mark.parametrize("book", HARMLESS.values(), ids=list(HARMLESS))
def test_what_is_harmless_is_passed_over_and_said(tmp_path: Path, book: Book) -> None:
    rows, notes = read(tmp_path, book)
    assert [row.msisdn for row in rows] == ["99365123456", "99366300891"]
    first, second = rows
    assert first.full_name.replace("y", "ý").startswith("Mýradowa Aýg")
    assert first.passport is not None
    assert first.puk is not None
    assert (first.passport.keys, first.puk.keys) == ("26123456", "73104826")
    assert first.balance == Money(4530)
    assert sorted(first.services or ()) == ["gprs", "sms"]
    assert (second.full_name, second.balance, second.puk) == (book.name, Money(-105), None)
    assert book.noted in "\n".join(notes)
    assert bool(book.noted) == bool(notes)


@pytest.mark.parametrize("book", REFUSED.values(), ids=list(REFUSED))
def test_the_rest_is_refused_by_its_cause(tmp_path: Path, book: Book) -> None:
    with pytest.raises(Unusable) as refused:
        read(tmp_path, book)
    assert book.said in str(refused.value)
    assert "73104826" not in str(refused.value).replace(book.data.decode("latin-1"), "")


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    rows = [
        f"9936100{index:04d},A,,tk,oba,active,{'x' if index % 2 else 1},,," for index in range(60)
    ]
    with pytest.raises(Unusable) as refused:
        read(tmp_path, Book("\n".join((HEADER, *rows)).encode()))
    said = str(refused.value).splitlines()
    assert said[0].endswith("nothing was imported; correct these rows:")
    assert said[1] == "  line 3: balance 'x' is not an amount in manat such as 45.30"
    assert said[-1] == "  and 10 more"
    assert len(said) == 22


def test_all_that_is_wrong_with_a_row_is_told(tmp_path: Path) -> None:
    row = "12,,X,xx,gold,asleep,1.234,teleport,1,A\u200bB"
    with pytest.raises(Unusable) as refused:
        read(tmp_path, Book(f"{HEADER}\n{row}\n".encode()))
    told = [each.split()[2] for each in str(refused.value).splitlines()[1:]]
    assert told == HEADER.split(",")


@pytest.mark.parametrize("name", ["passport", "services", "puk", "company"])
def test_a_column_may_be_missing(tmp_path: Path, name: str) -> None:
    columns = [each for each in HEADER.split(",") if each != name]
    values = {"msisdn": "99365123456", "full_name": "A", "language": "tk", "tariff": "oba"}
    values |= {"status": "active", "balance": "1"}
    row = ",".join(values.get(each, "") for each in columns)
    (only,), notes = read(tmp_path, Book(f"{','.join(columns)}\n{row}\n".encode()))
    assert getattr(only, name) is None
    assert notes == []


def test_a_file_with_a_header_only_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, Book(HEADER.encode())) == ([], ["the file has a header and no rows"])


PIECES = (
    *("\n", "\r", "\r\n", ",", ";", "\t", "|", '"', "'", "=", "#", " ", "\xa0", "\u200b", "\ufeff"),
    *(
        "sep=;",
        'sep="',
        "sep=\n",
        HEADER,
        "msisdn",
        "balance",
        "номер",
        "Итого",
        "NULL",
        "-",
        "---",
    ),
    *(
        GOOD,
        OTHER,
        "99365123456",
        "9.9E+10",
        "1,5",
        "#N/A",
        "=SUM(A1)",
        '="1"',
        "Ý",
        "Оразов",
        "\0",
    ),
    *("{", "<html", "%PDF", "PK\x03\x04", "?", "\ufffd", "\ud7ff", "\U0001f600", "9" * 200),
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=25),
    st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r", "utf-32")),
    st.binary(max_size=6),
)
def test_whatever_comes_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], encoding: str, tail: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes("".join(pieces).encode(encoding, "replace") + tail)
    for read in (
        lambda: list(SubscriberFile(file, KNOWN).rows()),
        lambda: read_payments(file, MemorySubscribers(), ZoneInfo("Asia/Ashgabat")),
        lambda: read_left(file),
    ):
        try:
            read()
        except Unusable as refused:
            assert str(file) in str(refused)  # noqa: PT017  it may also be good
