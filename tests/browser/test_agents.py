"""The agents' desk in a real browser, with a real Asterisk and a real caller."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.domain.audit import Tag
from ivr.domain.values import Language
from tests.browser.conftest import Eyes
from tests.browser.looks import looks_well
from tests.e2e.installation import short_folder
from tests.e2e.line import CODEWORD, RunningLine, running_line
from tests.nightly import nightly
from tests.waiting import until

AGENT = "gozel"
"""Of the demo: speaks Turkmen and Russian."""
WAIT = 30_000
"""Milliseconds."""


@dataclass
class Address:
    """The desk that ``ivr up`` serves."""

    url: str


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    folder = short_folder()
    given = {"seats": 2, "agent_seconds": 60, "callback_seconds": 120}
    with running_line(folder / "home", **given) as line:
        yield line
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def desk(line: RunningLine) -> Address:
    return Address(line.settings.desk_address)


def come(eyes: Eyes, language: Language = Language.RUSSIAN) -> Page:
    """Log in as the agent of the demo, by one click, and choose a language."""
    page = eyes.open("/login", language)
    page.locator(f".door[hx-vals*='{AGENT}']").click()
    page.wait_for_url("**/desk")
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f".languages button[lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language.value)
    return page


def is_in(page: Page, state: str) -> None:
    expect(page.locator("#now")).to_have_attribute("data-state", state, timeout=WAIT)


def check_in(page: Page) -> None:
    expect(page.locator("#check-in")).to_be_visible()
    page.keyboard.press("F2")
    is_in(page, "ready")


def check_out(page: Page) -> None:
    page.locator("form[hx-post='/desk/check-out'] button").click()
    is_in(page, "offline")


def sound(page: Page) -> dict[str, int]:
    found: dict[str, int] = page.evaluate("document.querySelector('agent-desk').statistics()")
    return found


@pytest.mark.parametrize(
    "language", [Language.TURKMEN, nightly(Language.RUSSIAN), nightly(Language.ENGLISH)]
)
def test_an_agent_takes_a_call_without_a_mouse(
    language: Language, line: RunningLine, eyes: Eyes, axe: Path
) -> None:
    page = come(eyes, language)
    looks_well(page, axe)
    check_in(page)
    expect(page.locator("#check-in")).to_be_hidden()
    looks_well(page, axe)
    number = line.subscriber()
    with line.call(number) as caller:
        caller.language = Language.RUSSIAN
        caller.press("21#")
        caller.proves()
        caller.press("1")
        caller.waits_for_silence(40)
        caller.press("0")
        is_in(page, "ringing")
        card = page.locator(".desk-card")
        expect(card.locator(".masked").first).to_have_text(f"+993 65 •• •• {number[-2:]}")
        expect(card.locator(".say [lang=ru]")).to_be_visible()
        expect(card.locator(".pill-good")).not_to_have_count(0)
        assert number not in page.content()
        looks_well(page, axe)
        page.keyboard.press("F2")
        is_in(page, "talking")
        until(lambda: min(sound(page).values()) > 100, lambda: sound(page))
        expect(card.locator(".path li")).not_to_have_count(0, timeout=WAIT)
        looks_well(page, axe)
        page.keyboard.press("Alt+KeyO")
        expect(card.locator(".masked").first).to_have_text(f"+{number}")
        page.keyboard.press("1")
        expect(page.locator("#dialog .switches")).to_be_visible()
        looks_well(page, axe)
        page.locator("#dialog form:has([value=mms]) button").press("Enter")
        expect(page.locator("#dialog [name=told]")).to_have_count(1)
        looks_well(page, axe)
        page.keyboard.press("Enter")
        expect(page.locator("#dialog .notice-good")).to_be_visible(timeout=WAIT)
        looks_well(page, axe)
        page.keyboard.press("Enter")
        expect(page.locator("#dialog")).to_be_hidden()
        page.keyboard.press("3")
        page.locator("#c-word").fill("not the word")
        looks_well(page, axe)
        page.keyboard.press("Enter")
        expect(page.locator("#matched")).to_be_visible()
        page.locator("#c-word").fill(CODEWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#matched.notice-good")).to_be_visible()
        assert CODEWORD not in page.content()
        page.keyboard.press("Enter")
        page.keyboard.press("F4")
        expect(page.locator("[data-do=mute]")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("F3")
        expect(page.locator("[data-do=hold]")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("F3")
        expect(page.locator("[data-do=hold]")).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("F8")
        is_in(page, "wrap-up")
        looks_well(page, axe)
        page.keyboard.press("3")
        page.keyboard.press("Alt+KeyN")
        page.keyboard.type("салам")
        page.keyboard.press("Enter")
        is_in(page, "ready")
    page.keyboard.press("F9")
    expect(page.locator("#dialog .choice-list")).to_be_visible()
    looks_well(page, axe)
    page.keyboard.press("2")
    is_in(page, "paused")
    looks_well(page, axe)
    page.keyboard.press("F9")
    is_in(page, "ready")
    (talk, *_) = line.container.store.contacts.of_number(number, 9)
    assert talk.wrap_up is not None
    assert (talk.wrap_up.result, talk.wrap_up.note) == ("promised", "салам")
    entries = line.container.store.audit.newest(50)
    assert Tag.DATA_READ in {each.action for each in entries if each.number == number}
    check_out(page)


def test_a_second_window_is_a_view_until_it_takes_the_phone(eyes: Eyes, axe: Path) -> None:
    page = come(eyes)
    check_in(page)
    other = page.context.new_page()
    eyes.pages.append(other)
    other.goto("/desk")
    expect(other.locator("#elsewhere")).to_be_visible()
    looks_well(other, axe)
    other.keyboard.press("F2")
    expect(page.locator("#elsewhere")).to_be_visible()
    expect(other.locator("#elsewhere")).to_be_hidden()
    expect(other.locator("[data-light=phone]")).to_have_class("pill pill-dot pill-good")
    check_out(other)


def test_a_page_that_is_not_heard_gets_no_call_and_wakes_up(
    eyes: Eyes, line: RunningLine, axe: Path
) -> None:
    page = come(eyes)
    check_in(page)
    page.context.set_offline(True)
    spans = line.container.store.contacts
    until(lambda: {span.state for span in spans.open_spans()} == {"asleep"})
    expect(page.locator("[data-light=page]")).to_have_class("pill pill-dot pill-bad")
    looks_well(page, axe)
    page.context.set_offline(False)
    is_in(page, "ready")
    check_out(page)


@pytest.mark.nightly  # on a busy machine the page may find the microphone silent and pause
def test_the_page_comes_back_by_itself_after_asterisk(eyes: Eyes, line: RunningLine) -> None:
    page = come(eyes)
    check_in(page)
    os.kill(asterisk_of(line), signal.SIGKILL)
    light = page.locator("[data-light=phone]")
    expect(light).to_have_class("pill pill-dot pill-bad", timeout=WAIT)
    expect(light).to_have_class("pill pill-dot pill-good", timeout=2 * WAIT)
    is_in(page, "ready")
    with line.call(line.number()) as caller:
        caller.press("20")
        is_in(page, "ringing")
        page.keyboard.press("F2")
        is_in(page, "talking")
        until(lambda: min(sound(page).values()) > 50, lambda: sound(page))
    is_in(page, "wrap-up")
    page.keyboard.press("Enter")
    is_in(page, "ready")
    check_out(page)


def asterisk_of(line: RunningLine) -> int:
    """The process of the line's Asterisk."""
    assert line.process is not None
    children = Path(f"/proc/{line.process.pid}/task").glob("*/children")
    ids = [id for each in children for id in each.read_text().split()]
    (found,) = (id for id in ids if "asterisk" in Path(f"/proc/{id}/cmdline").read_text())
    return int(found)
