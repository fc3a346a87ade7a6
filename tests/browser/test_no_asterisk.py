"""The agents' desk while Asterisk is away: it says so, in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from ivr.domain.staff import Role
from ivr.domain.values import Language
from tests.browser.conftest import Eyes
from tests.browser.desk import Desk
from tests.browser.looks import looks_well
from tests.browser.test_login import type_password

SAID = {
    Language.TURKMEN: "Telefon ulgamy jogap bermeýär",
    Language.RUSSIAN: "Телефония не отвечает",
    Language.ENGLISH: "The telephone system does not answer",
}

NO_PHONE = {
    Language.TURKMEN: "Boş telefon orny ýok",
    Language.RUSSIAN: "Свободных телефонных мест нет",
    Language.ENGLISH: "No phone is free",
}


@pytest.mark.parametrize("language", Language)
def test_the_check_in_says_that_the_telephone_system_is_away(
    language: Language, eyes: Eyes, desk: Desk, axe: Path
) -> None:
    name = f"alone-{language}"
    desk.join(name, Role.AGENT, language=language)
    page = eyes.open("/login", language)
    type_password(page, name)
    expect(page.locator("#now .notice-warn strong")).to_have_text(SAID[language])
    expect(page.locator("#check-in")).to_be_visible()
    page.keyboard.press("F2")
    phone = page.locator("[data-check=phone]")
    expect(phone).to_have_attribute("data-result", "failed", timeout=30_000)
    expect(phone.locator(".check-said")).to_contain_text(NO_PHONE[language])
    expect(page.locator("[data-check=microphone]")).to_have_attribute("data-result", "good")
    looks_well(page, axe)
