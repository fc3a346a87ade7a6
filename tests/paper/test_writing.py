"""Sums in words, in each language."""

from __future__ import annotations

from datetime import date

import pytest

from ivr.domain.values import Language, Money, Msisdn
from ivr.paper.writing import day, in_words, phone, quoted, written


class TestWriting:
    @pytest.mark.parametrize(
        ("tenge", "turkmen", "english"),
        [
            (5, "0,05", "0.05"),
            (100, "1,00", "1.00"),
            (123450, "1\u00a0234,50", "1,234.50"),
            (123456789, "1\u00a0234\u00a0567,89", "1,234,567.89"),
        ],
    )
    def test_amounts(self, tenge: int, turkmen: str, english: str) -> None:
        assert written(Language.TURKMEN, Money(tenge)) == turkmen
        assert written(Language.RUSSIAN, Money(tenge)) == turkmen
        assert written(Language.ENGLISH, Money(tenge)) == english

    def test_amounts_in_words(self) -> None:
        assert in_words(Language.TURKMEN, Money(5030)) == "Elli manat 30 teňňe"
        assert in_words(Language.RUSSIAN, Money(2100)) == "Двадцать один манат 00 тенге"
        assert in_words(Language.RUSSIAN, Money(205)) == "Два маната 05 тенге"
        assert in_words(Language.ENGLISH, Money(500000)) == "Five thousand manat 00 tenge"
        assert in_words(Language.ENGLISH, Money(5)) == "Zero manat 05 tenge"

    @pytest.mark.parametrize(
        ("given", "turkmen", "english"),
        [
            ('"Ak Bulut" HJ', "«Ak Bulut» HJ", "“Ak Bulut” HJ"),
            ("“Ak Bulut” HJ", "«Ak Bulut» HJ", "“Ak Bulut” HJ"),
            ("„Ak Bulut“ HJ", "«Ak Bulut» HJ", "“Ak Bulut” HJ"),
            ("«Ak Bulut» HJ", "«Ak Bulut» HJ", "“Ak Bulut” HJ"),
            ('HJ "Ak Bulut"', "HJ «Ak Bulut»", "HJ “Ak Bulut”"),
            ('ООО "Фирма "Ромашка""', "ООО «Фирма «Ромашка»»", "ООО “Фирма “Ромашка””"),
            ('("A") ("B")', "(«A») («B»)", "(“A”) (“B”)"),
            ('5" boru', '5" boru', '5" boru'),
            ("O'Brien", "O'Brien", "O'Brien"),
            ("", "", ""),
        ],
    )
    def test_quotes(self, given: str, turkmen: str, english: str) -> None:
        assert quoted(Language.TURKMEN, given) == turkmen
        assert quoted(Language.RUSSIAN, given) == turkmen
        assert quoted(Language.ENGLISH, given) == english

    def test_dates(self) -> None:
        when = date(2030, 1, 3)
        assert day(Language.TURKMEN, when) == "2030-njy ýylyň 3-nji ýanwary"
        assert day(Language.TURKMEN, date(2029, 6, 9)) == "2029-njy ýylyň 9-njy iýuny"
        assert day(Language.RUSSIAN, when) == "3 января 2030 г."
        assert day(Language.ENGLISH, when) == "3 January 2030"

    def test_numbers(self) -> None:
        assert phone(Msisdn("99366300890")) == "+993 66 30 08 90"
