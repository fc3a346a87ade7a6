"""docs/wording.md has every text in three languages, as they are now, and marks what changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.commands.wording import wording
from ivr.commands.wordingchanges import UNEXPLAINED, WordingChanges, hash_of, read_changes
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.speech.texts import Texts, read_texts

FILE = PROJECT / "docs" / "wording.yaml"
TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH


@pytest.fixture(scope="module")
def texts() -> Texts:
    return read_texts(PROJECT / "prompts")


@pytest.fixture(scope="module")
def changes() -> WordingChanges:
    changes = read_changes(FILE)
    assert changes is not None
    return changes


def test_the_page_is_that_of_the_texts(texts: Texts, changes: WordingChanges) -> None:
    page = (PROJECT / "docs" / "wording.md").read_text(encoding="utf-8")
    assert page == wording(texts, changes), (
        "the texts were edited: run `IVR_CONTENT=. ivr flow wording > docs/wording.md`"
    )


def test_every_text_stands_beside_its_translations(texts: Texts) -> None:
    rows = [line for line in wording(texts).splitlines() if line.startswith("| `")]
    assert len(rows) == len(texts.keys)
    assert any("Salam!" in row and "Здравствуйте!" in row and "Hello!" in row for row in rows)
    assert not any("**" in row for row in rows), "without the file nothing is marked"


def test_every_change_has_a_reason_in_its_language(texts: Texts, changes: WordingChanges) -> None:
    unexplained = [
        f"{key}: {language}"
        for key in texts.keys
        for language, codes in changes.why(texts, key).items()
        if UNEXPLAINED in codes
    ]
    assert unexplained == [], "write into docs/wording.yaml why these texts were changed"


def test_no_reason_is_of_a_text_that_is_as_it_was(texts: Texts, changes: WordingChanges) -> None:
    for key, said in changes.changed.items():
        assert set(said) == set(changes.why(texts, key)), key
    used = {code for said in changes.changed.values() for codes in said.values() for code in codes}
    assert used == set(changes.reasons)


SMALL = """
since: abc1234
reasons:
  W: {tk: "söz", ru: "слово", en: "a word"}
  N: {tk: "täze", ru: "новое", en: "new"}
changed:
  one: {ru: W}
  two: N
  three: {tk: W N, ru: W}
before:
  one: SAME one OTHER SAME one
  three: OTHER OTHER OTHER
  four: OTHER SAME four SAME four
  five: SAME five SAME five SAME five
"""
WORDS = {key: f"text {key}" for key in ("one", "two", "three", "four", "five")}
SMALL_TEXTS = Texts(dict.fromkeys(Language, WORDS), {language: {} for language in Language})


def small(tmp_path: Path, document: str = SMALL) -> WordingChanges:
    for key, words in WORDS.items():
        document = document.replace(f"SAME {key}", hash_of(words))
    file = tmp_path / "wording.yaml"
    file.write_text(document.replace("OTHER", "0" * 6), encoding="utf-8")
    changes = read_changes(file)
    assert changes is not None
    return changes


@pytest.mark.parametrize(
    ("key", "mark"),
    [
        ("one", "ru W"),
        ("two", "N"),
        ("three", "tk W N · ru W · en ?"),
        ("four", "tk ?"),
        ("five", ""),
    ],
)
def test_a_row_is_marked_where_its_text_is_another_one(tmp_path: Path, key: str, mark: str) -> None:
    changes = small(tmp_path)
    assert changes.mark(SMALL_TEXTS, key) == mark
    (row,) = (
        line for line in wording(SMALL_TEXTS, changes).splitlines() if line.startswith(f"| `{key}`")
    )
    assert row.split(" | ")[0] == (f"| `{key}` **{mark}**" if mark else f"| `{key}`")


def test_the_page_tells_how_many_rows_and_what_the_codes_mean(tmp_path: Path) -> None:
    page = wording(SMALL_TEXTS, small(tmp_path))
    assert "## 4 ∆ abc1234" in page
    assert "| N | täze | новое | new |" in page


def test_the_page_has_values_as_they_are_said(texts: Texts) -> None:
    page = wording(texts)
    assert "| clock-to | sagat on sekize | восемнадцати часов | six PM |" in page


def test_without_the_file_there_are_no_changes(tmp_path: Path) -> None:
    assert read_changes(tmp_path / "wording.yaml") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("one: {ru: W}", "one: {ru: X}", "one has the reason X; the reasons are W, N"),
        ("reasons:", "reason:", "the fields since, reasons, changed and before"),
        ("one: {ru: W}", "one: {fr: W}", "the fields since, reasons, changed and before"),
        ('en: "a word"', 'fr: "un mot"', "the fields since, reasons, changed and before"),
    ],
)
def test_what_is_wrong_in_it_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(Unusable, match=re.escape(said)):
        small(tmp_path, SMALL.replace(old, new))
