"""Numbers in their cases and forms; the words are written by hand, from each language's rules."""

from __future__ import annotations

# The tables are as wide as their words.
# ruff: noqa: E501
from datetime import date, time

import pytest

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.speech.forms import spoken
from ivr.speech.vocabulary import compose, vocabulary

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH

HOURS = """
0  | nol         | noldan          | nola           | ноль часов          | ноля часов              | midnight
1  | bir         | birden          | bire           | один час            | одного часа             | one AM
2  | iki         | ikiden          | ikä            | два часа            | двух часов              | two AM
3  | üç          | üçden           | üçe            | три часа            | трёх часов              | three AM
4  | dört        | dörtden         | dörde          | четыре часа         | четырёх часов           | four AM
5  | bäş         | bäşden          | bäşe           | пять часов          | пяти часов              | five AM
6  | alty        | altydan         | alta           | шесть часов         | шести часов             | six AM
7  | ýedi        | ýediden         | ýedä           | семь часов          | семи часов              | seven AM
8  | sekiz       | sekizden        | sekize         | восемь часов        | восьми часов            | eight AM
9  | dokuz       | dokuzdan        | dokuza         | девять часов        | девяти часов            | nine AM
10 | on          | ondan           | ona            | десять часов        | десяти часов            | ten AM
11 | on bir      | on birden       | on bire        | одиннадцать часов   | одиннадцати часов       | eleven AM
12 | on iki      | on ikiden       | on ikä         | двенадцать часов    | двенадцати часов        | noon
13 | on üç       | on üçden        | on üçe         | тринадцать часов    | тринадцати часов        | one PM
14 | on dört     | on dörtden      | on dörde       | четырнадцать часов  | четырнадцати часов      | two PM
15 | on bäş      | on bäşden       | on bäşe        | пятнадцать часов    | пятнадцати часов        | three PM
16 | on alty     | on altydan      | on alta        | шестнадцать часов   | шестнадцати часов       | four PM
17 | on ýedi     | on ýediden      | on ýedä        | семнадцать часов    | семнадцати часов        | five PM
18 | on sekiz    | on sekizden     | on sekize      | восемнадцать часов  | восемнадцати часов      | six PM
19 | on dokuz    | on dokuzdan     | on dokuza      | девятнадцать часов  | девятнадцати часов      | seven PM
20 | ýigrimi     | ýigrimiden      | ýigrimä        | двадцать часов      | двадцати часов          | eight PM
21 | ýigrimi bir | ýigrimi birden  | ýigrimi bire   | двадцать один час   | двадцати одного часа    | nine PM
22 | ýigrimi iki | ýigrimi ikiden  | ýigrimi ikä    | двадцать два часа   | двадцати двух часов     | ten PM
23 | ýigrimi üç  | ýigrimi üçden   | ýigrimi üçe    | двадцать три часа   | двадцати трёх часов     | eleven PM
"""
MINUTES = """
09:01 | sagat dokuz nol bir     | девять часов одна минута          | nine oh one AM
09:05 | sagat dokuz nol bäş     | девять часов пять минут           | nine oh five AM
08:30 | sagat sekiz otuz        | восемь часов тридцать минут       | eight thirty AM
12:30 | sagat on iki otuz       | двенадцать часов тридцать минут   | twelve thirty PM
00:15 | sagat nol on bäş        | ноль часов пятнадцать минут       | twelve fifteen AM
21:42 | sagat ýigrimi bir kyrk iki | двадцать один час сорок две минуты | nine forty-two PM
"""
MONTHS = """
1  | birinji ýanwar      | birinji ýanwardan      | birinji ýanwara      | первое января       | первого января       | first of January
2  | ikinji fewral       | ikinji fewraldan       | ikinji fewrala       | второе февраля      | второго февраля      | second of February
3  | üçünji mart         | üçünji martdan         | üçünji marta         | третье марта        | третьего марта       | third of March
4  | dördünji aprel      | dördünji aprelden      | dördünji aprele      | четвёртое апреля    | четвёртого апреля    | fourth of April
5  | bäşinji maý         | bäşinji maýdan         | bäşinji maýa         | пятое мая           | пятого мая           | fifth of May
6  | altynjy iýun        | altynjy iýundan        | altynjy iýuna        | шестое июня         | шестого июня         | sixth of June
7  | ýedinji iýul        | ýedinji iýuldan        | ýedinji iýula        | седьмое июля        | седьмого июля        | seventh of July
8  | sekizinji awgust    | sekizinji awgustdan    | sekizinji awgusta    | восьмое августа     | восьмого августа     | eighth of August
9  | dokuzynjy sentýabr  | dokuzynjy sentýabrdan  | dokuzynjy sentýabra  | девятое сентября    | девятого сентября    | ninth of September
10 | onunjy oktýabr      | onunjy oktýabrdan      | onunjy oktýabra      | десятое октября     | десятого октября     | tenth of October
11 | on birinji noýabr   | on birinji noýabrdan   | on birinji noýabra   | одиннадцатое ноября | одиннадцатого ноября | eleventh of November
12 | on ikinji dekabr    | on ikinji dekabrdan    | on ikinji dekabra    | двенадцатое декабря | двенадцатого декабря | twelfth of December
"""
DAYS = """
21 | ýigrimi birinji  | двадцать первое    | двадцать первого    | twenty-first
22 | ýigrimi ikinji   | двадцать второе    | двадцать второго    | twenty-second
23 | ýigrimi üçünji   | двадцать третье    | двадцать третьего   | twenty-third
24 | ýigrimi dördünji | двадцать четвёртое | двадцать четвёртого | twenty-fourth
30 | otuzynjy         | тридцатое          | тридцатого          | thirtieth
31 | otuz birinji     | тридцать первое    | тридцать первого    | thirty-first
"""
MONEY = """
100     | bir manatdan             | bir manada               | одного маната
200     | iki manatdan             | iki manada               | двух манатов
500     | bäş manatdan             | bäş manada               | пяти манатов
1100    | on bir manatdan          | on bir manada            | одиннадцати манатов
2100    | ýigrimi bir manatdan     | ýigrimi bir manada       | двадцати одного маната
4000    | kyrk manatdan            | kyrk manada              | сорока манатов
9000    | togsan manatdan          | togsan manada            | девяноста манатов
10000   | ýüz manatdan             | ýüz manada               | ста манатов
20000   | iki ýüz manatdan         | iki ýüz manada           | двухсот манатов
100000  | bir müň manatdan         | bir müň manada           | одной тысячи манатов
500000  | bäş müň manatdan         | bäş müň manada           | пяти тысяч манатов
5       | bäş teňňeden             | bäş teňňä                | пяти тенге
530     | bäş manat otuz teňňeden  | bäş manat otuz teňňä     | пяти манатов тридцати тенге
"""
THOUSANDS = [
    (100_000, "тысяча манатов"),
    (100_100, "тысяча один манат"),
    (-100_000, "минус тысяча манатов"),
    (2_100_000, "двадцать одна тысяча манатов"),
    (200_000, "две тысячи манатов"),
]
VOLUMES = """
0     | nol megabaýt              | ноль мегабайт                      | zero megabytes
1     | bir megabaýt              | один мегабайт                      | one megabyte
2     | iki megabaýt              | два мегабайта                      | two megabytes
200   | iki ýüz megabaýt          | двести мегабайт                    | two hundred megabytes
1024  | bir gigabaýt              | один гигабайт                      | one gigabyte
1100  | bir gigabaýt              | один гигабайт                      | one gigabyte
1126  | bir gigabaýt              | один гигабайт                      | one gigabyte
1127  | bir bitin ondan bir gigabaýt | одна целая одна десятая гигабайта | one point one gigabytes
1536  | bir ýarym gigabaýt        | полтора гигабайта                  | one and a half gigabytes
2560  | iki ýarym gigabaýt        | два с половиной гигабайта          | two and a half gigabytes
5632  | bäş ýarym gigabaýt        | пять с половиной гигабайт          | five and a half gigabytes
11776 | on bir ýarym gigabaýt     | одиннадцать с половиной гигабайт   | eleven and a half gigabytes
22016 | ýigrimi bir ýarym gigabaýt | двадцать один с половиной гигабайт | twenty-one and a half gigabytes
2355  | iki bitin ondan iki gigabaýt | две целых две десятых гигабайта | two point two gigabytes
5120  | bäş gigabaýt              | пять гигабайт                      | five gigabytes
12288 | on iki gigabaýt           | двенадцать гигабайт                | twelve gigabytes
"""
MESSAGES = [
    (1, "одно SMS-сообщение"),
    (2, "два SMS-сообщения"),
    (5, "пять SMS-сообщений"),
    (11, "одиннадцать SMS-сообщений"),
    (21, "двадцать одно SMS-сообщение"),
    (100, "сто SMS-сообщений"),
]
KEYS = ("nola", "bire", "ikä", "üçe", "dörde", "bäşe", "alta", "ýedä", "sekize", "dokuza")


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]


