"""What can be recorded: everything that callers can hear, each different string once."""

from __future__ import annotations

import unicodedata
from datetime import date, time

import pytest

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.speech.forms import spoken
from ivr.speech.pieces import grouped, pieces
from ivr.speech.recordable import (
    Contour,
    contour_at,
    file_words,
    items,
    mid_name,
    value_name,
    wanted,
)
from ivr.speech.spelling import spell
from ivr.speech.texts import WRITTEN, Slot, Texts, split
from ivr.speech.vocabulary import compose, vocabulary

TK, RU, EN = Language
EACH = pytest.mark.parametrize("language", Language)


@EACH
class TestItems:
    def test_are_each_different_string_of_the_texts_once(
        self, texts: Texts, language: Language
    ) -> None:
        served = [item for item in items(texts, language) if item.keys and not item.take_of]
        names = [
            (name, spell(language, written, texts.lexicon))
            for key in texts.keys
            if not key.startswith(WRITTEN)
            for name, written in texts.segments(language, key).items()
        ]
        assert sorted(key for item in served for key in item.keys) == sorted(n for n, _ in names)
        assert sorted(item.words for item in served) == sorted({words for _, words in names})
        assert all(item.name == item.keys[0] for item in served)

    def test_have_every_piece_of_the_vocabulary(self, texts: Texts, language: Language) -> None:
        said = {item.name for item in items(texts, language) if item.group}
        for words in vocabulary(language):
            assert {value_name(words, contour) for contour in Contour} & said

    def test_have_names_of_their_own_that_a_file_can_have(
        self, texts: Texts, language: Language
    ) -> None:
        found = items(texts, language)
        assert len({item.name.casefold() for item in found}) == len(found)
        assert {item.name: item.words for item in found}.items() <= file_words(
            texts, language
        ).items()
        for item in found:
            assert unicodedata.is_normalized("NFC", item.name)
            assert " " not in item.name
            assert "/" not in item.name
            assert len(item.name.encode()) < 200
            assert not any(letter.isdigit() for letter in item.words), item

    def test_of_names_have_a_second_take(self, texts: Texts, language: Language) -> None:
        takes = {item.take_of for item in items(texts, language)} - {""}
        assert {"service.mms", "tariff.duet", "package.s", "invoice.service.internet"} <= takes
        assert "tariff.duet.about" not in takes
        families = ("service.", "tariff.", "package.", "invoice.service.", "account.bill.")
        assert all(key.startswith(families) for key in takes)

    def test_are_an_afternoon(self, texts: Texts, language: Language) -> None:
        assert 600 < len(items(texts, language)) < 1000


VALUES: list[tuple[str, Value]] = [
    *(("money", Money(tenge)) for tenge in (-305, 0, 5, 100, 4_530, 1_234_567, 99_999_999)),
    *(("money-from", Money(tenge)) for tenge in (1_000, 2_100, 500_000)),
    *(("money-to", Money(tenge)) for tenge in (1_000, 2_100, 500_000)),
    *((kind, date(2026, 11, 22)) for kind in ("date", "monthday", "monthday-from")),
    *((kind, date(2024, 2, 29)) for kind in ("date", "monthday", "monthday-from", "monthday-to")),
    *((kind, time(9, 5)) for kind in ("clock", "clock-from", "clock-to")),
    *((kind, time(0, 0)) for kind in ("clock", "clock-from", "clock-to")),
    *((kind, time(23, 59)) for kind in ("clock", "clock-from", "clock-to")),
    ("key", 3),
    ("phone", "99366300890"),
    ("phone", "12345"),
    ("code", "00990102"),
    *(("megabytes", size) for size in (0, 200, 1_024, 1_536, 2_200, 51_300)),
    *(("number", number) for number in (0, 17, 1_021, 999_999, 2_345_678)),
    *(("seconds", count) for count in (1, 2, 5, 21, 22)),
    *(("days", count) for count in (1, 31, 366)),
    *(("messages", count) for count in (1, 2, 500, 1_021)),
]


@EACH
@pytest.mark.parametrize(("kind", "value"), VALUES, ids=str)
def test_pieces_of_a_kind_are_all_of_any_value(language: Language, kind: str, value: Value) -> None:
    known = pieces(language, kind)
    *before, last = (
        each for each in compose(spoken(language, kind, value), vocabulary(language)) if each != ","
    )
    assert set(before) <= known.inner
    assert last in known.last


@EACH
@pytest.mark.parametrize("kind", ["text", "plain"])
def test_words_have_no_pieces(language: Language, kind: str) -> None:
    assert pieces(language, kind).inner == pieces(language, kind).last == frozenset()


@EACH
def test_groups_have_the_vocabulary_once_in_order(language: Language) -> None:
    found = grouped(language)
    assert set(found) == vocabulary(language)
    numbers = [words for words, group in found.items() if group == "numbers"]
    assert len(numbers) == 100
    assert list(found)[:100] == numbers


@pytest.mark.parametrize(
    ("words", "contour", "name"),
    [
        ("kyrk bäş", "mid", "value.kyrk-bäş.mid"),
        ("kyrk ba\u0308s\u0327", "end", "value.kyrk-bäş.end"),
        ("forty-five", Contour.END, "value.forty-five.end"),
        ("SMS", Contour.MID, "value.SMS.mid"),
        ("SMS-сообщений", Contour.MID, "value.SMS-сообщений.mid"),
    ],
)
def test_a_piece_of_values_is_named_by_its_words(words: str, contour: str, name: str) -> None:
    assert value_name(words, contour) == name


def test_a_second_take_is_named_after_the_first() -> None:
    assert mid_name("service.mms") == "service.mms.mid"


@pytest.mark.parametrize(
    ("text", "contours"),
    [
        ("The balance is {a:money}.", "mid end end"),
        ("{a:money}", "end"),
        ("{a:money}: {b:money}.", "mid mid end end"),
        ("From {a:clock-from} to {b:clock-to}.", "mid mid mid end end"),
        ("Done. {a:text} is on!", "end mid end"),
        ("To hear it again,", "mid"),
        ("Goodbye.", "end"),
        ("{a:megabytes}, {b:money},", "mid mid mid mid"),
    ],
)
def test_the_contour_is_that_of_the_place(text: str, contours: str) -> None:
    parts = split(text)
    assert [str(contour_at(parts, index)) for index in range(len(parts))] == contours.split()


def test_a_value_needs_the_contours_of_its_places() -> None:
    words = {
        language: {"a": "It is {n:number} now.", "b": "It is {s:seconds}."} for language in Language
    }
    found = wanted(Texts(words, {language: {} for language in Language}), EN)
    assert found["seven"] == {Contour.MID}
    assert found["seconds"] == {Contour.END}


@EACH
def test_no_value_of_the_texts_is_left_out(texts: Texts, language: Language) -> None:
    kinds = {
        part.kind
        for key, parts in texts.parts[language].items()
        if not key.startswith(WRITTEN)
        for part in parts
        if isinstance(part, Slot)
    }
    found = wanted(texts, language)
    for kind in kinds - {"text", "plain"}:
        assert pieces(language, kind).last, kind
        assert set(pieces(language, kind).last) <= set(found)
