"""Every kind of value in every language with awkward numbers, against words written by hand."""

from __future__ import annotations

from datetime import date, time

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.speech.forms import COUNTED, KINDS, spoken
from ivr.speech.vocabulary import compose, vocabulary
from tests.speech.number_words import (
    DAYS,
    FEMININE_GENITIVES,
    HOURS,
    MINUTES,
    MONTHS,
    NOUNS,
    NUMBERS,
    PHONES,
    YEARS,
    rows,
)
from tests.table import each

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
WORDS = {int(row[0]): row for row in rows(NUMBERS)}
NOUN = {row[0]: row for row in rows(NOUNS)}
ENDS = ("", "-from", "-to")
FORMS = {"one": 3, "few": 4, "many": 5}


def said(language: Language, kind: str, value: Value) -> str:
    """A value in words, of which each piece is rendered before it is needed."""
    words = spoken(language, kind, value)
    pieces = vocabulary(language)
    assert [each for each in compose(words, pieces) if each not in pieces | {","}] == []
    return words


def counted(number: int, kind: str) -> list[str]:
    """A number with its noun in each language, from the tables."""
    word, noun = WORDS[number], NOUN[kind]
    russian = f"{word[1 + int(noun[2])]} {noun[FORMS[word[5]]]}"
    english = f"{word[7]} {noun[8 if number == 1 else 9]}"
    return [f"{word[1]} {noun[1]}", russian, english]


def genitive(number: int, kind: str) -> str:
    """A number with its noun in the Russian genitive, from the tables."""
    word, noun = WORDS[number], NOUN[kind]
    words = word[6]
    if noun[2] == "2":
        words = FEMININE_GENITIVES.get(number, words)
    return f"{words} {noun[6 if word[5] == 'one' else 7]}"


def manat(number: int) -> list[str]:
    """An amount without tenge: in Russian a thousand is not counted ("тысяча манатов")."""
    turkmen, russian, english = counted(number, "manat")
    is_one_thousand = 1000 <= number < 2000
    return [turkmen, russian.removeprefix("одна ") if is_one_thousand else russian, english]


def test_every_kind_is_in_a_table() -> None:
    tested = {*COUNTED, "number", "phone", "code", "date"}
    tested |= {f"{kind}{end}" for kind in ("money", "clock", "monthday") for end in ENDS}
    in_test_cases = {"key", "megabytes"}
    assert set(KINDS) - tested - in_test_cases == {"text", "plain"}
    assert set(NOUN) == COUNTED | {"manat", "tenge"}


class TestNumbers:
    @each("number", WORDS)
    def test_alone(self, number: int) -> None:
        word = WORDS[number]
        assert [said(language, "number", number) for language in Language] == [
            word[1],
            word[2],
            word[7],
        ]
        minus = {TK: "minus", RU: "минус", EN: "minus"}
        for language, words in zip(Language, (word[1], word[2], word[7]), strict=True):
            if number:
                assert said(language, "number", -number) == f"{minus[language]} {words}"

    @each("number", WORDS)
    @each("kind", sorted(COUNTED))
    def test_with_a_noun(self, number: int, kind: str) -> None:
        assert [said(language, kind, number) for language in Language] == counted(number, kind)

    @each("number", WORDS)
    def test_as_manat(self, number: int) -> None:
        turkmen, russian, english = manat(number)
        amount = Money(number * 100)
        assert [said(each, "money", amount) for each in Language] == [turkmen, russian, english]
        assert said(TK, "money-from", amount) == turkmen.replace("manat", "manatdan")
        assert said(TK, "money-to", amount) == turkmen.replace("manat", "manada")
        assert {said(RU, f"money{end}", amount) for end in ENDS[1:]} == {genitive(number, "manat")}
        assert {said(EN, f"money{end}", amount) for end in ENDS} == {english}


