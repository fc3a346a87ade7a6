"""Slips in the other files of an operator."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.care.catalogue import read_catalogue
from ivr.care.invoices import read_terms
from ivr.care.news import read_news
from ivr.errors import Unusable
from ivr.flow.sheet import read_sheet
from ivr.settings import PROJECT
from tests.care.slips import (
    CATALOGUE,
    ELSEWHERE,
    NEWS,
    TEXTS,
    in_plain_words,
    swapped,
    texts_refused,
)

TERMS = (PROJECT / "db" / "invoice.yaml").read_text(encoding="utf-8")
READERS = {
    "catalogue": (read_catalogue, CATALOGUE),
    "news": (read_news, NEWS),
    "terms": (read_terms, TERMS),
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
