"""Files of an operator, and whether a refusal is in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.texts import read_texts

WORDS = re.compile(r"[^\W_]+")
TEXTS = {
    "tk": 'welcome: "Salam!"\nbalance: "Galyndy {balance:money}."\nbye: "Sag boluň."\n',
    "ru": 'welcome: "Здравствуйте!"\nbalance: "Остаток {balance:money}."\nbye: "До встречи."\n',
    "en": 'welcome: "Hello!"\nbalance: "You have {balance:money}."\nbye: "Good bye, all."\n',
    "pronunciation": 'tk: {SMS: "es em es"}\nru:\n  SMS: эс эм эс\nen: {}\n',
}
FLOW = """\
name: small
languages: [tk, ru, en]
start: language
main: main
identification: identify
agent: agent
nodes:
  language: {kind: language, next: main}
  main:
    kind: menu
    choices:
      - {text: menu.news, to: news}
      - {text: menu.sport, to: sport}
  news: {kind: say, text: info.news, goal: news}
  sport: {kind: say, text: info.sport, goal: sport}
  identify: {kind: identify, next: main}
  agent: {kind: agent, unanswered: goodbye, hours: {weekdays: "08:00-20:00"}}
  goodbye: {kind: goodbye}
"""
CATALOGUE = """\
tariffs:
  oba: {monthly: "5.00"}
services:
  gprs: {group: data, once: "3.00", hours: "08:00-20:00"}
  album: {requires: [gprs], modify_days: 30, delay_off: true}
