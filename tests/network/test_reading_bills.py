"""What is read of events and bills, however servers write them."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ivr.domain.values import Money
from ivr.network.billing import TmForumBills
from ivr.network.event import LARGEST, NamedOrder, document_of, orders_in
from ivr.network.http_client import HttpClient
from ivr.network.models.bill import CustomerBill
from ivr.network.models.common import MoneyValue
from ivr.network.sums import Line, whole_lines

CHANGED = {"id": "77", "externalId": "c:1", "state": "completed"}
BARE = {"id": 77, "state": "COMPLETED"}
OURS, THEIRS = [NamedOrder("c:1", "77")], [NamedOrder("", "77")]
TYPE = "ServiceOrderStateChangeEvent"


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ({"eventId": "1", "eventType": TYPE, "event": {"serviceOrder": CHANGED}}, OURS),
        ({"eventId": None, "event": {"serviceOrder": CHANGED}}, OURS),
        ({"eventId": 7, "eventTime": "now", "event": {"serviceOrder": CHANGED}}, OURS),
        ({"event": {"serviceOrder": {**CHANGED, "relatedParty": None, "state": {}}}}, OURS),
        ({"event": {"serviceOrder": BARE}}, THEIRS),
        ({"event": {"resource": CHANGED}}, OURS),
        ({"event": CHANGED}, OURS),
        (CHANGED, OURS),
        ([{"event": {"serviceOrder": CHANGED}}, {"event": {"serviceOrder": CHANGED}}], OURS),
        ({"events": [{"serviceOrder": BARE}, {"serviceOrder": CHANGED}]}, [*THEIRS, *OURS]),
        ({"specversion": "1.0", "id": "e", "type": "x", "data": CHANGED}, OURS),
        ({"specversion": "1.0", "id": "e", "type": TYPE, "data": BARE}, THEIRS),
        ({"eventType": "ServiceOrderCreateEvent", "event": {"serviceOrder": CHANGED}}, []),
        ({"event": {}}, []),
        ({"event": {"serviceOrder": {"id": None, "state": "completed"}}}, []),
        ({"event": {"trouble": {"id": "1", "state": "closed"}}}, []),
        ([], []),
        (None, []),
        ("completed", []),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_orders_that_an_event_names(
    event: object, named: list[NamedOrder], packed: bool
) -> None:
    body = json.dumps(event).encode()
    assert list(orders_in(document_of(gzip.compress(body, mtime=0) if packed else body))) == named


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", gzip.compress(b"{}")[:-4], b"\x1f\x8b\x00", gzip.compress(b" " * LARGEST * 2)],
    ids=["empty", "no JSON", "cut off", "no gzip", "too large"],
)
def test_an_event_that_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        document_of(body)


def lines(*amounts: str) -> list[Line]:
    return [Line("", "", Decimal(amount)) for amount in amounts]


@pytest.mark.parametrize(
    ("amounts", "told", "whole"),
    [
        (("15.00", "0.10"), "15.10", [1500, 10]),
        (("15.00", "0.10"), None, [1500, 10]),
        (("15.0012", "0.1012"), "15.10", [1500, 10]),
        (("1.006", "1.006", "1.006"), "3.02", [101, 101, 100]),
        (("1.006", "1.006", "1.006"), "3.03", [101, 101, 101]),
        (("1.005", "1.005"), "2.01", [101, 100]),
        (("0.3333", "0.3333", "0.3333"), "1.00", [34, 33, 33]),
        (("-1.006", "5.00"), "3.99", [-101, 500]),
        ((), "0", []),
        ((), None, []),
    ],
)
def test_rates_finer_than_a_tenge_are_told_whole_and_add_up(
    amounts: tuple[str, ...], told: str | None, whole: list[int]
) -> None:
    found = whole_lines(lines(*amounts), Decimal(told) if told else None)
    assert found == [Money(each) for each in whole]


@pytest.mark.parametrize(("amounts", "told"), [(("1.00",), "1.01"), ((), "5"), (("9", "1"), "9")])
def test_items_that_do_not_add_up_are_not_told(amounts: tuple[str, ...], told: str) -> None:
    with pytest.raises(ValueError, match="add up"):
        whole_lines(lines(*amounts), Decimal(told))


@pytest.mark.parametrize(
    ("said", "manat"),
    [
        ({"unit": "TMT", "value": 3}, "3"),
        ({"unit": "tmt", "value": "3.10"}, "3.10"),
        ({"unit": "934", "value": 12.3456}, "12.3456"),
        ({"unit": 934, "value": 0}, "0"),
    ],
)
def test_an_amount_however_it_is_written(said: dict[str, object], manat: str) -> None:
    assert MoneyValue.model_validate(said).amount() == Decimal(manat)


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("2026-10-01T00:00:00+05:00", date(2026, 10, 1)),
        ("2026-10-01T00:00:00+0500", date(2026, 10, 1)),
        ("2026-09-30T19:00:00Z", date(2026, 10, 1)),
        ("2026-10-01T00:00:00.123456789+05:00", date(2026, 10, 1)),
        ("2026-10-01T00:00:00+05:00[Asia/Ashgabat]", date(2026, 10, 1)),
        ("2026-10-01T00:00:00", date(2026, 10, 1)),
        ("2026-10-01 00:00:00", date(2026, 10, 1)),
        ("2026-10-01", date(2026, 10, 1)),
        (1790794800000, date(2026, 10, 1)),
        (1790794800, date(2026, 10, 1)),
        ("", None),
        ("October", None),
        (None, None),
        ({}, None),
    ],
)
def test_the_month_of_a_bill(start: object, first: date | None) -> None:
    said = {"billingPeriod": {"startDateTime": start}}
    bill = CustomerBill.model_validate_json(json.dumps(said))
    wire = HttpClient("billing", "http://127.0.0.1:1")
    try:
        begins = TmForumBills(wire, zone=ZoneInfo("Asia/Ashgabat"))._begins(bill.billing_period)
    finally:
        wire.close()
    assert begins == first