def said(language: Language, kind: str, value: Value) -> str:
    """A value in words, of which each piece is rendered before it is needed."""
    words = spoken(language, kind, value)
    pieces = vocabulary(language)
    assert [each for each in compose(words, pieces) if each not in pieces | {","}] == []
    return words


@pytest.mark.parametrize("row", rows(HOURS), ids=lambda row: row[0])
def test_hours(row: list[str]) -> None:
    when = time(int(row[0]))
    turkmen = [said(TK, kind, when) for kind in ("clock", "clock-from", "clock-to")]
    assert turkmen == [f"sagat {words}" for words in row[1:4]]
    assert [said(RU, kind, when) for kind in ("clock", "clock-from")] == row[4:6]
    assert said(RU, "clock-to", when) == row[5]
    assert {said(EN, kind, when) for kind in ("clock", "clock-from", "clock-to")} == {row[6]}


@pytest.mark.parametrize("row", rows(MINUTES), ids=lambda row: row[0])
def test_hours_and_minutes(row: list[str]) -> None:
    when = time.fromisoformat(row[0])
    assert [said(language, "clock", when) for language in (TK, RU, EN)] == row[1:]


def test_minutes_have_the_ending_too() -> None:
    assert said(TK, "clock-from", time(8, 30)) == "sagat sekiz otuzdan"
    assert said(TK, "clock-to", time(18, 5)) == "sagat on sekiz nol bäşe"
    assert said(RU, "clock-from", time(8, 30)) == "восьми часов тридцати минут"
    assert said(RU, "clock-to", time(21, 21)) == "двадцати одного часа двадцати одной минуты"