"""
NEWS = "- {id: rates, since: 2026-12-01, until: 2026-12-31}\n"
PHRASES = re.compile(
    r"Input should|Field required|valid (dictionary|string|integer|list|boolean)|pydantic|mapping"
    r"|scalar|token|<block|<stream|expected|found character|Value error|unable to parse|YAML"
    r"|codec|Traceback|flow node|alias|anchor|None\b|\bstr\b|dict\b|tuple|constructor",
)
"""Words of libraries, which editors do not know."""
Write = Callable[[str | bytes], Path]


def texts_refused(folder: Path, name: str, content: str | bytes) -> str:
    for other, lines in TEXTS.items():
        (folder / f"{other}.yaml").write_text(lines, encoding="utf-8")
    file = folder / f"{name}.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Unusable) as refused:
        read_texts(folder)
    return in_plain_words(str(refused.value), file)


def in_plain_words(said: str, file: Path) -> str:
    """A refusal without its file: one line, no phrase of a library, a way out."""
    assert said.startswith(f"{file}")
    rest = said.removeprefix(f"{file}")
    assert "\n" not in rest
    assert not PHRASES.search(rest), rest
    assert ";" in rest or "must" in rest or "already" in rest, f"no way out: {rest}"
    return rest


def swapped(whole: str, old: str, new: str) -> str:
    assert whole.count(old) >= 1
    return whole.replace(old, new, 1)


# In the flow: what is written in the place of what, the line, and what is said.
IN_A_MENU = {
    "a text of menus": (FLOW, 'welcome: "Hello"\n', 0, "this is not a menu file"),
    "nothing": (FLOW, "", 0, "this is not a menu file: it is empty"),
    "a list": (FLOW, "- a\n", 0, "it is a list"),
    "a word": (FLOW, "Hello", 0, "not a menu file"),
    "a field with a slip": ("choices:", "chioces:", 11, "is 'choices' meant?"),
    "a field with a foreign letter": (
        "text: menu.news",
        "tеxt: menu.news",
        12,
        "it has the Cyrillic letter 'е'",
    ),
    "a kind with a slip": ("kind: menu", "kind: meny", 9, "kind 'meny' is not one of"),
    "a dash of Word in a list": ("      - {text: menu.s", "      – {text: menu.s", 13, "'–'"),
    "a bullet in a list": ("      - {text: menu.s", "      • {text: menu.s", 13, "'•'"),
    "curly quotes": ("menu.news", "“menu.news”", 12, "Word"),
    "a tab": ("    kind: menu", "\tkind: menu", 10, "there is a tab here"),
    "no space": ("name: small", "name:small", 1, "a space is missing after the colon"),
    "cut by a number sign": ("name: small", "name: Line # one", 1, "after # is not read"),
    "a dash in an id": ("to: sport}", "to: sport–news}", 13, "a dash of Word in the place"),
    "a hyphen that does not break": ("to: sport}", "to: sport\u2011news}", 13, "a dash of Word"),
    "a capital": ("to: sport}", "to: Sport}", 13, "small letters, digits and hyphens"),
    "one space less": ("    choices:", "   choices:", 11, "begins with 3 spaces"),
    "one space more": ("  news: {", "   news: {", 14, "begins with 3 spaces"),
    "no comma": (
        "kind: say, text: info.news",
        "kind: say text: info.news",
        14,
        "a comma is missing",
    ),
    "no bracket": ("goal: sport}", "goal: sport", 15, "the bracket { or } has no partner"),
    "no list": ("[tk, ru, en]", "tk, ru, en", 2, "write a list here, such as `[a, b]`"),
    "no such language": ("[tk, ru, en]", "[tk, fr]", 2, "'fr' is not one of"),
    "hours without a part": ('"08:00-20:00"', "08:00", 17, "write hours in quotes"),
    "hours of a slip": ('"08:00-20:00"', '"8-20"', 17, "write hours in quotes"),
    "no value": ("start: language", "start:", 3, "'start' has no value"),
    "twice": ("start: language", "start: language\nstart: main", 4, "twice, here and in line 3"),
    "an anchor": ("start: language", "start: &a language", 3, "'&' at the beginning"),
    "a node twice": ("  sport: {kind: say", "  news: {kind: say", 15, "twice, here and in line 14"),
    "merged": ("start: language", "=======\nstart: language", 3, "two versions were merged"),
    "a language with a foreign letter": ("[tk, ru, en]", "[tk, ru, еn]", 2, "letter 'е'"),
    "a kind with a foreign letter": ("kind: menu", "kind: mеnu", 9, "letter 'е'"),
    "a space in an id": ("to: sport}", 'to: "sport\u00a0"}', 13, "it has a space"),
    "a tab within": ("kind: say, text: info.news", "kind:\tsay, text: info.news", 14, "a tab"),
    "a choice that is a word": ("      - {text: menu.sport, to: sport}", "      - sport", 13, ""),
    "a choice that is nothing": ("      - {text: menu.sport, to: sport}", "      -", 13, ""),
}
ELSEWHERE = {
    "a price without quotes": ("catalogue", '"5.00"', "5.00", 2, "write a price in quotes"),
    "a price with a comma": ("catalogue", '"5.00"', '"5,00"', 2, "not an amount in manat"),
    "a price with a comma, no quotes": (
        "catalogue",
        '"5.00"',
        "5,00",
        2,
        "put a value with a comma in quotes",
    ),
    "a price of words": ("catalogue", '"5.00"', '"5 manat"', 2, "not an amount in manat"),
    "a number of words": (
        "catalogue",
        "modify_days: 30",
        "modify_days: month",
        5,
        "not a whole number",
    ),
    "a number with a part": (
        "catalogue",
        "modify_days: 30",
        "modify_days: 30.5",
        5,
        "not a whole number",
    ),
    "too many days": ("catalogue", "modify_days: 30", "modify_days: 999", 5, "the maximum is 366"),
    "yes in Russian": (
        "catalogue",
        "delay_off: true",
        "delay_off: да",
        5,
        "neither true nor false",
    ),
    "a word for a list": ("catalogue", "[gprs]", "gprs", 5, "write a list here"),
    "a field with a slip": ("catalogue", "group:", "gruop:", 4, "is 'group' meant?"),
    "a field that is not there": ("catalogue", "tariffs:", "tarifs:", 0, "is 'tariffs' meant?"),
    "hours without quotes, one": ("catalogue", '"08:00-20:00"', "09:00", 4, "write hours"),
    "a service that is a word": (
        "catalogue",
        "{requires: [gprs], modify_days: 30, delay_off: true}",
        "on",
        5,
        "write lines of",
    ),
    "a list for the catalogue": ("catalogue", CATALOGUE, "- a", 0, "write lines of"),
    "nothing for the catalogue": ("catalogue", CATALOGUE, "", 0, "write lines of"),
    "a date of the office": ("news", "2026-12-01", "01.12.2026", 1, "'01.12.2026' is not a date"),
    "a date of one number": ("news", "2026-12-01", "20261201", 1, "'20261201' is not a date"),
    "a date of seconds": ("news", "2026-12-01", "1763596800", 1, "is not a date"),
    "a day that is none": ("news", "2026-12-01", "2026-11-31", 1, "there is no day '2026-11-31'"),
    "a date with a time": ("news", "2026-12-01", "2026-12-01 09:00", 1, "is not a date"),
    "a date with dashes of Word": ("news", "2026-12-01", "2026–12–01", 1, "is not a date"),
    "an end before the beginning": ("news", "2026-12-31", "2026-11-01", 1, "ends before it begins"),
    "a map for the list": ("news", "- {", "a: {", 0, "write a list here"),
    "a word for the list": ("news", NEWS, "rates", 0, "write a list here"),
    "an id with a capital": (
        "news",
        "id: rates",
        "id: Rates",
        1,
        "small letters, digits and hyphens",
    ),
    "a field that news has not": ("news", "until:", "untill:", 1, "until"),
    "a name cut": (
        "terms",
        'tk: "«Görkezme Aragatnaşyk» (mysal)"',
        "tk: Görkezme # mysal",
        8,
        "after # is not read",
    ),
    "a language that is missing": (
        "terms",
        '    ru: "«Показательная связь» (пример)"\n',
        "",
        0,
        "is missing in 'ru'",
    ),
    "tax of words": (
        "terms",
        'vat: "15"',
        'vat: "15 %"',
        27,
        "write a percentage in quotes and without %",
    ),
    "no limit": ("terms", 'least: "10"', "least:", 31, "'least' has no value"),
    "too few days": ("terms", "days: 30", "days: 0", 33, "the minimum is 1"),
}
MARKS = st.text(
    st.sampled_from("ab O n#:&*!\"'{}[]|>%@`,-?=~.\\\t\u00a0\u201c\u00ad0"), max_size=14
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    MARKS, MARKS, st.sampled_from(["welcome: {}{}", 'welcome: "{}{}"', "welcome: '{}{}'", "{}: {}"])
)
@example("a ", "# b", "welcome: {}{}")
def test_whatever_is_written_is_read_whole_or_refused(
    tmp_path: Path, one: str, other: str, form: str
) -> None:
    written = form.format(one, other)
    assume(not re.match(r"[\s\u00ad\u00a0]*#", written))  # a remark
    for language in Language:
        (tmp_path / f"{language}.yaml").write_text(f'bye: "bye"\n{written}\n', encoding="utf-8")
    (tmp_path / "pronunciation.yaml").write_text("tk: {}\nru: {}\nen: {}\n")
    try:
        texts = read_texts(tmp_path).by_language[Language.ENGLISH]
    except Unusable as refused:
        in_plain_words(str(refused) + ";", tmp_path / "tk.yaml")
        return
    read = " ".join(word for key, text in texts.items() for word in (key, text))
    assert WORDS.findall(read) == WORDS.findall(f"bye bye {written}".replace("\u00ad", "")), written
