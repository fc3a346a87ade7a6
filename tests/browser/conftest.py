"""A real Chromium before the desk's pages. One browser for all tests, a new context for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ivr.domain.values import Language
from ivr.web.desk.bundle import BUILT
from tests.browser.desk import Desk, served

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
)
WIDE, LAPTOP, NARROW = (1920, 1080), (1280, 720), (800, 720)
REFUSALS = ("Failed to load resource", "Response Status Error Code", "htmx:")
PATIENCE = 20_000
"""Milliseconds for what happens in a page: the machine may be busy."""
AXE = BUILT / "tests" / "axe.min.js"


def chromium() -> str:
    """The browser's program."""
    found = which("chromium")
    assert found, "setup.sh dev installs it"
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for each file: while it is there no other test could run an event loop."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own for each file of tests."""
    with served(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


class Eyes:
    """A browser's window, and what must not happen in it."""

    def __init__(self, browser: Browser, desk: Desk) -> None:
        self._browser, self._desk = browser, desk
        self._slips: list[str] = []
        self.pages: list[Page] = []

    def open(
        self,
        path: str,
        language: Language = Language.ENGLISH,
        *,
        size: tuple[int, int] = LAPTOP,
        is_dark: bool = False,
    ) -> Page:
        """Open a page in a window of its own, with no cookie."""
        context = self._browser.new_context(
            base_url=self._desk.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if is_dark else "light",
            locale=language.value,
            reduced_motion="reduce",
            permissions=["microphone", "notifications"],
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self._slips.append(str(error)))
        page.on("console", lambda said: self._slips.append(said.text) if _is_slip(said) else None)
        self.pages.append(page)
        page.goto(path)
        return page

    def close(self) -> list[str]:
        """Close all windows. Return errors of scripts and of the content policy."""
        for page in self.pages:
            page.context.close()
        return self._slips


def _is_slip(said: object) -> bool:
    """A refused request is told in the console too: it is no error of a script."""
    kind, text = getattr(said, "type", ""), getattr(said, "text", "")
    return kind == "error" and not text.startswith(REFUSALS)


@pytest.fixture
def eyes(browser: Browser, desk: Desk) -> Iterator[Eyes]:
    eyes = Eyes(browser, desk)
    yield eyes
    assert eyes.close() == []


@pytest.fixture(scope="session")
def axe() -> Path:
    assert AXE.exists(), "setup.sh dev brings it"
    return AXE
