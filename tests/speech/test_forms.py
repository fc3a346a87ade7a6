"""Money, dates, phone numbers and counted things in words, in each language."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.speech.forms import COUNTED, spoken
from ivr.speech.vocabulary import compose, vocabulary

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH


class TestMoney:
    @pytest.mark.parametrize(
        ("tenge", "turkmen", "russian", "english"),
        [
            (0, "nol manat", "ноль манатов", "zero manat"),
            (100, "bir manat", "один манат", "one manat"),
            (200, "iki manat", "два маната", "two manat"),
            (500, "bäş manat", "пять манатов", "five manat"),
            (1100, "on bir manat", "одиннадцать манатов", "eleven manat"),
            (2100, "ýigrimi bir manat", "двадцать один манат", "twenty-one manat"),
            (530, "bäş manat otuz teňňe", "пять манатов тридцать тенге", "five manat thirty tenge"),
            (1, "bir teňňe", "один тенге", "one tenge"),
            (
                -305,
                "minus üç manat bäş teňňe",
                "минус три маната пять тенге",
                "minus three manat five tenge",
            ),
            (-20, "minus ýigrimi teňňe", "минус двадцать тенге", "minus twenty tenge"),
        ],
    )
    def test_is_said_in_manat_and_tenge(
        self, tenge: int, turkmen: str, russian: str, english: str
    ) -> None:
        said = [spoken(language, "money", Money(tenge)) for language in (TK, RU, EN)]
        assert said == [turkmen, russian, english]


class TestDates:
    @pytest.mark.parametrize(
        ("when", "turkmen", "russian", "english"),
        [
            (
                date(2026, 11, 22),
                "iki müň ýigrimi altynjy ýylyň ýigrimi ikinji noýabry",
                "двадцать второе ноября две тысячи двадцать шестого года",
                "the twenty-second of November two thousand twenty-six",
            ),
            (
                date(2030, 1, 1),
                "iki müň otuzynjy ýylyň birinji ýanwary",
                "первое января две тысячи тридцатого года",
                "the first of January two thousand thirty",
            ),
        ],
    )
    def test_is_said_as_people_say_it(
        self, when: date, turkmen: str, russian: str, english: str
    ) -> None:
        assert [spoken(language, "date", when) for language in (TK, RU, EN)] == [
            turkmen,
            russian,
            english,
        ]

    def test_every_month_has_its_name(self) -> None:
        said = {spoken(TK, "date", date(2026, month, 1)).split()[-1] for month in range(1, 13)}
        assert said == {
            "ýanwary",
            "fewraly",
            "marty",
            "apreli",
            "maýy",
            "iýuny",
            "iýuly",
            "awgusty",
            "sentýabry",
            "oktýabry",
            "noýabry",
            "dekabry",
        }


class TestPhoneNumbers:
    @pytest.mark.parametrize(
        ("number", "words"),
        [
            ("99366300890", "altmyş alty, otuz, nol sekiz, togsan"),
            ("66300890", "altmyş alty, otuz, nol sekiz, togsan"),
            ("99365000001", "altmyş bäş, nol nol, nol nol, nol bir"),
            ("0890", "nol sekiz, togsan"),
            ("123", "bir, ýigrimi üç"),
        ],
    )
    def test_are_said_in_pairs(self, number: str, words: str) -> None:
        assert spoken(TK, "phone", number) == words

    def test_a_code_is_said_in_pairs_with_its_zeros(self) -> None:
        assert spoken(EN, "code", "07104800") == "zero seven, ten, forty-eight, zero zero"

    @pytest.mark.parametrize("number", ["", "66 30", "٦٦", "+993", "abc"])
    def test_only_digits_are_a_number(self, number: str) -> None:
        with pytest.raises(ValueError, match="digits"):
            spoken(TK, "phone", number)


class TestCounts:
    @pytest.mark.parametrize(
        ("kind", "number", "turkmen", "russian", "english"),
        [
            ("days", 1, "bir gün", "один день", "one day"),
            ("days", 22, "ýigrimi iki gün", "двадцать два дня", "twenty-two days"),
            ("days", 30, "otuz gün", "тридцать дней", "thirty days"),
            ("minutes", 2, "iki minut", "две минуты", "two minutes"),
            ("minutes", 11, "on bir minut", "одиннадцать минут", "eleven minutes"),
            ("megabytes", 1, "bir megabaýt", "один мегабайт", "one megabyte"),
            ("percent", 5, "bäş göterim", "пять процентов", "five percent"),
            ("pieces", 1, "bir sany", "одна штука", "one piece"),
        ],
    )
    def test_nouns_agree_as_the_language_wants(
        self, kind: str, number: int, turkmen: str, russian: str, english: str
    ) -> None:
        assert [spoken(language, kind, number) for language in (TK, RU, EN)] == [
            turkmen,
            russian,
            english,
        ]

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("money", 5),
            ("date", "2026"),
            ("phone", 66),
            ("days", "5"),
            ("length", 5),
            ("number", "5"),
        ],
    )
    def test_a_value_of_another_kind_is_refused(self, kind: str, value: Value) -> None:
        with pytest.raises(ValueError, match="cannot be said"):
            spoken(TK, kind, value)


VALUES: st.SearchStrategy[tuple[str, Value]] = st.one_of(
    st.tuples(st.just("money"), st.integers(-(10**9), 10**9).map(Money)),
    st.tuples(st.just("date"), st.dates()),
    st.tuples(st.sampled_from(["phone", "code"]), st.from_regex(r"[0-9]{1,12}", fullmatch=True)),
    st.tuples(st.just("number"), st.integers(-(10**9), 10**9)),
    st.tuples(st.sampled_from(sorted(COUNTED)), st.integers(0, 10**6)),
)


class TestVocabulary:
    @given(st.sampled_from(Language), VALUES)
    def test_every_value_is_put_together_from_sounds_made_beforehand(
        self, language: Language, value: tuple[str, Value]
    ) -> None:
        words = spoken(language, *value)
        pieces = compose(words, vocabulary(language))
        assert " ".join(pieces).replace(" ,", ",") == words
        assert set(pieces) <= vocabulary(language) | {","}