@pytest.mark.parametrize("row", rows(MONTHS), ids=lambda row: row[0])
def test_months(row: list[str]) -> None:
    when = date(2026, int(row[0]), int(row[0]))
    assert [said(TK, f"monthday{end}", when) for end in ("", "-from", "-to")] == row[1:4]
    assert [said(RU, f"monthday{end}", when) for end in ("", "-from", "-to")] == [
        *row[4:6],
        row[5],
    ]
    assert {said(EN, f"monthday{end}", when) for end in ("", "-from", "-to")} == {f"the {row[6]}"}


@pytest.mark.parametrize("row", rows(DAYS), ids=lambda row: row[0])
def test_days_of_a_month(row: list[str]) -> None:
    when = date(2026, 12, int(row[0]))
    assert said(TK, "monthday", when) == f"{row[1]} dekabr"
    assert said(TK, "monthday-from", when) == f"{row[1]} dekabrdan"
    assert said(RU, "monthday", when) == f"{row[2]} декабря"
    assert said(RU, "monthday-from", when) == f"{row[3]} декабря"
    assert said(EN, "monthday", when) == f"the {row[4]} of December"


@pytest.mark.parametrize("row", rows(MONEY), ids=lambda row: row[0])
def test_money(row: list[str]) -> None:
    amount = Money(int(row[0]))
    assert [said(TK, kind, amount) for kind in ("money-from", "money-to")] == row[1:3]
    assert {said(RU, kind, amount) for kind in ("money-from", "money-to")} == {row[3]}
    assert said(EN, "money-from", amount) == said(EN, "money", amount)


@pytest.mark.parametrize(("tenge", "words"), THOUSANDS)
def test_a_thousand_is_not_counted_in_russian(tenge: int, words: str) -> None:
    assert said(RU, "money", Money(tenge)) == words


@pytest.mark.parametrize("row", rows(VOLUMES), ids=lambda row: row[0])
def test_volumes(row: list[str]) -> None:
    megabytes = int(row[0])
    assert [said(language, "megabytes", megabytes) for language in (TK, RU, EN)] == row[1:]


@pytest.mark.parametrize(("number", "words"), MESSAGES)
def test_messages(number: int, words: str) -> None:
    assert said(RU, "messages", number) == words
    assert said(TK, "messages", number).endswith(" SMS")
    assert said(EN, "messages", number).endswith(" SMS")


def test_keys() -> None:
    assert tuple(said(TK, "key", key) for key in range(10)) == KEYS
    assert [said(RU, "key", 2), said(EN, "key", 3)] == ["два", "three"]


def test_dates_and_years_keep_their_yo() -> None:
    assert said(RU, "date", date(2024, 3, 24)) == (
        "двадцать четвёртое марта две тысячи двадцать четвёртого года"
    )