@each("whole", [0, 1, 2, 5, 1000])
@each("number", [number for number in WORDS if 0 < number < 100])
def test_manat_and_tenge(number: int, whole: int) -> None:
    amount = Money(whole * 100 + number)
    tenge = counted(number, "tenge")
    turkmen, russian, english = (
        f"{one} {other}".strip()
        for one, other in zip(manat(whole) if whole else ("", "", ""), tenge, strict=True)
    )
    assert [said(each, "money", amount) for each in Language] == [turkmen, russian, english]
    assert said(RU, "money", Money(-amount.tenge)) == f"минус {russian}"
    assert said(TK, "money-from", amount) == turkmen.replace("teňňe", "teňňeden")
    assert said(TK, "money-to", amount) == turkmen.replace("teňňe", "teňňä")
    governed = [genitive(whole, "manat")] if whole else []
    governed.append(genitive(number, "tenge"))
    assert {said(RU, f"money{end}", amount) for end in ENDS[1:]} == {" ".join(governed)}
    assert {said(EN, f"money{end}", amount) for end in ENDS} == {english}


@each("row", rows(MONTHS))
@each("day", rows(DAYS))
def test_days_of_every_month(day: list[str], row: list[str]) -> None:
    number, turkmen, russian, russian_genitive, english = day
    month, bare, of_year, from_it, to_it, russian_month, english_month = row
    try:
        when = date(2024, int(month), int(number))
    except ValueError:
        assert (number, bare) in SHORT, "no other day is missing"
        return
    assert [said(TK, f"monthday{end}", when) for end in ENDS] == [
        f"{turkmen} {bare}",
        f"{turkmen} {from_it}",
        f"{turkmen} {to_it}",
    ]
    assert [said(RU, f"monthday{end}", when) for end in ENDS] == [
        f"{russian} {russian_month}",
        f"{russian_genitive} {russian_month}",
        f"{russian_genitive} {russian_month}",
    ]
    assert {said(EN, f"monthday{end}", when) for end in ENDS} == {
        f"the {english} of {english_month}"
    }
    for year, turkmen_year, russian_year, english_year in rows(YEARS):
        if year == "2024" or number == "1":
            of = when.replace(year=int(year))
            assert [said(each, "date", of) for each in Language] == [
                f"{turkmen_year} ýylyň {turkmen} {of_year}",
                f"{russian} {russian_month} {russian_year} года",
                f"the {english} of {english_month} {english_year}",
            ]


SHORT = {
    ("30", "fewral"),
    *(("31", each) for each in ("fewral", "aprel", "iýun", "sentýabr", "noýabr")),
}


@each("row", rows(HOURS))
def test_every_hour_with_every_minute(row: list[str]) -> None:
    hour, turkmen, _, _, english = row
    english_hour, half = english.split()
    for minute, alone, from_it, to_it, english_minute in rows(MINUTES):
        when = time(int(hour), int(minute))
        assert [said(TK, f"clock{end}", when) for end in ENDS] == [
            f"sagat {turkmen} {words}" for words in (alone, from_it, to_it)
        ]
        russian = [
            counted(int(each), kind)[1] for each, kind in ((hour, "hours"), (minute, "minutes"))
        ]
        assert said(RU, "clock", when) == " ".join(russian)
        governed = f"{genitive(int(hour), 'hours')} {genitive(int(minute), 'minutes')}"
        assert {said(RU, f"clock{end}", when) for end in ENDS[1:]} == {governed}
        spoken_english = f"{english_hour} {english_minute} {half}"
        assert {said(EN, f"clock{end}", when) for end in ENDS} == {spoken_english}


@each("row", rows(HOURS))
def test_every_full_hour(row: list[str]) -> None:
    hour, alone, from_it, to_it, english = row
    when = time(int(hour))
    words = [f"sagat {words}" for words in (alone, from_it, to_it)]
    assert [said(TK, f"clock{end}", when) for end in ENDS] == words
    governed = genitive(int(hour), "hours")
    russian = [counted(int(hour), "hours")[1], governed, governed]
    assert [said(RU, f"clock{end}", when) for end in ENDS] == russian
    english = {"0": "midnight", "12": "noon"}.get(hour, english)
    assert {said(EN, f"clock{end}", when) for end in ENDS} == {english}


@each("row", rows(PHONES))
def test_numbers_in_pairs(row: list[str]) -> None:
    assert [said(each, "phone", row[0]) for each in Language] == row[1:]
    code = row[0].removeprefix("993")
    assert [said(each, "code", code) for each in Language] == row[1:]
