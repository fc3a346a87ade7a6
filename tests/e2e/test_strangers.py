"""Callers whom Asterisk does not know: it asks the line who they are, then them for a language."""

from __future__ import annotations

from pathlib import Path

from ivr.domain.values import Language, Msisdn
from tests.e2e.line import KEY_OF, RunningLine
from tests.e2e.test_bad_days import asterisk_alone, line_process
from tests.e2e.test_front import is_of_the_front, record, until_there


def test_a_stranger_is_asked_for_a_language_and_known_from_then_on(
    line: RunningLine, language: Language
) -> None:
    number = line.number()
    with line.call(number) as caller:
        caller.language = language
        caller.hears("language.press", language=Language.TURKMEN, press=1)
        caller.press(KEY_OF[language])
        caller.hears("menu.main.account")
        caller.press("5")
        caller.hears("menu.advice.money")
    with line.call(number) as caller:  # at once: Asterisk knows
        caller.hears("language.greeting", language=language)
    found = record(line, number)
    assert found.language == language
    calls = line.house.store.journal.newest(200)
    (first,) = (each for each in calls if each.caller == number and each.path)
    assert is_of_the_front(first)
    assert [(step.node, step.key) for step in first.path] == [
        ("language", KEY_OF[language]),
        ("main", "5"),
    ]
    assert line.house.store.callers.language(Msisdn(number)) == language


def test_whom_the_line_knows_asterisk_need_not_ask(line: RunningLine, language: Language) -> None:
    """As on another Asterisk, or a new one."""
    number = line.number()
    line.house.store.callers.remember(Msisdn(number), language)
    for _ in range(2):
        with line.call(number) as caller:
            caller.hears("language.greeting", language=language)
    assert is_of_the_front(record(line, number))


def test_who_cannot_be_known_again_is_asked_each_time(line: RunningLine) -> None:
    for language in (Language.ENGLISH, Language.RUSSIAN):
        with line.call("74951234567") as caller:
            caller.language = language
            caller.hears("language.press", language=Language.TURKMEN, press=1)
            caller.press(KEY_OF[language])
            caller.hears("menu.main.account")


def test_without_a_line_a_stranger_hears_the_menus(folder: Path, language: Language) -> None:
    with asterisk_alone(folder / "home", front=True) as line:
        with line_process(line):
            until_there(line)
        number = line.number()
        for _ in range(2):  # nobody says that he may be remembered
            with line.call(number) as caller:
                caller.language = language
                caller.hears("language.press", language=Language.TURKMEN, press=1)
                caller.press(f"{KEY_OF[language]}5")
                caller.hears("menu.advice.money")
