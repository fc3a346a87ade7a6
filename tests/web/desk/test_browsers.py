"""Names of browsers, and the pages that a user may see."""

from __future__ import annotations

import pytest

from ivr.domain.staff import Role
from ivr.web.desk.browsers import browser_name
from ivr.web.desk.menu import first_page, menu_of
from tests.staff.bench import Bench
from tests.web.desk.test_login import agent

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"{WINDOWS} Gecko/20100101 Firefox/145.0", "Firefox 145, Windows"),
        (f"{WINDOWS} {WEBKIT}", "Chrome 148, Windows"),
        (f"{WINDOWS} {WEBKIT} Edg/148.0.0.0", "Edge 148, Windows"),
        (f"{WINDOWS} {WEBKIT} YaBrowser/25.2", "Yandex 25, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/148.0 Mobile", "Chrome 148, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/18.1 Safari/6", "Safari 18, macOS"),
        ("curl/8.9", "curl/8.9"),
        ("", "–"),
    ],
)
def test_a_browser_is_named_for_people(agent: str, name: str) -> None:
    assert browser_name(agent) == name


@pytest.mark.parametrize(
    ("roles", "names", "first"),
    [
        ((Role.AGENT,), ["desk", "security"], "/desk"),
        ((Role.ADMIN,), ["users", "sessions", "security"], "/admin/users"),
        ((Role.AUDITOR,), ["audit", "security"], "/admin/audit"),
    ],
)
def test_the_menu_has_what_the_user_may_see(
    roles: tuple[Role, ...], names: list[str], first: str
) -> None:
    bench = Bench()
    _token, session = bench.session(bench.user("aygul", *roles))
    menu = menu_of(session, is_demo=False)
    assert [page.name for group in menu for page in group.pages] == names
    assert first_page(session) == first


def test_the_stream_of_a_session_that_is_over_says_so() -> None:
    browser, _user = agent()
    browser.post("/logout")
    answer = browser.client.get("/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.text == "event: ended\ndata: {}\n\n"
