"""Payments and packages as billing and the meter save them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.domain.values import Money, Msisdn
from ivr.errors import Unusable
from ivr.store.package_rows import PackageFile, read_left
from ivr.store.payment_rows import PaymentFile, read_payments
from ivr.testing.subscribers import MemorySubscribers
from tests.contracts.records import subscriber

ZONE = ZoneInfo("Asia/Ashgabat")
NUMBER = Msisdn("99365123456")
AT = datetime(2026, 11, 22, 10, 30, tzinfo=ZONE)
PEOPLE = MemorySubscribers({NUMBER: subscriber()})


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return file


def one(
    at: str = "2026-11-22 10:30", amount: str = "20.00", header: str = "msisdn,at,amount"
) -> str:
    return f'{header}\n{NUMBER},"{at}","{amount}"\n'


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-22 10:30",
        "2026-11-22T10:30:00",
        "2026-11-22T10:30:00+05:00",
        "2026-11-22 10:30:00 +0500",
        "2026-11-22T05:30:00Z",
        "2026-11-22 10:30:00.000",
        "22.11.2026 10:30",
        "22.11.2026 10:30:00",
        "22.11.2026, 10:30",
        "22.11.26 10:30",
        "22.11.2026 г. 10:30",
        "22.11.2026 10.30",
        "22/11/2026 10:30",
        "11/22/2026 10:30:00 AM",
        "22-11-2026 10:30",
        "2026/11/22 10:30",
        "2026.11.22 10:30",
        "46348.4375",
        "46348,4375",
        "20261122T1030",
        "\u200e22.11.2026\xa010:30",
    ],
)
def test_a_time_is_read(tmp_path: Path, at: str) -> None:
    (row,) = read_payments(write(tmp_path, one(at=at)), PEOPLE, ZONE)
    assert row == (NUMBER, AT, Money(2000), "")


def test_a_day_is_its_beginning_and_an_afternoon_is_told(tmp_path: Path) -> None:
    for at, hour in (("22.11.2026", 0), ("11/22/2026 10:30 PM", 22), ("11/22/2026 12:05 am", 0)):
        (row,) = read_payments(write(tmp_path, one(at=at)), PEOPLE, ZONE)
        assert (row.at.day, row.at.hour) == (22, hour)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("05/06/2026", "at '05/06/2026' is ambiguous between two dates: write the year first"),
        ("31.11.2026", "at '31.11.2026' is not a time such as 2026-11-22 10:30"),
        ("22.11", "at '22.11' is not a time"),
        ("10:30", "at '10:30' is not a time"),
        ("99999", "at '99999' is not a time"),
        ("22.11.0026 10:30", "at '22.11.0026 10:30' is not a time"),
        ("1764412345", "at '1764412345' is not a time"),
        ("46348.4375E3", "at '46348.4375E3' is not a time"),
        ("13/13/2026", "at '13/13/2026' is not a time"),
        ("11/22/26", "at '11/22/26' is not a time"),
        ("22.11.2026 25:00", "at '22.11.2026 25:00' is not a time"),
        ("", "at is empty"),
        ("#####", "at is #####, an error of the spreadsheet"),
    ],
)
def test_what_is_no_time_is_refused(tmp_path: Path, at: str, said: str) -> None:
    with pytest.raises(Unusable) as refused:
        read_payments(write(tmp_path, one(at=at)), PEOPLE, ZONE)
    assert f"line 2: {said}" in str(refused.value)


@pytest.mark.parametrize(
    ("amount", "tenge"),
    [
        *(("1 234,50", 123450), ("1\xa0234,50", 123450), ("1\u202f234.5", 123450)),
        *(("1'234.50", 123450), ("1,234.50", 123450), ("1.234,50", 123450)),
        *(("1,234,567", 123456700), ("1.234.567,8", 123456780), ("1234", 123400)),
        *(
            (",50", 50),
            ("0,5", 50),
            ("12,0000", 1200),
            ("20 manat", 2000),
            ("20м.", 2000),
            ("TMT 20.5", 2050),
        ),
    ],
)
def test_an_amount_is_read(tmp_path: Path, amount: str, tenge: int) -> None:
    (row,) = read_payments(write(tmp_path, one(amount=amount)), PEOPLE, ZONE)
    assert row.amount.tenge == tenge


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("", "amount is empty"),
        ("0", "amount '0' must be more than 0"),
        ("-20.00", "amount '-20.00' must be more than 0"),
        ("(20.00)", "amount '(20.00)' must be more than 0"),
        ("20.00-", "amount '20.00-' must be more than 0"),
        ("1,234", "amount '1,234' is not an amount in manat"),
        ("1.234", "amount '1.234' is not an amount in manat"),
        ("1,23,456", "amount '1,23,456' is not an amount"),
        ("12 34", "amount '12 34' is not an amount"),
        ("2O.00", "amount '2O.00' is not an amount"),
        ("20 USD", "amount '20 USD' is not an amount"),
        ("$20", "amount '$20' is not an amount"),
        ("manat", "amount 'manat' is not an amount"),
        ("1.2E+3", "amount '1.2E+3' is in scientific form"),
        ("20.001", "amount '20.001' is not an amount in manat"),
        ("20.0001", "amount '20.0001' has more than 2 decimals"),
        ("9" * 20, "amount has too many digits"),
        ("١٢", "amount '١٢' is not an amount"),
    ],
)
def test_what_is_no_payment_is_refused(tmp_path: Path, amount: str, said: str) -> None:
    with pytest.raises(Unusable) as refused:
        read_payments(write(tmp_path, one(amount=amount)), PEOPLE, ZONE)
    assert f"line 2: {said}" in str(refused.value)


@pytest.mark.parametrize(
    "header",
    [
        "Номер телефона,Дата и время,Сумма (TMT)",
        "Telefon,Senesi,Möçberi",
        "Phone number,Payment date,Amount",
        "MSISDN , AT , AMOUNT",
    ],
)
def test_columns_have_other_names(tmp_path: Path, header: str) -> None:
    (row,) = read_payments(write(tmp_path, one(header=header)), PEOPLE, ZONE)
    assert row.at == AT


def test_the_table_of_subscribers_is_none_of_payments(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="the header lacks at, amount; the first line must be"):
        read_payments(write(tmp_path, f"Title\nmsisdn,full_name\n{NUMBER},A\n"), PEOPLE, ZONE)


def test_equal_rows_are_two_payments_unless_they_have_one_reference(tmp_path: Path) -> None:
    plain = f"{NUMBER},2026-11-22 10:30,20.00\n"
    file = PaymentFile(write(tmp_path, f"msisdn,at,amount\n{plain}{plain}"))
    assert len(file.rows(PEOPLE, ZONE)) == 2
    assert file.table.notes.lines() == []
    rows = "".join(f"{plain.strip()},{name}\n" for name in ("A-1", "A-2", "A-1"))
    file = PaymentFile(write(tmp_path, f"msisdn,at,amount,reference\n{rows}"))
    assert [row.reference for row in file.rows(PEOPLE, ZONE)] == ["A-1", "A-2"]
    assert file.table.notes.lines() == ["duplicate rows were used once: 1 (line 4)"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "{n},2026-11-22,1,A\n{n},2026-11-22,2,A",
            "line 3: line 2 has the same reference with other values",
        ),
        ("99361000000,2026-11-22,1,A", "line 2: msisdn is not a subscriber's number"),
        ("{n},2026-11-22,1,1.2E+15", "line 2: reference is in scientific form"),
        (f"{{n}},2026-11-22,1,{'A' * 200}", "line 2: reference has more than 100 letters"),
        (
            "{n},2026-11-22,20,00,A",
            '5 cells instead of 4: a decimal comma must be in quotes: "20,00"',
        ),
    ],
)
def test_what_is_no_row_is_refused(tmp_path: Path, rows: str, said: str) -> None:
    file = write(tmp_path, "msisdn,at,amount,reference\n" + rows.format(n=NUMBER) + "\n")
    with pytest.raises(Unusable) as refused:
        read_payments(file, PEOPLE, ZONE)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("external_id,left\nc1:1,150\nc1:2,0\n", {"c1:1": 150, "c1:2": 0}),
        ("Номер заказа;Остаток (МБ)\nc1:1;1 500\nИтого;1 500\n", {"c1:1": 1500}),
        ("Sargyt,Galyndy\nc1:1,150 MB\n", {"c1:1": 150}),
        ("external_id,left\nc1:1,150.0\nc1:1,150\n", {"c1:1": 150}),
        ("sep=\t\nexternal_id\tleft\r'c1:1\t150,00\r", {"c1:1": 150}),
        ("external_id,left\nc1:1,150\n,150\n", {"c1:1": 150}),
    ],
)
def test_what_is_left_is_read(tmp_path: Path, text: str, left: dict[str, int]) -> None:
    assert read_left(write(tmp_path, text)) == left


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("c1:1,1.500", "line 2: left '1.500' is not a whole number"),
        ("c1:1,150.5", "line 2: left '150.5' is not a whole number"),
        ("c1:1,", "line 2: left is empty"),
        ("c1:1,1E+03", "line 2: left '1E+03' is in scientific form"),
        ("1.7E+09,5", "line 2: external_id is in scientific form"),
        ("c1:1,5\nc1:1,6", "line 3: line 2 has the same order with another value"),
        ("c1:1,5\nc9:9,6", "line 3: external_id 'c9:9': no package was bought by this order"),
    ],
)
def test_what_is_nothing_left_is_refused(tmp_path: Path, row: str, said: str) -> None:
    file = PackageFile(write(tmp_path, f"external_id,left\n{row}\n"))
    with pytest.raises(Unusable) as refused:
        file.rows(lambda ids: [id for id in ids if id == "c9:9"])
    assert said in str(refused.value)
