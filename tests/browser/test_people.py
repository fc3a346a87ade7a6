"""Administrators' pages: users, sessions, audit."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from ivr.domain.staff import Role
from ivr.domain.values import Language
from tests.browser.conftest import Eyes
from tests.browser.desk import Desk
from tests.browser.looks import looks_well

PAGES = ("/admin/users", "/admin/sessions", "/admin/audit", "/me/security")


def admin(eyes: Eyes, path: str = "/admin/users", language: Language = Language.ENGLISH) -> Page:
    """The page of the demo's administrator."""
    page = eyes.open("/login", language)
    page.locator(".door", has_text="Daniel").click()
    expect(page.locator(".me-name strong")).to_have_text("Daniel Hart")
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f".languages [value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language.value)
    page.goto(path)
    return page


@pytest.mark.parametrize("language", Language)
def test_every_page_and_dialog_can_be_used_by_all(
    language: Language, eyes: Eyes, axe: Path
) -> None:
    page = admin(eyes, language=language)
    for path in PAGES:
        page.goto(path)
        looks_well(page, axe)
    page.goto("/admin/users")
    for opener in ("[hx-get='/admin/users/new']", "[hx-get$='/suspend']", "[hx-get$='/reset']"):
        page.locator(opener).first.click()
        expect(page.locator("#dialog")).to_be_visible()
        looks_well(page, axe)
        page.keyboard.press("Escape")
    page.goto("/admin/audit?author=nobody")
    looks_well(page, axe)


def test_a_person_is_invited_by_keyboard(eyes: Eyes, desk: Desk, axe: Path) -> None:
    page = admin(eyes)
    page.keyboard.press("F2")
    expect(page.locator("#dialog [name=name]")).to_be_focused()
    page.keyboard.type("daniel")
    page.keyboard.press("Tab")
    page.keyboard.type("Maral Hojayewa")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This name is taken")).to_be_visible()
    expect(page.locator("#dialog [name=display_name]")).to_have_value("Maral Hojayewa")
    page.locator("#dialog [name=name]").fill("maral")
    page.keyboard.press("Enter")
    link = page.locator("#join-link")
    expect(link).to_contain_text(f"{desk.url}/join/")
    looks_well(page, axe)
    address = link.inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#users tr", has_text="Maral Hojayewa")).to_contain_text("Invited")
    assert eyes.open(address).locator("h1").inner_text() == "Welcome, Maral Hojayewa"


def test_an_action_on_users_asks_for_a_proof_and_goes_on(eyes: Eyes, desk: Desk) -> None:
    page = admin(eyes)
    desk.clock.sleep(600)  # the proof of the login is too old
    page.locator("#users tr", has_text="Merjen").get_by_role("button", name="New link").click()
    page.locator("#dialog").get_by_role("button", name="New link").click()
    page.locator("#login").get_by_role("button", name="Confirm").click()
    expect(page.locator("#join-link")).to_contain_text("/join/")


def test_a_user_is_suspended_and_restored(eyes: Eyes, desk: Desk) -> None:
    desk.join("worker", Role.CLERK)
    page = admin(eyes)
    row = page.locator("#users tr", has_text="worker")
    row.get_by_role("button", name="Suspend").click()
    page.locator("#dialog").get_by_role("button", name="Suspend").click()
    expect(page.get_by_text("Worker is suspended.")).to_be_visible()
    expect(row).to_contain_text("Suspended")
    row.get_by_role("button", name="Restore").click()
    page.locator("#dialog").get_by_role("button", name="Restore").click()
    expect(row).not_to_contain_text("Suspended")


def test_the_own_roles_are_not_changed(eyes: Eyes) -> None:
    page = admin(eyes)
    page.get_by_role("button", name="Change Daniel Hart").click()
    page.locator("#dialog").get_by_label("Auditor").uncheck()
    page.locator("#dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("You cannot change your own roles")).to_be_visible()


def test_what_a_command_changes_is_seen_at_once_and_the_focus_stays(eyes: Eyes, desk: Desk) -> None:
    page = admin(eyes)
    button = page.get_by_role("button", name="Change Daniel Hart")
    button.focus()
    desk.invite("terminal", Role.AGENT)
    expect(page.locator("#users tr", has_text="terminal")).to_be_visible()
    expect(button).to_be_focused()


def test_a_session_is_ended(eyes: Eyes, desk: Desk) -> None:
    user = desk.join("elsewhere", Role.AGENT)
    desk.staff.sessions.open(user, "10.4.4.4", "Firefox/145 Windows", is_proven=True)
    page = admin(eyes, "/admin/sessions")
    page.get_by_role("button", name="End the session of Elsewhere").click()
    expect(page.get_by_text("The session is ended.")).to_be_visible()
    expect(page.locator("#sessions tr", has_text="elsewhere")).to_have_count(0)


def test_the_audit_is_filtered_and_proved(eyes: Eyes, desk: Desk, axe: Path) -> None:
    desk.invite("noted", Role.AGENT)
    page = admin(eyes, "/admin/audit")
    expect(page.locator("#proof")).to_contain_text("Chain intact")
    page.get_by_label("Action").select_option(label="Invited")
    page.get_by_role("button", name="Search").click()
    rows = page.locator("#audit tbody tr")
    expect(rows.first).to_contain_text("noted")
    expect(page.locator("#audit tbody")).not_to_contain_text("Logged in")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert b"staff.invited" in download.value.path().read_bytes()


def test_a_changed_row_is_found(eyes: Eyes, desk: Desk, axe: Path) -> None:
    page = admin(eyes, "/admin/audit")
    change = "UPDATE audit SET author = :who WHERE id = (SELECT max(id) FROM audit)"
    with desk.container.store.database.writing() as connection:
        was = connection.execute(text("SELECT author FROM audit ORDER BY id DESC")).scalar()
        connection.execute(text(change), {"who": "nobody"})
    page.reload()
    expect(page.locator("#proof")).to_contain_text("A row was changed")
    looks_well(page, axe)
    with desk.container.store.database.writing() as connection:
        connection.execute(text(change), {"who": was})


def test_an_agent_sees_nothing_of_it(eyes: Eyes, desk: Desk) -> None:
    page = eyes.open("/login")
    page.locator(".door", has_text="Gözel").click()
    expect(page.locator(".me-name strong")).to_have_text("Gözel Annayewa")
    expect(page.locator(".menus")).not_to_contain_text("Ulanyjylar")
    assert page.goto("/admin/users").status == 403  # type: ignore[union-attr]
    expect(page.locator("h1")).to_have_text("Rugsat ýok")
