"""Slips of people who write menus and texts in Notepad and Word: each is named, no word is lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from ivr.care.catalogue import read_catalogue
from ivr.care.invoices import read_terms
from ivr.care.news import read_news
from ivr.domain.values import Language
from ivr.errors import FlowBroken, Unusable
from ivr.flow.document import read_flow
from ivr.flow.sheet import read_sheet
from ivr.settings import PROJECT
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
TERMS = (PROJECT / "db" / "invoice.yaml").read_text(encoding="utf-8")
PHRASES = re.compile(
    r"Input should|Field required|valid (dictionary|string|integer|list|boolean)|pydantic|mapping"
    r"|scalar|token|<block|<stream|expected|found character|Value error|unable to parse|YAML"
    r"|codec|Traceback|flow node|alias|anchor|None\b|\bstr\b|dict\b|tuple|constructor",
)
"""Words of libraries, which nobody who writes texts knows."""

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


# What is written in the place of `welcome: "Hello!"`, the line that is named, and what is said.
IN_A_TEXT = {
    "a tab between": ('welcome:\t"Hello!"', 1, "there is a tab here"),
    "a tab in front": ('\twelcome: "Hello!"', 1, "there is a tab here"),
    "a tab behind, and more": ('welcome: "Hello!"\tyou', 1, "there is a tab here"),
    "a word of yes and no": ("welcome: NO", 1, 'not in "quotes": `NO`'),
    "yes": ("welcome: yes", 1, 'not in "quotes": `yes`'),
    "on": ("welcome: on", 1, 'not in "quotes": `on`'),
    "a time": ("welcome: 09:00", 1, 'not in "quotes": `09:00`'),
    "a number": ("welcome: 0890", 1, 'not in "quotes": `0890`'),
    "another number": ("welcome: 3.50", 1, 'not in "quotes": `3.50`'),
    "a date": ("welcome: 2026-11-20", 1, 'not in "quotes": `2026-11-20`'),
    "nothing": ("welcome:", 1, "'welcome' has no value"),
    "null": ("welcome: null", 1, 'not in "quotes": `null`'),
    "a tilde": ("welcome: ~", 1, 'not in "quotes": `~`'),
    "a number sign": ("welcome: Press # to end", 1, "the text after # is not read"),
    "a number sign behind one word": ("welcome: Press #", 1, "after # is not read"),
    "a number sign behind quotes": ('welcome: "Press" # "to end"', 1, "would not be said"),
    "a number sign behind small words": ("welcome: press # to end", 1, "would not be said"),
    "a number sign in front": ("welcome: # to end", 1, "'welcome' has no value"),
    "a colon": ("welcome: Hello: you", 1, "there is a colon in a text without quotes"),
    "a colon at the end": ("welcome: Hello:", 1, "there is a colon in a text without quotes"),
    "and": ("welcome: & you", 1, "begins with '&'"),
    "and you": ("welcome: &you and me", 1, "'&' at the beginning"),
    "a star": ("welcome: *Hello* you", 1, "'*'"),
    "per cent": ("welcome: % off", 1, "begins with '%'"),
    "at": ("welcome: @home", 1, "begins with '@'"),
    "a backtick": ("welcome: `Hello`", 1, "begins with '`'"),
    "a shout": ("welcome: !Hello you", 1, "'!'"),
    "a shout alone": ("welcome: ! Hello", 1, "'!'"),
    "a bar": ("welcome: |Hello", 1, "begins with '|'"),
    "a tip": ("welcome: >Hello", 1, "begins with '>'"),
    "a comma": ("welcome: , Hello", 1, "begins with ','"),
    "a dash": ("welcome: - Hello", 1, "begins with '-'"),
    "a bracket": ("welcome: [Hello] you", 1, "begins with '['"),
    "a bracket alone": ("welcome: [Hello", 1, "bracket"),
    "a brace": ("welcome: {balance:money} Hello", 1, "begins with '{'"),
    "a list": ("welcome: [a, b]", 1, 'not in "quotes": `[a, b]`'),
    "curly quotes": ("welcome: “Hello!”", 1, "the quotation mark “ comes from Word"),
    "low quotes": ("welcome: „Hello: you“", 1, "Word"),
    "one curly quote": ('welcome: "Hello!”', 1, "the closing quotation mark"),
    "curly in single": ("welcome: ‘Hello!’", 1, "comes from Word"),
    "no closing quote": ('welcome: "Hello!', 1, "the closing quotation mark"),
    "no opening quote": ('welcome: Hello!"\nhello: "Hello!', 1, "a quotation mark has no partner"),
    "two without closing": (
        'welcome: "Hello!\nmore: Hello"',
        1,
        "the closing quotation mark is missing",
    ),
    "quotes in quotes": ('welcome: "Press "one" now"', 1, "'one\" now\"' comes after it"),
    "an apostrophe": ("welcome: 'It's you'", 1, "comes after it"),
    "words behind quotes": ('welcome: "Hello" you', 1, "'you' comes after it"),
    "no opening quote alone": ('welcome: Hello!"', 1, "a quotation mark has no partner"),
    "a comma behind": ('welcome: "Hello!",', 1, "remove it, or write it within the quotes"),
    "no space": ('welcome:"Hello!"', 1, "a space is missing after the colon"),
    "no space, no quotes": ("welcome:Hello", 1, "a space is missing after the colon"),
    "an equals sign": ('welcome = "Hello!"', 1, "'=' is after the name"),
    "a semicolon": ('welcome; "Hello!"', 1, "';' is after the name"),
    "a wide colon": ('welcome：  "Hello!"', 1, "'：' is after the name"),
    "no name": ('"Hello!"', 1, "name"),
    "a line of its own": (
        'welcome: "Hello!"\nHello again',
        2,
        "does not begin with a name and a colon",
    ),
    "a bullet": ('• welcome: "Hello!"', 1, "begins with '•'"),
    "a dash of Word": ('– welcome: "Hello!"', 1, "begins with '–'"),
    "a number of a list": ('1. welcome: "Hello!"', 1, "begins with '1'"),
    "a hyphen": ('- welcome: "Hello!"', 2, "compare them"),
    "indented": (
        'welcome: "Hello!"\n  more: "Hello"',
        2,
        "begins with 2 spaces, the one above it with 0",
    ),
    "goes on": ("welcome: Hello\n  you", 1, "continues in the next line"),
    "a backslash": ('welcome: "C:\\test"', 1, "a backslash (\\) removes the 't' after it"),
    "another backslash": ('welcome: "one\\two"', 1, "removes the 't'"),
    "no letter for it": ('welcome: "one\\qtwo"', 1, "backslash"),
    "a new line that is said": ('welcome: "Hello\\nyou"', 1, "which only text messages may have"),
    "twice": ('welcome: "Hello!"\nwelcome: "Hi!"', 2, "is given twice, here and in line 1"),
    "a merge": ('<<<<<<< HEAD\nwelcome: "Hello!"', 1, "two versions were merged"),
    "half of a merge": ('welcome: "Hello!"\n=======', 2, "two versions were merged"),
    "the end of a merge": ('welcome: "Hello!"\n>>>>>>> mine', 2, "two versions were merged"),
    "a merge key": ('welcome: "Hello!"\n<<: {bye: "x"}', 2, "a key must be a word"),
    "a second document": ('welcome: "Hello!"\n---', 2, "a second document"),
    "the end of a document": ('welcome: "Hello!"\n...', 2, "a second document"),
    "a key with a capital": ('Welcome: "Hello!"', 1, "key 'Welcome' must have only small letters"),
    "a key with a foreign letter": (
        'wеlcome: "Hello!"',
        1,
        "it has the Cyrillic letter 'е', which looks like the Latin e",
    ),
    "a key with a dash": ('wel–come: "Hello!"', 1, "a dash of Word in the place of a hyphen"),
    "a key of two words": ('welcome you: "Hello!"', 1, "must have only small letters"),
    "a foreign letter": ('welcome: "Hеllo!"', 1, "'Hеllo' has the Cyrillic letter 'е'"),
    "a foreign word": ('welcome: "СОРE"', 1, "has the Cyrillic letter 'С'"),
    "letters of two codings": ('welcome: "Ð¡alam!"', 1, "saved twice in different encodings"),
    "a lost letter": ('welcome: "Hell\ufffd!"', 1, "a letter was lost"),
    "a bell": ('welcome: "Hello\x07!"', 1, "is not a letter"),
    "a mark of Word's own": ('welcome: "\uf0b7 Hello!"', 1, "is not a letter"),
    "an unknown kind": ('welcome: "Hello {name:word}!"', 1, "{name:word} is not {name:kind}"),
    "a kind with a slip": ('welcome: "Hello {name:mony}!"', 1, "is {name:money} meant?"),
    "a placeholder with a space": ('welcome: "Hello {a: money}!"', 1, "it has a space"),
    "a placeholder with curly quotes": (
        'welcome: "Hello {“a”:money}!"',
        1,
        "it has a quotation mark of Word (“)",
    ),
    "a placeholder with a foreign letter": (
        'welcome: "Hello {а:money}!"',
        1,
        "it has the Cyrillic letter 'а'",
    ),
    "a placeholder without its end": ('welcome: "Hello {a:money!"', 1, "a brace has no partner"),
    "a placeholder too many": (
        'welcome: "Hello {a:money}!"',
        1,
        "must have the placeholders of tk.yaml: none; it has {a:",
    ),
    "a letter of Turkey": ('welcome: "Hellı"', 1, "no voice can say 'ı'"),
    "a letter of another alphabet": ('welcome: "Helλo"', 1, "no voice can say 'λ'"),
    "money": ('welcome: "5 €"', 1, "no voice can say '€'"),
    "a picture": ('welcome: "Hello ☎"', 1, "no voice can say '☎'"),
    "an arrow": ('welcome: "Hello -> you"', 1, "no voice can say '>'"),
    "very long": (f'welcome: "{"Hello " * 900}"', 1, "longer than 4000 letters"),
    "very long, without end": (f'welcome: "{"Hello " * 9_000}', 1, "the closing quotation mark"),
}


@pytest.mark.parametrize("slip", IN_A_TEXT)
def test_a_slip_in_a_text_is_named(tmp_path: Path, slip: str) -> None:
    written, line, said = IN_A_TEXT[slip]
    whole = swapped(TEXTS["en"], 'welcome: "Hello!"', written)
    told = texts_refused(tmp_path, "en", whole)
    assert told.startswith(f", line {line}:"), told
    assert said in told


def test_there_are_many() -> None:
    assert len(IN_A_TEXT) + len(IN_A_MENU) + len(ELSEWHERE) > 100


# A slip in the Russian and in the Turkmen texts, where other letters are right.
@pytest.mark.parametrize(
    ("language", "old", "new", "said"),
    [
        ("ru", "Здравствуйте", "Здpaвствуйте", "has the Latin letter 'p'"),
        ("ru", "До", "Дo", "has the Latin letter 'o'"),
        ("tk", "Sag", "Sаg", "has the Cyrillic letter 'а', which looks like the Latin a"),
        ("tk", "Sag", "Ѕag", "Cyrillic letter"),
        ("ru", "Здравствуйте!", "Р—РґСЂР°РІ", "was saved twice in different encodings"),
        ("tk", "boluň", "boluÅ\u0088", "is not a letter"),
        ("tk", "{balance:money}", "[balance:money]", "must have the placeholders of ru.yaml"),
        ("tk", "{balance:money}", "(balance:money)", "it has none"),
        ("ru", "{balance:money}", "{balanse:money}", "placeholders of tk.yaml: {balance:money}"),
        ("ru", "{balance:money}", "balance:money}", "a brace has no partner"),
        ("tk", 'bye: "Sag boluň."\n', "", "text 'bye' is missing; en.yaml has it in line 3"),
    ],
)
def test_a_slip_of_one_language_is_told_in_its_file(
    tmp_path: Path, language: str, old: str, new: str, said: str
) -> None:
    assert said in texts_refused(tmp_path, language, swapped(TEXTS[language], old, new))


SAVED = {
    "Unicode of Notepad": ("utf-16", "it is UTF-16, which Notepad calls Unicode"),
    "Unicode without a mark": ("utf-16-le", "it is UTF-16"),
    "big-endian": ("utf-16-be", "it is UTF-16"),
    "four bytes a letter": ("utf-32", "it is UTF-16"),
    "ANSI of Notepad": ("cp1251", 'line 1 would be `welcome: "Здравствуйте!"` in Windows-1251'),
    "KOI8": ("koi8-r", "not UTF-8 text"),
    "DOS": ("cp866", "not UTF-8 text"),
}


@pytest.mark.parametrize("how", SAVED)
def test_a_file_saved_otherwise_is_named(tmp_path: Path, how: str) -> None:
    coding, said = SAVED[how]
    told = texts_refused(tmp_path, "ru", TEXTS["ru"].encode(coding))
    assert "not UTF-8 text; save it as UTF-8" in told
    assert said in told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"# nothing\n", "the file is empty"),
        (b"PK\x03\x04\x14\x00\x06\x00", "a document of Word or an archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of Word"),
        (b"{\\rtf1\\ansi Hello}", "a document of Word (RTF)"),
        (b"%PDF-1.7", "a PDF document"),
        (b"<html><p>Hello</html>", "a web page"),
        (b"- a\n- b\n", 'this is a list; write lines of `key: "text"` here'),
        (b"Hello", "write lines of"),
        (b'"Hello"', "write lines of"),
        (b"[]", "this is a list"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in texts_refused(tmp_path, "en", content)


# What is written in the place of `welcome: "Hello!"`, what is read, whether it is noted.
READ = {
    "a space that does not break": ('welcome: "Hello\u00a0you"', "Hello you", True),
    "a narrow one": ('welcome: "Hello\u202fyou"', "Hello you", True),
    "one around the colon": ('welcome\u00a0:\u00a0"Hello"', "Hello", True),
    "one in front of the key": ('\ufeffwelcome: "Hello"', "Hello", False),
    "one at the end": ('welcome: "Hello"\u00a0', "Hello", True),
    "an end that is a tab": ('welcome: "Hello"\t', "Hello", False),
    "a space of no width": ('wel\u200bcome: "Hello"', "Hello", True),
    "a hyphen that is not seen": ('welcome: "Hel\u00adlo"', "Hello", True),
    "a mark of direction": ('welcome: "\u200eHello\u200f"', "Hello", True),
    "a break of Word": ('welcome: "Hello\x0byou"', "Hello you", True),
    "a line separator": ('welcome: "Hello\u2028you"', "Hello you", True),
    "letters of two characters": ('welcome: "Ho\u0308ş"', "Höş", True),
    "lines of Windows": ('welcome: "Hello"\r', "Hello", False),
    "an ellipsis": ('welcome: "Hello…"', "Hello…", False),
    "quotes of Word within": ('welcome: "Say “hello” now"', "Say “hello” now", False),
    "angled quotes": ('welcome: "Say «hello» now"', "Say «hello» now", False),
    "a dash of Word within": ('welcome: "Hello — you"', "Hello — you", False),
    "a number sign within": ('welcome: "Press # to end"', "Press # to end", False),
    "a colon within": ('welcome: "Hello: you"', "Hello: you", False),
    "yes within": ('welcome: "NO"', "NO", False),
    "no quotes": ("welcome: Hello you", "Hello you", False),
    "single quotes": ("welcome: 'Hello you'", "Hello you", False),
    "a quotation mark": ('welcome: "Say \\"hello\\" now"', 'Say "hello" now', False),
    "two lines": ('welcome: "Hello\n  you"', "Hello you", False),
    "a block": ("welcome: >-\n  Hello # you:\n  and me", "Hello # you: and me", False),
    "a space before the colon": ('welcome : "Hello"', "Hello", False),
    "a document": ('---\nwelcome: "Hello"', "Hello", False),
    "a name in both alphabets": ('welcome: "Wi-Fi для SMS"', "Wi-Fi для SMS", False),
}


@pytest.mark.parametrize("slip", READ)
def test_what_is_harmless_is_read_whole(tmp_path: Path, slip: str) -> None:
    written, read, is_noted = READ[slip]
    for other, lines in TEXTS.items():
        (tmp_path / f"{other}.yaml").write_text(lines, encoding="utf-8")
    file = tmp_path / "en.yaml"
    whole = swapped(TEXTS["en"], 'welcome: "Hello!"', written)
    file.write_bytes(whole.encode())
    texts = read_texts(tmp_path).by_language[Language.ENGLISH]
    assert texts["welcome"] == read
    assert texts["bye"] == "Good bye, all."
    assert {note.line for note in read_sheet(file).notes} == ({1} if is_noted else set())


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n", "\n\n", " \r\n"])
def test_lines_of_any_system_are_read(tmp_path: Path, ends: str) -> None:
    for name, lines in TEXTS.items():
        whole = lines.replace("\n", ends)
        (tmp_path / f"{name}.yaml").write_bytes(b"\xef\xbb\xbf" + whole.encode())
    assert read_texts(tmp_path).by_language[Language.TURKMEN] == {
        "welcome": "Salam!",
        "balance": "Galyndy {balance:money}.",
        "bye": "Sag boluň.",
    }


def test_decomposed_letters_are_the_same_texts(tmp_path: Path) -> None:
    for name, lines in TEXTS.items():
        (tmp_path / f"{name}.yaml").write_text(
            unicodedata.normalize("NFD", lines), encoding="utf-8"
        )
    assert read_texts(tmp_path).by_language[Language.TURKMEN]["bye"] == "Sag boluň."


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


@pytest.mark.parametrize("slip", IN_A_MENU)
def test_a_slip_in_a_menu_is_named(tmp_path: Path, slip: str) -> None:
    old, new, line, said = IN_A_MENU[slip]
    file = tmp_path / "0890.yaml"
    file.write_text(swapped(FLOW, old, new), encoding="utf-8")
    with pytest.raises(FlowBroken) as refused:
        read_flow(file)
    told = in_plain_words(str(refused.value) + ";", file)
    assert said in told
    if line:
        assert told.startswith(f", line {line}:"), told


@pytest.mark.parametrize(
    "hours", ["08:00-20:00", '"08:00–20:00"', "'08:00 - 20:00'", "08:00\u00a0—\u00a020:00"]
)
def test_hours_are_read_with_and_without_quotes(tmp_path: Path, hours: str) -> None:
    file = tmp_path / "0890.yaml"
    file.write_text(swapped(FLOW, '"08:00-20:00"', hours), encoding="utf-8")
    node = read_flow(file).nodes["agent"].model_dump(mode="json")
    assert node["hours"]["weekdays"] == "08:00-20:00"


@pytest.mark.parametrize("word", ["on", "no", "yes", "off", "y", "n", "null", "true"])
def test_a_node_may_have_any_name(tmp_path: Path, word: str) -> None:
    file = tmp_path / "0890.yaml"
    file.write_text(FLOW.replace("sport", word), encoding="utf-8")
    assert word in read_flow(file).nodes


READERS = {
    "catalogue": (read_catalogue, CATALOGUE),
    "news": (read_news, NEWS),
    "terms": (read_terms, TERMS),
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


@pytest.mark.parametrize("slip", ELSEWHERE)
def test_a_slip_in_another_file_is_named(tmp_path: Path, slip: str) -> None:
    kind, old, new, line, said = ELSEWHERE[slip]
    read, whole = READERS[kind]
    file = tmp_path / f"{kind}.yaml"
    file.write_text(swapped(whole, old, new), encoding="utf-8")
    with pytest.raises(Unusable) as refused:
        read(file)
    told = in_plain_words(str(refused.value) + ";", file)
    assert said in told
    if line:
        assert told.startswith(f", line {line}:"), told


def test_numbers_without_quotes_keep_their_zeros(tmp_path: Path) -> None:
    file = tmp_path / "terms.yaml"
    bare = TERMS.replace('"000000000000"', "000000000000")
    file.write_text(bare.replace('code: "000000000"', "code: 0101"), encoding="utf-8")
    terms = read_terms(file)
    assert (terms.seller.tax_number, terms.bank.code, terms.rate) == ("000000000000", "0101", 1500)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("эс эм эс", "эс эм эс # SMS", 3, "after # is not read"),
        ("эс эм эс", "", 3, "'SMS' has no value"),
        ("SMS: эс", "SМS: эс", 3, "has the Cyrillic letter 'М'"),
        ("эс эм эс", "on", 3, 'not in "quotes": `on`'),
        ("ru:", "rus:", 2, "'rus' is not a language"),
        ("en: {}", "en:", 4, "'en' has no value"),
        ("en: {}", "en: {", 4, "bracket"),
        ('"es em es"', "“es em es”", 1, "Word"),
    ],
)
def test_a_slip_in_the_pronunciation_is_named(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    told = texts_refused(tmp_path, "pronunciation", swapped(TEXTS["pronunciation"], old, new))
    assert told.startswith(f", line {line}:"), told
    assert said in told


@pytest.mark.parametrize("name", ["0890", "tk", "ru", "en", "news", "pronunciation"])
def test_the_shipped_files_have_no_slip(name: str) -> None:
    assert read_sheet(PROJECT / "prompts" / f"{name}.yaml").notes == ()


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
