"""The ground of all pages in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.domain.values import Language
from tests.browser.conftest import LAPTOP, NARROW, WIDE, Eyes
from tests.browser.looks import looks_well


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("path", ["/components", "/nowhere"])
def test_every_component_can_be_used_by_all(
    path: str, language: Language, eyes: Eyes, axe: Path
) -> None:
    looks_well(eyes.open(path, language), axe)


@pytest.mark.parametrize("size", [WIDE, LAPTOP, NARROW])
def test_nothing_runs_over_the_edge(size: tuple[int, int], eyes: Eyes, axe: Path) -> None:
    page = eyes.open("/components", Language.RUSSIAN, size=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_language_is_switched_on_the_page(eyes: Eyes) -> None:
    page = eyes.open("/components")
    page.get_by_role("button", name="ru – Русский").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Компоненты")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def press(page: Page, key: str) -> None:
    page.keyboard.press(key)


def test_a_dialog_opens_by_keyboard_and_gives_the_focus_back(eyes: Eyes, axe: Path) -> None:
    page = eyes.open("/components")
    opener = page.get_by_role("button", name="A dialog")
    opener.focus()
    press(page, "Enter")
    dialog = page.get_by_role("dialog", name="A dialog")
    expect(dialog).to_be_visible()
    looks_well(page, axe)
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_f1_lists_the_keys_of_the_page(eyes: Eyes, axe: Path) -> None:
    page = eyes.open("/components")
    press(page, "F1")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.locator("dt")).to_have_text(["F1", "F2", "F3"])
    expect(dialog.locator("dd")).to_have_text(["Keys", "Invite an agent", "Search"])
    looks_well(page, axe)
    press(page, "F1")
    expect(dialog).to_be_hidden()
