"""Pictures of the desk's screens for the documents: ``make screens``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ivr.domain.staff import Role
from ivr.domain.values import Language
from ivr.settings import PROJECT
from tests.browser.conftest import FLAGS, LAPTOP, NARROW, WIDE, chromium
from tests.browser.desk import PASSWORD, Desk, served

FOLDER = PROJECT / "docs" / "screens"
COLOURS = 96
"""Colours of a picture: it is small, and reads as well."""


@dataclass(frozen=True)
class Screen:
    """One picture: the person of the demo who looks, the page, and what is done on it."""

    name: str
    path: str
    language: Language
    person: str = "Daniel"
    size: tuple[int, int] = LAPTOP
    is_dark: bool = False
    act: Callable[[Page], object] = lambda page: page.mouse.move(0, 0)


SCREENS = (
    Screen("login", "/login", Language.ENGLISH, person=""),
    Screen("login-narrow", "/login", Language.TURKMEN, person="", size=NARROW, is_dark=True),
    Screen("users", "/admin/users", Language.RUSSIAN),
    Screen("users-wide", "/admin/users", Language.TURKMEN, size=WIDE, is_dark=True),
    Screen(
        "users-invite", "/admin/users", Language.ENGLISH, act=lambda page: page.keyboard.press("F2")
    ),
    Screen("sessions", "/admin/sessions", Language.TURKMEN, size=NARROW),
    Screen("audit", "/admin/audit", Language.ENGLISH),
    Screen("audit-dark", "/admin/audit", Language.RUSSIAN, is_dark=True),
    Screen("security", "/me/security", Language.RUSSIAN, person="Наталья"),
    Screen(
        "security-code",
        "/me/security",
        Language.TURKMEN,
        person="Merjen",
        is_dark=True,
        act=lambda page: page.locator("[hx-get='/me/totp']").click(),
    ),
    Screen("desk-check-in", "/desk", Language.TURKMEN, person="Gözel"),
    Screen("error", "/nowhere", Language.RUSSIAN, person=""),
    Screen("components", "/components", Language.ENGLISH, size=WIDE),
)


def take(screens: Iterable[Screen], folder: Path) -> None:
    """Write the pictures of these screens."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        served(Path(home)) as desk,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        _fill(desk)
        for screen in screens:
            _write(_picture(browser, desk, screen), folder / f"{screen.name}.png")
        browser.close()


def _fill(desk: Desk) -> None:
    """Give the desk a little history."""
    for name, roles in (("maral", (Role.AGENT,)), ("oraz", (Role.CLERK, Role.LETTERS))):
        user = desk.join(name, *roles, language=Language.TURKMEN)
        desk.staff.logins.password(name, "not the password", "10.0.0.7")
        desk.clock.sleep(75)
        desk.staff.logins.password(name, PASSWORD, "10.0.0.7")
        agent = "Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0"
        desk.staff.sessions.open(user, "10.0.0.7", agent, is_proven=True)
        desk.clock.sleep(340)
    desk.invite("ayna", Role.AGENT, language=Language.TURKMEN)


def _picture(browser: Browser, desk: Desk, screen: Screen) -> bytes:
    context = browser.new_context(
        base_url=desk.url,
        viewport={"width": screen.size[0], "height": screen.size[1]},
        color_scheme="dark" if screen.is_dark else "light",
        locale=screen.language.value,
        reduced_motion="reduce",
    )
    page = context.new_page()
    if screen.person:
        page.goto("/login")
        page.locator(".door", has_text=screen.person).click()
        page.locator(".me-name strong").wait_for()
        page.locator(f".languages [value={screen.language}]").click()
        page.locator(f"html[lang={screen.language}]").wait_for()
        page.wait_for_load_state("load")
    page.goto(screen.path, wait_until="networkidle" if not screen.person else "load")
    page.locator("#proof .pill-good").wait_for() if "audit" in screen.name else None
    screen.act(page)
    if page.locator("#dialog").count():
        page.wait_for_timeout(300)  # a picture is no test: let the dialog and the fonts settle
    taken = page.screenshot()
    context.close()
    return taken


def _write(png: bytes, file: Path) -> None:
    picture = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS)
    picture.save(file, optimize=True)


if __name__ == "__main__":
    wanted = set(sys.argv[1:])
    take([each for each in SCREENS if not wanted or each.name in wanted], FOLDER)
