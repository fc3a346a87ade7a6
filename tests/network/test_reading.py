"""What other servers write, and what is made of it: pure functions, a table for each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ivr.domain.orders import NetworkAnswer
from ivr.network.inventory import present
from ivr.network.location import Onward, onward, places, segment
from ivr.network.models.activation import ServiceResource, ServiceState
from ivr.network.models.common import is_number
from ivr.network.models.product import Product
from ivr.network.models.service_order import ServiceOrder, ServiceOrderState
from ivr.network.retryafter import LONGEST, retry_after
from ivr.network.tmforum import answer_of

DONE, REFUSED, CANCELLED = NetworkAnswer.DONE, NetworkAnswer.REFUSED, NetworkAnswer.CANCELLED
OPEN = None


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("completed", DONE),
        ("COMPLETED", DONE),
        ("Completed", DONE),
        ("complete", DONE),
        ("Done", DONE),
        ("closed.completed", DONE),
        ("SUCCEEDED", DONE),
        ("inProgress", OPEN),
        ("IN_PROGRESS", OPEN),
        ("In Progress", OPEN),
        ("in-progress", OPEN),
        ("acknowledged", OPEN),
        ("PENDING", OPEN),
        ("held", OPEN),
        ("pendingCancellation", OPEN),
        ("beingProvisioned", OPEN),
        ("", OPEN),
        (None, OPEN),
        (7, OPEN),
        ({"value": "completed"}, OPEN),
        (["completed"], OPEN),
        ("incomplete", OPEN),
        ("notCompleted", OPEN),
        ("failed", REFUSED),
        ("FAILED", REFUSED),
        ("Error", REFUSED),
        ("closed.aborted", REFUSED),
        ("Rejected", REFUSED),
        ("refused", REFUSED),
        ("partial", REFUSED),
        ("Partially Completed", REFUSED),
        ("cancelled", CANCELLED),
        ("canceled", CANCELLED),
        ("CANCELLED", CANCELLED),
    ],
)
def test_the_state_of_an_order(state: object, answer: NetworkAnswer | None) -> None:
    order = ServiceOrder.model_validate({"id": "1", "state": state})
    assert (answer_of(order) if order.ended else None) is answer


@pytest.mark.parametrize(
    ("items", "answer"),
    [
        ([{"id": "1", "state": "completed"}], DONE),
        ([{"id": "1", "state": "acknowledged"}], DONE),
        ([{"id": 1, "action": "ADD", "state": "FAILED", "service": None}], REFUSED),
        ([{"id": "1", "state": "completed"}, {"id": "2", "state": "rejected"}], REFUSED),
        (None, DONE),
        ("nothing", DONE),
        ([None, 7, "x", {"state": {}}], DONE),
        ({"id": "1", "state": "completed"}, DONE),
    ],
)
def test_an_order_with_an_item_that_was_not_carried_out_is_not_done(
    items: object, answer: NetworkAnswer
) -> None:
    said = {"id": "1", "state": "completed", "serviceOrderItem": items}
    assert answer_of(ServiceOrder.model_validate(said)) is answer


@pytest.mark.parametrize(
    "spoilt",
    [
        {"relatedParty": None},
        {"relatedParty": "nobody"},
        {"relatedParty": {"id": 1}},
        {"relatedParty": [None, {"id": None}, {"id": 5}]},
        {"serviceOrderItem": None},
        {"orderDate": ""},
        {"orderDate": "yesterday"},
        {"orderDate": "2026-11-01T00:00:00+05:00[Asia/Ashgabat]"},
        {"orderDate": 1764547200000},
        {"orderDate": {"$date": 5}},
        {"completionDate": "0000-00-00T00:00:00Z"},
        {"category": 7},
        {"description": ["a"]},
        {"href": {}},
        {"cancellationReason": False},
        {"@type": None, "x": {"y": [[]]}},
    ],
)
@pytest.mark.parametrize("id", ["17", 17, 10**25])
def test_what_is_not_needed_of_an_order_never_hinders(spoilt: dict[str, Any], id: object) -> None:
    said = json.dumps({"id": id, "externalId": "c:1", "state": "completed", **spoilt})
    order = ServiceOrder.model_validate_json(said)
    assert (order.id, order.external_id) == (str(id), "c:1")
    assert order.ended is ServiceOrderState.COMPLETED


@pytest.mark.parametrize(
    ("state", "read"),
    [
        ("active", ServiceState.ACTIVE),
        ("ACTIVE", ServiceState.ACTIVE),
        ("feasibility_checked", ServiceState.FEASIBILITY_CHECKED),
        ("Feasibility Checked", ServiceState.FEASIBILITY_CHECKED),
        ("InActive", ServiceState.INACTIVE),
        ("Terminated", ServiceState.TERMINATED),
        ("activating", None),
        (1, None),
        (None, None),
    ],
)
def test_the_state_of_a_service(state: object, read: ServiceState | None) -> None:
    assert ServiceResource.model_validate({"state": state}).state is read


def product(id: str, status: object, start: object = None) -> Product:
    return Product.model_validate({"id": id, "status": status, "startDate": start})


@pytest.mark.parametrize(
    ("products", "mine"),
    [
        ([product("1", "active")], "1"),
        ([product("1", "terminated"), product("2", "suspended")], "2"),
        ([product("1", "aborted "), product("2", "ACTIVE")], "2"),
        ([product("1", "aborted"), product("2", "Canceled"), product("3", "active")], "3"),
        ([product("1", "terminated", "2026-01-01"), product("2", "active", "2020-01-01")], "2"),
        ([product("1", "active", "2020-01-01"), product("2", "active", "2024-01-01")], "2"),
        ([product("1", "active"), product("2", "active", "2024-01-01")], "2"),
        ([product("1", "active", "2024-01-01"), product("2", "pendingActive", "2026-01-01")], "1"),
        ([product("1", "pendingActive"), product("2", "terminated")], "1"),
        ([product("1", "created")], "1"),
        ([product("1", "of its own"), product("2", "terminated")], "1"),
        ([product("1", None)], "1"),
        ([product("1", "active"), product("1", "active")], "1"),
        ([product("1", "active"), product("2", "active")], None),
        ([product("1", "active", "2024-01-01"), product("2", "active", "2024-01-01")], None),
        ([product("1", "active", 1704067200000), product("2", "active", "2020-01-01")], "1"),
        ([product("1", "terminated")], None),
        ([product("", "active")], None),
        ([], None),
    ],
)
def test_the_product_of_the_present_owner(products: list[Product], mine: str | None) -> None:
    for found in (present(products), present(reversed(products))):
        assert (found.id if found else None) == mine


@pytest.mark.parametrize(
    ("said", "is_mine"),
    [
        ("99365123456", True),
        ("+99365123456", True),
        ("0099365123456", True),
        (" 99365123456", True),
        ("65123456", False),
        ("99365123457", False),
        (None, False),
    ],
)
def test_a_number_however_it_is_written(said: str | None, is_mine: bool) -> None:
    assert is_number(said, "99365123456") is is_mine


BASE = "https://gw.example/api"
ASKED = f"{BASE}/tmf-api/ServiceActivationAndConfiguration/v4/service"
MONITORS = "/tmf-api/ServiceActivationAndConfiguration/v4/monitor"
HOME = f"{BASE}{MONITORS}/77"


@pytest.mark.parametrize(
    ("location", "first"),
    [
        (f"{MONITORS}/77", f"https://gw.example{MONITORS}/77"),
        (f"/api{MONITORS}/77", HOME),
        (HOME, HOME),
        ("monitor/77", HOME),
        ("./monitor/77", HOME),
        ("../v4/monitor/77", HOME),
        (f"http://10.0.0.9:8080{MONITORS}/77", HOME),
        (f"//10.0.0.9{MONITORS}/77", HOME),
        ("http://10.0.0.9/inner/monitor/77", HOME),
        ("https://GW.example/api" + MONITORS + "/77", f"https://GW.example/api{MONITORS}/77"),
        ("77", f"{BASE}/tmf-api/ServiceActivationAndConfiguration/v4/77"),
    ],
)
def test_where_a_location_may_be(location: str, first: str) -> None:
    found = places(location, ASKED, BASE, MONITORS)
    assert found[0] == first
    assert found[-1] == HOME, "at last it is looked for by its id"
    assert all(place.lower().startswith("https://gw.example/") for place in found)


@pytest.mark.parametrize("location", ["", "  ", "http://[", "//", "?", "/.."])
def test_a_location_of_no_place_is_none(location: str) -> None:
    for place in places(location, ASKED, BASE, MONITORS):
        assert place.startswith("https://gw.example/")


@pytest.mark.parametrize(
    ("id", "part"),
    [
        ("17", "17"),
        ("SO/2026/17", "SO%2F2026%2F17"),
        ("A?1#2", "A%3F1%232"),
        ("a b%", "a%20b%25"),
        ("..", "%2E%2E"),
        ("ä", "%C3%A4"),
    ],
)
def test_an_id_is_one_part_of_a_path(id: str, part: str) -> None:
    assert segment(id) == part


@pytest.mark.parametrize(
    ("method", "status", "location", "goes"),
    [
        *(("GET", status, "/x/service", "GET") for status in (301, 302, 303, 307, 308)),
        *(("POST", status, "/x/service", "POST") for status in (301, 302, 307, 308)),
        *(("PATCH", status, "/x/service", "PATCH") for status in (301, 302, 307, 308)),
        ("PATCH", 303, "/x/service", "GET"),
        ("POST", 303, "/x/service/7", ""),
        ("POST", 302, "service/7", ""),
        ("POST", 307, "http://other.example/service", None),
        ("PATCH", 308, "http://other.example/service", None),
        ("POST", 307, "https://gw.example:444/service", None),
        ("GET", 302, "https://other.example/service", "GET"),
        ("GET", 302, "http://gw.example/service", None),
        ("GET", 302, "http://other.example/service", None),
        ("GET", 302, "ftp://gw.example/", None),
        ("GET", 302, "http://[", None),
        ("GET", 302, "javascript:1", None),
    ],
)
def test_where_a_redirected_request_goes(
    method: str, status: int, location: str, goes: str | None
) -> None:
    onto = onward(method, status, ASKED, location, BASE)
    assert (onto.method if onto else None) == goes


def test_a_gateway_may_send_us_on_to_tls() -> None:
    plain = "http://gw.example"
    onto = onward("POST", 308, f"{plain}/service", "https://gw.example/service", plain)
    assert onto == Onward("POST", "https://gw.example/service")


NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Retry-After": "3"}, 3),
        ({"Retry-After": " 3 "}, 3),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "86400"}, LONGEST),
        ({"Retry-After": "inf"}, LONGEST),
        ({"Retry-After": "nan"}, 0),
        ({"Retry-After": "Sun, 29 Nov 2026 12:00:07 GMT"}, 7),
        ({"Retry-After": "Sun, 29 Nov 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "Sunday, 29-Nov-26 12:00:07 GMT"}, 7),
        ({"Retry-After": "Sun Nov 29 12:00:07 2026"}, 7),
        (
            {
                "Retry-After": "Sun, 29 Nov 2026 15:00:09 GMT",
                "Date": "Sun, 29 Nov 2026 15:00:05 GMT",
            },
            4,
        ),
        ({"Retry-After": "soon"}, 0),
    ],
)
def test_how_long_a_server_asks_to_be_left_alone(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers, NOW) == seconds
