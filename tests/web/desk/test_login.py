"""The ways into the desk: cookies, answers, what leads where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import pytest
from httpx import Response
from starlette.testclient import TestClient

from ivr.domain.staff import Role, User
from ivr.errors import TemporarilyUnavailable
from ivr.testing.acting import at_terminal
from ivr.web.desk.login import local
from tests.staff.bench import PASSWORD, Bench
from tests.web.desk.pages import OURS, client


class Browser:
    """A browser whose script sends forms."""

    def __init__(self, bench: Bench | None = None, **given: object) -> None:
        self.bench = bench or Bench()
        self.client: TestClient = client(services=self.bench.staff, **given)  # type: ignore[arg-type]

    def post(self, path: str, data: Mapping[str, object] | None = None) -> Response:
        headers = {**OURS, "HX-Request": "true"}
        return self.client.post(path, data=data or {}, headers=headers)  # type: ignore[return-value]

    def login(self, name: str = "aygul", password: str = PASSWORD, after: str = "") -> Response:
        return self.post("/login", {"name": name, "password": password, "after": after})


def hidden(answer: Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, name
    return unescape(found[1])


def agent(name: str = "aygul") -> tuple[Browser, User]:
    """A browser in which an agent is logged in."""
    browser = Browser()
    user = browser.bench.user(name)
    assert browser.login(name).status_code == 204
    return browser, user


def test_a_login_opens_a_session_and_leads_to_the_page() -> None:
    browser = Browser()
    browser.bench.user()
    answer = browser.login(after="/me/security")
    assert answer.headers["hx-redirect"] == "/me/security"
    cookies = answer.headers.get_list("set-cookie")
    session = next(each for each in cookies if each.startswith("desk="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Max-Age" not in session  # it ends with the browser
    assert browser.client.get("/me/security").status_code == 200
    assert browser.client.get("/login").headers["location"] == "/desk"


def test_each_login_has_a_session_of_its_own() -> None:
    browser, user = agent()
    first = browser.client.cookies["desk"]
    browser.login()
    assert browser.client.cookies["desk"] != first
    own = browser.bench.staff.sessions.list(browser.bench.actor(user), user)
    assert len(own) == 1  # the former one is over


def test_nobody_gets_in_with_a_wrong_password_or_name() -> None:
    browser = Browser()
    browser.bench.user()
    answers = [browser.login(password="not the password"), browser.login(name="nobody")]
    for answer in answers:
        assert answer.status_code == 422
        assert "The name or the password is wrong." in answer.text
        assert "not the password" not in answer.text
        assert "set-cookie" not in answer.headers


def test_too_many_tries_are_told_with_the_seconds() -> None:
    browser = Browser()
    browser.bench.user()
    for _ in range(6):
        answer = browser.login(password="not the password")
    assert re.search(r"Try again in \d+ seconds?\.", answer.text)


def test_the_second_step_opens_the_session() -> None:
    browser = Browser()
    secret, codes = browser.bench.enrol(browser.bench.user("boss", Role.ADMIN))
    asked = browser.login("boss")
    assert "set-cookie" not in asked.headers
    challenge = hidden(asked, "challenge")
    wrong = browser.post("/login/second", {"challenge": challenge, "code": "000000"})
    assert "The code is wrong or was used already." in wrong.text
    browser.bench.clock.sleep(30)
    right = {"challenge": challenge, "code": browser.bench.code(secret)}
    assert browser.post("/login/second", right).headers["hx-redirect"] == "/"
    assert browser.post("/login/second", right).status_code == 422  # it was used
    challenge = hidden(browser.login("boss"), "challenge")
    recovery = {"challenge": challenge, "code": codes[0], "kind": "recovery"}
    assert browser.post("/login/second", recovery).status_code == 204


def test_who_must_have_a_second_factor_sets_it_up_at_the_first_login() -> None:
    browser = Browser()
    browser.bench.user("boss", Role.ADMIN)
    asked = browser.login("boss")
    assert "<svg" in asked.text
    challenge = hidden(asked, "challenge")
    shown = re.search(r'class="mono secret">([A-Z2-7 ]+)<', asked.text)
    assert shown
    code = browser.bench.code(shown[1].replace(" ", ""))
    wrong = browser.post("/login/enrol", {"challenge": challenge, "code": "000000"})
    assert shown[1] in wrong.text  # the same secret
    done = browser.post("/login/enrol", {"challenge": challenge, "code": code})
    assert done.text.count("<li>") == 10
    assert browser.client.get("/admin/users").status_code == 200


@pytest.mark.parametrize(
    ("path", "followed"),
    [
        ("/admin/users?x=1", "/admin/users?x=1"),
        ("https://evil.example", ""),
        ("//evil.example", ""),
        ("/\\evil.example", ""),
        ("javascript:alert(1)", ""),
        ("/x\r\nSet-Cookie: a=b", ""),
        ("", ""),
    ],
)
def test_a_login_leads_to_our_own_pages_only(path: str, followed: str) -> None:
    assert local(path) == followed


def test_a_page_without_a_session_asks_for_the_login() -> None:
    desk = client()
    answer = desk.get("/admin/audit?days=7")
    assert answer.headers["location"] == "/login?after=/admin/audit%3Fdays%3D7"
    partial = desk.get("/admin/audit", headers={"HX-Request": "true"})
    assert (partial.status_code, partial.headers["x-desk-ask"]) == (401, "/login/again")


def test_a_login_over_a_page_leads_nowhere() -> None:
    browser = Browser()
    browser.bench.user()
    answer = browser.login(after="again")
    assert "hx-redirect" not in answer.headers
    assert answer.headers["hx-trigger"] == '{"logged-in": {"user": "aygul"}}'


def test_without_tls_no_other_machine_sends_a_password() -> None:
    bench = Bench()
    bench.user()
    browser = Browser(bench, base="http://desk.example", url="http://desk.example")
    assert "This connection is not encrypted" in browser.login().text
    token = bench.invite("maral", Role.AGENT).token
    form = {"token": token, "password": PASSWORD, "again": PASSWORD}
    assert "This connection is not encrypted" in browser.post("/join", form).text
    assert "staff.login" not in bench.acts()
    safe = Browser(bench, base="https://desk.example", url="https://desk.example")
    cookies = safe.login().headers.get_list("set-cookie")
    assert all(each.startswith("__Host-") and "; Secure" in each for each in cookies)


def test_only_the_demo_has_open_doors() -> None:
    bench = Bench()
    bench.invite("daniel", Role.ADMIN)
    assert Browser(bench, is_demo=False).post("/login/demo", {"name": "daniel"}).status_code == 404
    assert "demo" not in client(services=bench.staff, is_demo=False).get("/login").text.lower()
    assert Browser(bench).post("/login/demo", {"name": "daniel"}).status_code == 204


@pytest.mark.parametrize("name", ["daniel", "aygul", "nobody"])
def test_a_door_is_for_people_of_the_demo_without_a_password(name: str) -> None:
    browser = Browser()
    for each in ("daniel", "aygul"):
        browser.bench.user(each)
    answer = browser.post("/login/demo", {"name": name})
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


def test_a_link_is_used_once_and_no_page_has_the_password() -> None:
    browser = Browser()
    token = browser.bench.invite("aygul", Role.AGENT).token
    assert "Welcome, Aygul" in browser.client.get(f"/join/{token}").text
    weak = browser.post("/join", {"token": token, "password": "aygul", "again": "aygul"})
    assert "Too short." in weak.text
    assert 'value="aygul"' not in weak.text.replace('name="name" type="text" value="aygul"', "")
    both = {"token": token, "password": PASSWORD, "again": PASSWORD}
    unequal = browser.post("/join", {**both, "again": "another"})
    assert "The two passwords differ." in unequal.text
    assert PASSWORD not in unequal.text
    assert browser.post("/join", both).headers["hx-redirect"] == "/"
    assert browser.client.get(f"/join/{token}").status_code == 404


def test_the_language_is_the_users() -> None:
    browser, _user = agent()  # the bench's users read Turkmen
    headers = {"Accept-Language": "en"}
    assert '<html lang="tk">' in browser.client.get("/me/security", headers=headers).text
    browser.post("/language", {"language": "ru"})
    assert '<html lang="ru">' in browser.client.get("/me/security", headers=headers).text
    found = browser.bench.staff.stored.users.find("aygul")
    assert found is not None
    assert found.language == "ru"


def test_names_are_written_and_not_run() -> None:
    browser = Browser()
    browser.bench.user()
    answer = browser.login(name='"><script>alert(1)</script>', password="x")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_suspended_user_is_out_at_the_next_request() -> None:
    browser, user = agent()
    browser.bench.staff.users.suspend(*at_terminal(), user.id)
    assert browser.client.get("/me/security").status_code == 303


def test_a_database_that_is_away_is_told_and_nobody_is_logged_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser, _user = agent()
    with monkeypatch.context() as patched:

        def away(*_given: object) -> None:
            raise TemporarilyUnavailable("database")

        patched.setattr(type(browser.bench.staff.stored.sessions), "find", away)
        answer = browser.client.get("/me/security")
    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
    assert "hx-redirect" not in answer.headers
    assert browser.client.get("/me/security").status_code == 200


def test_too_many_hashes_at_once_are_told_and_count_as_no_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def busy(*_given: object) -> None:
        raise TemporarilyUnavailable("hash queue", "it is full")

    browser = Browser()
    monkeypatch.setattr(type(browser.bench.staff.logins), "password", busy)
    answer = browser.login()
    assert answer.status_code == 503
    assert "Too busy right now" in answer.text
