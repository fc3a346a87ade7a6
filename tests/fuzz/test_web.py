"""The HTTP servers, asked anything: an answer that is meant, and one in any case."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.network.listener import listener_app
from ivr.network.models import activation, bill, service_order, ticket
from ivr.web.server import HttpServer
from tests.e2e.installation import free_port
from tests.fuzz.asking import Request
from tests.fuzz.faults import SECONDS, pour
from tests.fuzz.web import METHODS, SURFACES, ask
from tests.network.world import NUMBER, simulated

HALF_A_LETTER = "\ud800"
WORDS = (
    "id",
    "name",
    "state",
    "action",
    "service",
    "serviceSpecification",
    "serviceCharacteristic",
    "value",
    "relatedParty",
    "role",
    "serviceOrderItem",
    "externalId",
    "callback",
    "eventId",
    "eventType",
    "event",
    "serviceOrder",
    "latency",
    "loses",
    "refuses",
    "outage",
    "deliveries",
    "description",
    "severity",
    "ticketType",
    "status",
    "itemId",
    "serviceOrderId",
)
ODD = st.sampled_from(
    (HALF_A_LETTER, "a\0b", "", "active", "add", "mms", NUMBER, "9" * 5_000, 10**30, float("nan"))
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | ODD,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
BODIES: dict[str, Any] = {
    f"{service_order.BASE}/serviceOrder": {
        "externalId": "c:1",
        "relatedParty": [{"id": NUMBER, "role": "subscriber"}],
        "serviceOrderItem": [
            {
                "id": "1",
                "action": "add",
                "service": {
                    "serviceSpecification": {"id": "mms"},
                    "serviceCharacteristic": [{"name": "number", "value": "1"}],
                },
            }
        ],
    },
    f"{service_order.BASE}/cancelServiceOrder": {"serviceOrder": {"id": "1"}},
    f"{service_order.BASE}/hub": {"callback": "http://127.0.0.1:1"},
    f"{activation.BASE}/service": {
        "state": "active",
        "serviceSpecification": {"id": "mms"},
        "serviceCharacteristic": [{"name": "number", "value": "1"}],
        "relatedParty": [{"id": NUMBER, "role": "subscriber"}],
        "serviceOrderItem": [{"serviceOrderId": "c:1", "itemId": "1"}],
    },
    f"{ticket.BASE}/troubleTicket": {
        "description": "a",
        "severity": "b",
        "ticketType": "c",
        "externalId": "d",
    },
}


def places(body: Any) -> Iterator[tuple[Any, Any]]:
    """Every value of a document, by what holds it and its key there."""
    entries = body.items() if isinstance(body, dict) else enumerate(body)
    for key, value in entries:
        yield body, key
        if isinstance(value, dict | list):
            yield from places(value)


@st.composite
def spoilt_bodies(draw: st.DrawFn) -> tuple[str, bytes]:
    """A path, and a body for it with some values replaced by any others."""
    path = draw(st.sampled_from(sorted(BODIES)))
    body = json.loads(json.dumps(BODIES[path]))
    for _ in range(draw(st.integers(1, 2))):
        holder, key = draw(st.sampled_from(list(places(body))))
        holder[key] = draw(ODD | JSON)
    return path, json.dumps(body).encode()


class TestSimulator:
    @given(spoilt_bodies())
    def test_takes_or_refuses_a_body_with_anything_in_it(self, asked: tuple[str, bytes]) -> None:
        path, body = asked
        ask("simulator", Request("POST", path.encode(), body=(body,)))
        ask("simulator", Request("GET", path.encode(), b"externalId=c%3A1"))

    @given(JSON)
    def test_changes_its_mood_to_none_that_there_is_not(self, mood: object) -> None:
        ask("simulator", Request("PATCH", b"/simulator", body=(json.dumps(mood).encode(),)))

    @pytest.mark.parametrize("path", sorted(BODIES))
    def test_does_the_same_twice(self, path: str) -> None:
        """The external id that is empty, and the item that comes for another number, too."""
        body = json.dumps(BODIES[path])
        for each in (
            body,
            body,
            body.replace("c:1", ""),
            body.replace("c:1", ""),
            body.replace(NUMBER, "99366300890").replace('"1"', "null"),
        ):
            ask("simulator", Request("POST", path.encode(), body=(each.encode(),)))

    @pytest.mark.parametrize("bill_id", ["", "1", "1-", "1-202613", "1-٢٠٢٦١١", "-" * 5_000])
    def test_knows_no_bill_of_no_month(self, bill_id: str) -> None:
        path = f"{bill.BASE}/appliedCustomerBillingRate".encode()
        assert ask("simulator", Request("GET", path, b"bill.id=" + bill_id.encode())) == 404

    @pytest.mark.parametrize("callback", ["", "a", "http://", "http://[", "ftp://a/", "http://\0"])
    def test_calls_nobody_whose_address_is_none(self, callback: str) -> None:
        body = json.dumps({"callback": callback}).encode()
        asked = Request("POST", f"{service_order.BASE}/hub".encode(), body=(body,))
        assert ask("simulator", asked) == 400


class TestEverySurface:
    @pytest.mark.parametrize("name", SURFACES)
    def test_answers_a_path_too_long_by_a_slash_and_a_query_of_no_letters(self, name: str) -> None:
        for path in SURFACES[name].paths:
            ask(name, Request("GET", f"{path}/".encode(), b"\xff"))

    @pytest.mark.parametrize("name", SURFACES)
    @given(data=st.data())
    def test_answers_any_request(self, name: str, data: st.DataObject) -> None:
        surface = SURFACES[name]
        tail = data.draw(st.sampled_from((b"", b"/", b"/%ff", b"/%00", b"/..%2f", b"/\xff")))
        value = data.draw(st.sampled_from((b"%00", b"%ff", b"9" * 5_000, b"-1", b"\xff", b"a=b&")))
        query = data.draw(st.sampled_from((*surface.queries, ""))).encode()
        parts = data.draw(st.lists(st.binary(max_size=20), min_size=1, max_size=4))
        headers = data.draw(
            st.lists(
                st.tuples(
                    st.sampled_from((b"content-type", b"authorization", b"content-length", b"x")),
                    st.binary(max_size=12) | st.just(b"application/json"),
                ),
                max_size=3,
            )
        )
        ask(
            name,
            Request(
                data.draw(st.sampled_from((*METHODS, "BREW"))),
                data.draw(st.sampled_from(surface.paths)).encode() + tail,
                query + b"=" + value,
                tuple(parts),
                tuple(headers),
            ),
        )

    @pytest.mark.parametrize("name", SURFACES)
    @pytest.mark.parametrize(
        "body",
        [
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b"9" * 100_000,
            b" " * 3_000_000,
            b'"' + b"a" * 3_000_000 + b'"',
            b'"\\ud800"',
            b'{"\\ud800": NaN}',
            b"\xff\xfe",
            b"\xef\xbb\xbf{}",
        ],
        ids=lambda body: repr(body[:12]),
    )
    def test_refuses_what_is_no_document_of_its_own(self, name: str, body: bytes) -> None:
        for path in SURFACES[name].paths:
            for method in ("POST", "PATCH"):
                assert ask(name, Request(method, path.encode(), body=(body,))) >= 400


CHUNKED = b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n"
RAW = {
    "nothing": b"",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\xfc\x03\x03" * 50,
    "one line": b"POST / HTTP/1.1",
    "no end of the headers": b"POST / HTTP/1.1\r\nHost: a\r\n" + b"x: y\r\n" * 2_000,
    "a header of a megabyte": b"POST / HTTP/1.1\r\nx: " + b"y" * 1_000_000,
    "a path of a megabyte": b"POST /" + b"y" * 1_000_000 + b" HTTP/1.1\r\n\r\n",
    "half a body": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
    "a length that is none": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n{",
    "a great length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\n{" % (b"9" * 30),
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "parts without end": b"POST / HTTP/1.1\r\n" + CHUNKED + b"ffffff\r\n{",
    "a part that is none": b"POST / HTTP/1.1\r\n" + CHUNKED + b"xyz\r\n",
    "zero bytes": b"\0" * 5_000,
    "another protocol": b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n",
}
GOOD = b"GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@contextmanager
def serving(name: str, folder: Path) -> Iterator[int]:
    """The port of a real server."""
    if name == "simulator":
        with simulated(folder) as operator:
            yield operator.port
        return
    app = SURFACES["health"].app() if name == "health" else listener_app(lambda _id: None)
    port = free_port()
    with HttpServer(app, "127.0.0.1", port, "IVR_TEST"):
        yield port


class TestOverTheWire:
    @pytest.mark.parametrize("name", SURFACES)
    def test_what_is_no_request_ends_and_leaves_the_server_well(
        self, name: str, tmp_path: Path
    ) -> None:
        with serving(name, tmp_path) as port:
            for sent in RAW.values():
                with socket.create_connection(("127.0.0.1", port), SECONDS) as link:
                    pour(link, sent)
            with socket.create_connection(("127.0.0.1", port), SECONDS) as link:
                link.sendall(GOOD)
                assert link.recv(100).startswith(b"HTTP/1.1 4")
