"""A network behind that is hostile: an answer that is none is TemporarilyUnavailable, in time."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.errors import TemporarilyUnavailable
from ivr.network.http_client import HttpClient
from ivr.network.models.common import Characteristic, MoneyValue, pairs
from tests.fuzz.network import ask
from tests.fuzz.test_web import JSON, places
from tests.network.world import LAST_MONTH, NUMBER

AMOUNT = {"unit": "TMT", "value": 3.0}
RESOURCE: dict[str, Any] = {
    "id": "1",
    "externalId": "c:1",
    "state": "completed",
    "productSerialNumber": NUMBER,
    "status": "active",
    "serviceSpecification": {"id": "mms"},
    "serviceCharacteristic": [{"name": "number", "value": "1"}],
    "relatedParty": [{"id": NUMBER, "role": "subscriber"}],
    "billingAccount": {"id": NUMBER},
    "billingPeriod": {"startDateTime": f"{LAST_MONTH}T10:00:00Z"},
    "periodCoverage": {"startDateTime": f"{LAST_MONTH}T10:00:00Z"},
    "taxIncludedAmount": AMOUNT,
    "productOfferingPrice": [{"priceType": "oneTime", "price": {"taxIncludedAmount": AMOUNT}}],
    "response": {"statusCode": "201"},
}
"""Something of every API, so that each reads it as its own."""
ODD: st.SearchStrategy[Any] = st.sampled_from(
    (
        "\0",
        "\u2028",
        "../../a",
        "a" * 70_000,
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "1e999999999",
        "9" * 5_000,
        -1,
        None,
        [],
    )
)


def answer(status: int, body: object, location: str = "") -> bytes:
    said = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(said)}\r\n\r\n".encode() + said


@settings(max_examples=15)
@given(st.data())
def test_anything_in_any_field_is_an_answer_or_none(data: st.DataObject) -> None:
    resource = json.loads(json.dumps(RESOURCE))
    holder, key = data.draw(st.sampled_from(list(places(resource))))
    holder[key] = data.draw(ODD | JSON)
    ask(answer(200, [resource]))
    ask(answer(200, resource))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "\0"),
        ("id", "a" * 70_000),
        ("billingPeriod", {"startDateTime": "9999-12-31T23:59:59Z"}),
        ("periodCoverage", {"startDateTime": "0001-01-01T00:00:00+14:00"}),
        ("response", {"statusCode": "9" * 5_000}),
        ("taxIncludedAmount", {"unit": "TMT", "value": "1e999999999"}),
    ],
)
def test_what_was_found_stays_mended(field: str, value: object) -> None:
    for state in ("completed", "inProgress"):
        resource = {**RESOURCE, "state": state, field: value}
        for body in (resource, [resource]):
            ask(answer(200, body))
            ask(answer(202, body, "/tmf-api/monitor/1"))


@pytest.mark.parametrize("location", ["http://[", "//", "http://a:b/", "\x7f", "/%", "?"])
def test_a_monitor_of_no_address_is_none(location: str) -> None:
    ask(answer(202, [], location))


def test_an_answer_that_does_not_end_is_not_waited_for() -> None:
    """Each piece comes soon enough; all of them never."""
    stop = threading.Event()

    def dribble(listener: socket.socket) -> None:
        link, _ = listener.accept()
        with link:
            link.recv(65536)
            link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            try:
                while not stop.wait(0.02):
                    link.sendall(b" ")
            except OSError:
                return  # it is not waited for

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=dribble, args=(listener,))
        thread.start()
        wire = HttpClient("network", f"http://127.0.0.1:{listener.getsockname()[1]}")
        try:
            with pytest.raises(TemporarilyUnavailable, match="too long or too slow"):
                wire.post("/a", {}, time.monotonic() + 0.3)  # noqa: TID251
        finally:
            wire.close()
            stop.set()
            thread.join()


@pytest.mark.parametrize("value", ["1e999999999", "-1e999999999", "1e30", "NaN", "Infinity"])
def test_an_amount_of_no_money_is_refused_at_once(value: str) -> None:
    with pytest.raises(ValueError, match=r"amount|finite"):
        MoneyValue.model_validate({"unit": "TMT", "value": value}).money()


def test_a_characteristic_without_a_value_is_none() -> None:
    assert pairs([Characteristic.model_validate({"name": "a", "value": None})]) == {}
