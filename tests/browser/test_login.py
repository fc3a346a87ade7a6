"""The ways into the desk, as a person sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.domain.staff import Role
from ivr.domain.values import Language
from tests.browser.conftest import Eyes
from tests.browser.desk import PASSWORD, Desk
from tests.browser.looks import looks_well

LANGUAGES = list(Language)


def type_password(page: Page, name: str, password: str = PASSWORD) -> None:
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")


def type_code(page: Page, code: str) -> None:
    page.locator("[name=code]:visible").fill(code)
    page.locator("[name=code]:visible").press("Enter")


def enrol(page: Page, desk: Desk) -> str:
    """Set up the authenticator that the page shows; return its secret."""
    page.locator("summary").click()
    secret = page.locator(".secret").inner_text()
    type_code(page, desk.code(secret))
    return secret


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invited_person_comes_in_by_the_link(
    language: Language, eyes: Eyes, desk: Desk, axe: Path
) -> None:
    path = desk.invite(f"admin-{language}", Role.ADMIN, language=language)
    page = eyes.open(path, language)
    looks_well(page, axe)
    page.locator("[name=password]").fill("short and bad")
    page.locator("[name=again]").fill("another one, longer")
    page.locator("[name=again]").press("Enter")
    expect(page.locator(".field-error")).to_be_visible()
    looks_well(page, axe)
    for field in ("password", "again"):
        page.locator(f"[name={field}]").fill(PASSWORD)
    page.locator("[name=again]").press("Enter")
    expect(page.locator(".qr svg")).to_be_visible()
    looks_well(page, axe)
    enrol(page, desk)
    expect(page.locator(".codes li")).to_have_count(10)
    looks_well(page, axe)
    page.locator("a.button-main").click()
    expect(page).to_have_url(f"{desk.url}/admin/users")
    expect(page.locator("html")).to_have_attribute("lang", language.value)
    assert eyes.open(path).locator("h1").inner_text() == "This link does not work"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_password_is_followed_by_a_code(
    language: Language, eyes: Eyes, desk: Desk, axe: Path
) -> None:
    name = f"second-{language}"
    desk.join(name, Role.ADMIN, language=language)
    page = eyes.open("/login?after=/me/security", language)
    type_password(page, name, "not the password")
    expect(page.locator(".field-error")).to_be_visible()
    looks_well(page, axe)
    type_password(page, name)
    secret = enrol(page, desk)
    expect(page.locator(".codes li")).to_have_count(10)
    codes = page.locator(".codes li").all_inner_texts()

    page = eyes.open("/login?after=/me/security", language)
    type_password(page, name)
    expect(page.locator("#code-totp")).to_be_focused()
    type_code(page, "000000")
    expect(page.locator(".field-error")).to_be_visible()
    looks_well(page, axe)
    type_code(page, desk.code(secret))
    expect(page).to_have_url(f"{desk.url}/me/security")

    page = eyes.open("/login", language)
    type_password(page, name)
    page.locator("summary").click()
    page.locator("#code-recovery").fill(codes[0])
    page.locator("#code-recovery").press("Enter")
    expect(page).to_have_url(f"{desk.url}/admin/users")


def test_a_name_that_is_nobodys_is_refused_in_the_same_words(eyes: Eyes, desk: Desk) -> None:
    desk.join("known", Role.AGENT)
    said = []
    for name in ("known", "nobody-has-it"):
        page = eyes.open("/login")
        type_password(page, name, "not the password")
        expect(page.locator(".field-error")).to_be_visible()
        said.append(page.locator(".login-step").inner_text())
        expect(page.locator("[name=name]")).to_have_value(name)
        expect(page.locator("[name=password]")).to_have_value("")
    assert said[0] == said[1]


def test_an_agent_needs_the_password_alone_and_logs_out(eyes: Eyes, desk: Desk) -> None:
    desk.join("agent", Role.AGENT)
    page = eyes.open("/")
    type_password(page, "agent")
    expect(page).to_have_url(f"{desk.url}/desk")
    page.wait_for_load_state()  # a button works when its script has run
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(f"{desk.url}/login")
    page.goto("/me/security")
    expect(page).to_have_url(f"{desk.url}/login?after=/me/security")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_has_a_door_for_each_person(language: Language, eyes: Eyes, axe: Path) -> None:
    page = eyes.open("/login", language)
    expect(page.locator(".door")).to_have_count(6)
    looks_well(page, axe)
    page.locator(".door", has_text="Наталья").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator(".me-name strong")).to_have_text("Наталья Ким")


@pytest.mark.nightly  # once the list did not show the new passkey in 20 s
def test_a_passkey_is_added_shown_and_removed(eyes: Eyes, desk: Desk, axe: Path) -> None:
    desk.join("keyed", Role.AGENT)
    page = eyes.open("/me/security")
    with_authenticator(page)
    type_password(page, "keyed")
    page.locator("passkey-button [name=name]").fill("Work phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    expect(page.locator(".lines strong", has_text="Work phone")).to_be_visible()
    page.wait_for_load_state()  # a button works when its script has run
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(f"{desk.url}/login")
    type_password(page, "keyed")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{desk.url}/desk")
    page.goto("/me/security")
    page.get_by_role("button", name="Remove").click()
    looks_well(page, axe)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#confirm")).to_be_hidden()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()


def with_authenticator(page: Page) -> None:
    """Give the browser an authenticator that always agrees (CDP, WebAuthn)."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
