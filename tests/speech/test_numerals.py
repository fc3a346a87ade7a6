"""Numbers in words, in each language."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.values import Language
from ivr.speech.numerals import cardinal, feminine, ordinal, russian_ordinal, russian_year

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
ONES = ["nol", "bir", "iki", "üç", "dört", "bäş", "alty", "ýedi", "sekiz", "dokuz"]
TENS = ["on", "ýigrimi", "otuz", "kyrk", "elli", "altmyş", "ýetmiş", "segsen", "togsan"]
ORDINALS = [
    "birinji",
    "ikinji",
    "üçünji",
    "dördünji",
    "bäşinji",
    "altynjy",
    "ýedinji",
    "sekizinji",
    "dokuzynjy",
    "onunjy",
    "ýigriminji",
    "otuzynjy",
    "kyrkynjy",
    "ellinji",
    "altmyşynjy",
    "ýetmişinji",
    "segseninji",
    "togsanynjy",
]


def turkmen(number: int) -> str:
    """Another way to the same words: biggest first, written apart, no "and"."""
    if number < 10:
        return ONES[number]
    for size, name in ((10**9, "milliard"), (10**6, "million"), (1000, "müň"), (100, "ýüz")):
        if number >= size:
            count, rest = divmod(number, size)
            many = [] if size in (100, 1000) and count == 1 and size == 100 else [turkmen(count)]
            return " ".join([*many, name, *([turkmen(rest)] if rest else [])])
    ten, rest = divmod(number, 10)
    return " ".join([TENS[ten - 1], *([ONES[rest]] if rest else [])])


class TestTurkmen:
    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (0, "nol"),
            (7, "ýedi"),
            (10, "on"),
            (45, "kyrk bäş"),
            (100, "ýüz"),
            (101, "ýüz bir"),
            (200, "iki ýüz"),
            (1992, "bir müň dokuz ýüz togsan iki"),
            (2026, "iki müň ýigrimi alty"),
            (100_000, "ýüz müň"),
            (1_000_000, "bir million"),
            (-5, "minus bäş"),
            (999_999_999_999, turkmen(999_999_999_999)),
        ],
    )
    def test_cardinals(self, number: int, words: str) -> None:
        assert cardinal(TK, number) == words

    @given(st.integers(0, 10**12 - 1))
    def test_any_cardinal_is_put_together_by_the_rule(self, number: int) -> None:
        assert cardinal(TK, number) == turkmen(number)

    @pytest.mark.parametrize(
        ("number", "words"),
        [
            *zip([*range(1, 11), *range(20, 100, 10)], ORDINALS, strict=True),
            (11, "on birinji"),
            (22, "ýigrimi ikinji"),
            (100, "ýüzünji"),
            (205, "iki ýüz bäşinji"),
            (1000, "bir müňünji"),
            (2026, "iki müň ýigrimi altynjy"),
        ],
    )
    def test_ordinals_end_on_the_last_word_only(self, number: int, words: str) -> None:
        assert ordinal(TK, number) == words


class TestRussian:
    @pytest.mark.parametrize(
        ("number", "words"),
        [(0, "ноль"), (2, "два"), (45, "сорок пять"), (1021, "одна тысяча двадцать один")],
    )
    def test_cardinals_are_masculine(self, number: int, words: str) -> None:
        assert cardinal(RU, number) == words

    def test_feminine_things_are_counted_so(self) -> None:
        assert [feminine(number) for number in (1, 2, 21, 5)] == [
            "одна",
            "две",
            "двадцать одна",
            "пять",
        ]

    @pytest.mark.parametrize(
        ("number", "ending", "words"),
        [
            (5, "я", "пятая"),
            (3, "й", "третий"),
            (22, "е", "двадцать второе"),
            (200, "й", "двухсотый"),
            (1900, "го", "одна тысяча девятисотого"),
        ],
    )
    def test_ordinals_have_the_ending_that_is_written(
        self, number: int, ending: str, words: str
    ) -> None:
        assert russian_ordinal(number, ending) == words

    def test_a_year_is_in_the_genitive(self) -> None:
        assert russian_year(2026) == "две тысячи двадцать шестого"


class TestEnglish:
    def test_cardinals_and_ordinals(self) -> None:
        assert cardinal(EN, 45) == "forty-five"
        assert ordinal(EN, 22) == "twenty-second"


class TestAll:
    @given(st.sampled_from(Language), st.integers(-(10**12) + 1, 10**12 - 1))
    def test_no_digit_is_left(self, language: Language, number: int) -> None:
        assert not any(letter.isdigit() for letter in cardinal(language, number))

    @pytest.mark.parametrize("language", Language)
    def test_what_is_too_large_is_refused(self, language: Language) -> None:
        with pytest.raises(ValueError, match="too large"):
            cardinal(language, 10**12)

    def test_many_threads_count_at_once(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda number: cardinal(TK, number), range(2_000))) == [
                turkmen(number) for number in range(2_000)
            ]
