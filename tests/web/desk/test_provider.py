"""Login by the operator's identity provider, as a browser goes there and comes back."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Response

from ivr.domain.staff import Identity, Role
from ivr.testing.staff import MemoryIdentityProvider
from tests.staff.bench import Bench
from tests.web.desk.pages import client
from tests.web.desk.test_login import Browser, hidden


def came_back(bench: Bench, identity: Identity | None, *, state: str = "") -> Response:
    """The answer to a browser that comes back from the provider."""
    bench.staff = replace(bench.staff, provider=lambda: MemoryIdentityProvider(identity))
    browser = Browser(bench)
    assert "/login/provider" in browser.client.get("/login").text
    left = browser.client.get("/login/provider").headers["location"]
    (sent,) = parse_qs(urlsplit(left).query)["state"]
    path = f"/login/provider/back?code=code-{sent}&state={state or sent}"
    return browser.client.get(path)  # type: ignore[return-value]


def test_the_operators_provider_lets_known_users_in() -> None:
    bench = Bench()
    bench.user()
    answer = came_back(bench, Identity("aygul", has_second_factor=False))
    assert answer.headers["location"] == "/"
    assert any(each.startswith("desk=") for each in answer.headers.get_list("set-cookie"))


def test_the_second_factor_is_shown_here_after_the_provider() -> None:
    bench = Bench()
    bench.enrol(bench.user("boss", Role.ADMIN))
    answer = came_back(bench, Identity("boss", has_second_factor=False))
    assert hidden(answer, "challenge")
    bench = Bench()
    bench.user("boss", Role.ADMIN)
    assert "<svg" in came_back(bench, Identity("boss", has_second_factor=False)).text


@pytest.mark.parametrize(
    ("identity", "state", "said"),
    [
        (Identity("nobody", has_second_factor=True), "", "The company account did not let you in."),
        (None, "", "The company account did not let you in."),
        (Identity("aygul", has_second_factor=True), "x", "That took too long."),
    ],
)
def test_others_are_not_let_in(identity: Identity | None, state: str, said: str) -> None:
    bench = Bench()
    bench.user()
    answer = came_back(bench, identity, state=state)
    assert said in answer.text
    assert not any(each.startswith("desk=") for each in answer.headers.get_list("set-cookie"))


def test_without_a_provider_there_is_no_such_way() -> None:
    assert client().get("/login/provider").status_code == 404
