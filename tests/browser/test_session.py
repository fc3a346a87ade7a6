"""A session that ends, and a server that is away, while a page is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.domain.staff import Role
from ivr.domain.values import Language
from ivr.testing.acting import at_terminal
from tests.browser.conftest import Eyes
from tests.browser.desk import PASSWORD, Desk
from tests.browser.looks import looks_well
from tests.browser.test_login import type_password


def agent(name: str, eyes: Eyes, desk: Desk, language: Language = Language.ENGLISH) -> Page:
    """An agent's page, whose user has no second factor."""
    desk.join(name, Role.AGENT, language=language)
    page = eyes.open("/login", language)
    type_password(page, name)
    expect(page).to_have_url(f"{desk.url}/desk")
    page.goto("/me/security")
    return page


@pytest.mark.parametrize("language", Language)
def test_nothing_that_was_typed_is_lost_when_the_session_ends(
    language: Language, eyes: Eyes, desk: Desk, axe: Path
) -> None:
    name = f"typing-{language}"
    page = agent(name, eyes, desk, language)
    page.locator("[hx-get='/me/password']").click()
    page.locator("[name=present]").fill(PASSWORD)
    for field in ("password", "again"):
        page.locator(f"#dialog [name={field}]").fill("eight blue horses run")
    user = desk.staff.stored.users.find(name)
    assert user is not None
    desk.staff.sessions.end_all(at_terminal()[0], user.id)
    login = page.locator("#login")
    expect(login).to_be_visible()  # the stream has told it
    looks_well(page, axe)
    login.locator("[name=name]").fill(name)
    login.locator("[name=password]").fill(PASSWORD)
    login.locator("[name=password]").press("Enter")
    expect(login).to_have_count(0)
    expect(page.locator("#dialog [name=again]")).to_have_value("eight blue horses run")
    page.locator("#dialog [type=submit]").click()
    expect(page.locator("#problems .notice-good")).to_be_visible()


def test_a_refused_request_is_sent_again_after_the_login(eyes: Eyes, desk: Desk) -> None:
    page = agent("resending", eyes, desk)
    page.locator("[hx-get='/me/password']").click()
    page.locator("[name=present]").fill(PASSWORD)
    for field in ("password", "again"):
        page.locator(f"#dialog [name={field}]").fill("eight blue horses run")
    page.context.clear_cookies(name="desk")
    page.locator("#dialog [type=submit]").click()
    login = page.locator("#login")
    login.locator("[name=name]").fill("resending")
    login.locator("[name=password]").fill(PASSWORD)
    login.locator("[name=password]").press("Enter")
    expect(page.get_by_text("The password is changed.")).to_be_visible()


def test_a_suspended_user_is_out_at_once(eyes: Eyes, desk: Desk) -> None:
    page = agent("leaver", eyes, desk)
    user = desk.staff.stored.users.find("leaver")
    assert user is not None
    desk.staff.users.suspend(at_terminal()[0], desk.key(), user.id)
    expect(page.locator("#login")).to_be_visible()
    page.reload()
    expect(page).to_have_url(f"{desk.url}/login?after=/me/security")


def test_a_page_that_loses_the_server_says_so_and_recovers(
    eyes: Eyes, desk: Desk, axe: Path
) -> None:
    page = agent("offline", eyes, desk)
    page.route("**/live*", lambda route: route.abort())
    page.reload()
    bar = page.locator("#connection")
    expect(bar).to_contain_text("Connection lost")
    looks_well(page, axe)
    user = desk.staff.stored.users.find("offline")
    assert user is not None
    desk.staff.sessions.open(user, "10.9.9.9", "Firefox/145 Windows", is_proven=True)
    page.unroute("**/live*")
    expect(bar).to_contain_text("The connection is back")
    expect(page.get_by_text("10.9.9.9")).to_be_visible()  # the page has loaded its parts again


def test_one_stream_serves_all_tabs_of_a_browser(eyes: Eyes, desk: Desk) -> None:
    page = agent("tabs", eyes, desk)
    asked: list[str] = []
    other = page.context.new_page()
    other.on("request", lambda request: asked.append(request.url))
    other.goto("/me/security")
    user = desk.staff.stored.users.find("tabs")
    assert user is not None
    desk.staff.sessions.open(user, "10.8.8.8", "Firefox/145 Windows", is_proven=True)
    for tab in (page, other):
        expect(tab.get_by_text("10.8.8.8")).to_be_visible()
    assert [url for url in asked if "/live" in url] == []
    page.close()
    desk.staff.sessions.open(user, "10.7.7.7", "Firefox/145 Windows", is_proven=True)
    expect(other.get_by_text("10.7.7.7")).to_be_visible()  # it has taken the stream over
    assert len([url for url in asked if "/live" in url]) == 1
