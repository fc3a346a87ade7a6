"""Slips of people who write menus and texts in Notepad and Word: each is named, no word is lost."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.flow.sheet import read_sheet
from ivr.speech.texts import read_texts
from tests.care.slips import ELSEWHERE, IN_A_MENU, TEXTS, swapped, texts_refused

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
