"""Rights, proofs and repeated forms on the pages of administrators and on my security."""

from __future__ import annotations

import json
import re

import pytest

from ivr.domain.audit import Tag, entry_of
from ivr.domain.staff import Role, User
from ivr.domain.values import Language, Msisdn, mask
from tests.staff.bench import OTHER_PASSWORD, PASSWORD
from tests.web.desk.test_login import Browser, agent, hidden

TURKMEN, RUSSIAN, _ENGLISH = Language
CHANGES = ("/admin/users/new", "/admin/users/{id}", "/admin/users/{id}/suspend")


def admin(*roles: Role) -> tuple[Browser, User, str]:
    """A browser in which an administrator is logged in, and the secret of the authenticator."""
    browser = Browser()
    user = browser.bench.user("boss", *(roles or (Role.ADMIN, Role.AUDITOR)))
    secret, _codes = browser.bench.enrol(user)
    challenge = hidden(browser.login("boss"), "challenge")
    browser.bench.clock.sleep(30)
    code = {"challenge": challenge, "code": browser.bench.code(secret)}
    assert browser.post("/login/second", code).status_code == 204
    browser.post("/language", {"language": "en"})
    return browser, user, secret


def new_user(browser: Browser, **given: object) -> dict[str, object]:
    """What the form for a new user sends."""
    key = hidden(browser.client.get("/admin/users/new"), "key")  # type: ignore[arg-type]
    form = {"key": key, "name": "maral", "display_name": "Maral Hojayewa", "role": ["agent"]}
    return {**form, "language": "ru", "spoken": ["ru", "tk"], "queues": "sales, tk", **given}


@pytest.mark.parametrize(
    "path", ["/admin/users", "/admin/sessions", "/admin/audit", "/admin/audit/export"]
)
def test_an_agent_sees_no_page_of_administrators(path: str) -> None:
    browser, _user = agent()
    assert browser.client.get(path).status_code == 403


@pytest.mark.parametrize("path", CHANGES)
def test_an_agent_changes_no_user(path: str) -> None:
    browser, user = agent()
    form = {"key": "k", "role": "admin", "display_name": "x", "name": "x"}
    assert browser.post(path.format(id=user.id), form).status_code == 403
    assert browser.bench.acts()[-1] == "staff.login"


def test_an_administrator_is_no_auditor() -> None:
    browser, _user, _secret = admin(Role.ADMIN)
    assert browser.client.get("/admin/audit").status_code == 403
    assert "Audit</a>" not in browser.client.get("/admin/users").text


def test_a_form_that_is_sent_twice_invites_once() -> None:
    browser, _user, _secret = admin()
    form = new_user(browser)
    links = {
        re.search(r"http://localhost:8000/join/[\w-]+", browser.post("/admin/users/new", form).text)
        for _ in range(2)
    }
    assert len({link[0] for link in links if link}) == 1
    assert browser.bench.acts().count("staff.invited") == 2  # the boss, and this one
    made = browser.bench.staff.stored.users.find("maral")
    assert made is not None
    assert made.roles == {Role.AGENT}
    assert (made.language, set(made.spoken)) == (RUSSIAN, {TURKMEN, RUSSIAN})
    assert made.limits.queues == {"sales", "tk"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "boss"}, "This name is taken"),
        ({"name": "no good"}, "This name cannot be used"),
        ({"display_name": " "}, "Write the name"),
        ({"role": []}, "Choose at least one role"),
    ],
)
def test_what_is_wrong_in_a_form_is_told_and_the_rest_is_kept(
    given: dict[str, object], said: str
) -> None:
    browser, _user, _secret = admin()
    answer = browser.post("/admin/users/new", new_user(browser, **given))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="sales, tk"' in answer.text


def test_giving_roles_asks_for_a_recent_proof() -> None:
    browser, _user, secret = admin()
    browser.bench.clock.sleep(600)
    form = new_user(browser)
    refused = browser.post("/admin/users/new", form)
    assert (refused.status_code, refused.headers["x-desk-ask"]) == (401, "/step-up")
    assert browser.bench.staff.stored.users.find("maral") is None
    wrong = browser.post("/step-up", {"secret": "000000"})
    assert "The code is wrong" in wrong.text
    before = browser.client.cookies["desk"]
    proven = browser.post("/step-up", {"secret": browser.bench.code(secret)})
    assert json.loads(proven.headers["hx-trigger"]) == {"logged-in": {"user": "boss"}}
    assert browser.client.cookies["desk"] != before
    assert "/join/" in browser.post("/admin/users/new", form).text


def test_the_last_administrator_stays() -> None:
    browser, user, _secret = admin()
    answer = browser.post(f"/admin/users/{user.id}/suspend", {"key": "k1"})
    assert "This is the last administrator who can log in." in answer.text


def test_nobody_is_a_page_that_is_not_there() -> None:
    browser, _user, _secret = admin()
    for path in ("/admin/users/999", "/admin/users/999/reset"):
        assert browser.client.get(path).status_code == 404
    assert browser.client.get("/admin/users/999/delete").status_code == 422


def test_numbers_in_the_audit_are_masked() -> None:
    browser, user, _secret = admin()
    number = Msisdn("99365123456")
    entry = entry_of(user.acting(), None, browser.bench.clock.now(), Tag.CODEWORD_SET, number)
    browser.bench.staff.stored.audit.write(entry)
    text = browser.client.get("/admin/audit").text
    assert number not in text
    assert mask(number) in text


def test_a_password_is_changed_and_other_sessions_end() -> None:
    browser, user = agent()
    other = Browser(browser.bench)
    other.login()
    key = hidden(browser.client.get("/me/password"), "key")  # type: ignore[arg-type]
    form = {"key": key, "present": "wrong", "password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert browser.post("/me/password", form).status_code == 422
    assert browser.post("/me/password", {**form, "present": PASSWORD}).status_code == 204
    assert browser.client.get("/me/security").status_code == 200
    assert other.client.get("/me/security").status_code == 303
    assert browser.bench.login(user.name, OTHER_PASSWORD)


def test_another_users_session_is_not_ended() -> None:
    browser, _user = agent()
    other = browser.bench.user("maral")
    _token, session = browser.bench.session(other)
    assert browser.post("/me/sessions/end", {"id": session.id}).status_code == 403
    assert browser.bench.staff.sessions.list(browser.bench.actor(other), other)


def test_secrets_are_in_no_page_a_second_time() -> None:
    browser, _user, secret = admin()
    for path in ("/me/security", "/admin/users", "/admin/audit", "/admin/audit/export"):
        text = browser.client.get(path).text
        assert secret not in text
        assert browser.client.cookies["desk"] not in text
