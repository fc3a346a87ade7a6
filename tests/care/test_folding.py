"""Letters on keys, words as they are compared, passports in every written form."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.folding import REGIONS, fold_word, passport_keys, word_keys


class TestWords:
    @pytest.mark.parametrize(
        ("written", "folded"),
        [
            ("Merjenim", "merjenim"),
            ("MERJEN IM", "merjenim"),
            ("Göwher-Aý", "gowheray"),
            ("çäž şüň ö ý", "cazsunoy"),
            ("жемчуг", "жемчуг"),
            ("Жемчуг", "жемчуг"),
            ("сом", "com"),  # every letter is a look-alike: Latin
            ("MMС", "mmc"),  # the last letter is Cyrillic
            ("жемчyг", "жемчуг"),  # one letter is Latin
            ("aýna 2001", "ayna2001"),
        ],
    )
    def test_is_compared_in_one_form(self, written: str, folded: str) -> None:
        assert fold_word(written) == folded

    def test_of_one_and_of_two_code_points_are_the_same(self) -> None:
        assert fold_word(unicodedata.normalize("NFD", "göwheräý")) == fold_word("göwheräý")

    @pytest.mark.parametrize(
        ("written", "latin", "cyrillic"),
        [
            ("merjenim", "63753646", None),
            ("жемчуг", None, "335762"),
            ("сом", "266", "655"),  # the letters are of both scripts
            ("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999", None),
            ("äçžňöşüý", "22966789", None),
            ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", None, "222233333444455556666777788889999"),
            ("ay2", "292", None),
            ("!!!", None, None),
            ("", None, None),
        ],
    )
    def test_is_keyed_in_each_script_that_has_its_letters(
        self, written: str, latin: str | None, cyrillic: str | None
    ) -> None:
        keys = word_keys(written)
        assert keys[0] == latin
        assert keys[1] == cyrillic

    @given(st.text(max_size=40))
    def test_any_text_folds_to_letters_and_digits_and_stays_so(self, text: str) -> None:
        folded = fold_word(text)
        assert all(letter.isalnum() for letter in folded)
        assert fold_word(folded) == folded

    @given(st.text(max_size=40))
    def test_keys_of_any_text_are_digits_of_the_keypad(self, text: str) -> None:
        for keys in word_keys(text):
            assert keys is None or (keys and set(keys) <= set("0123456789"))


class TestPassports:
    @pytest.mark.parametrize(
        "written",
        [
            "II-MR 123456",
            "II-MR № 123456",
            "ii-mr 123456",
            "II MR 123456",
            "IIMR123456",
            "ll-MR 123456",
            "11-MR 123456",
            "II-МР 123456",  # Cyrillic М and Р
            "ІІ–MR 123456",  # Ukrainian І, a dash
            "II-MR N123456",
            " II-MR/123456 ",
            "Ⅱ-MR 123456",  # one sign of Unicode
            "2-MR 123456",
            "||-MR 123456",
            "П-МР 123456",  # a Cyrillic П is drawn like II
            "II-MR No. 123456",
            "II-MR N° 123456",
            "II-MR Nº123456",
            "II-MR #123456",
            "“II-MR 123456”",
            "II−MR 123 456",
            "II-MR １２３４５６",
            "II\u200b-MR\u00a0123456",
        ],
    )
    def test_any_written_form_has_the_same_keys(self, written: str) -> None:
        assert passport_keys(written) == "26123456"

    @pytest.mark.parametrize(("key", "region"), list(enumerate(REGIONS, 1)))
    @pytest.mark.parametrize(("count", "series"), list(enumerate(("I", "II", "III"), 1)))
    def test_series_and_region_are_one_key_each(
        self, series: str, count: int, region: str, key: int
    ) -> None:
        assert passport_keys(f"{series}-{region} 000123") == f"{count}{key}000123"

    @pytest.mark.parametrize(
        ("written", "keys"),
        [
            *(("I-АШ 123456", "11123456"), ("I-АХ 123456", "12123456")),
            *(("I-БН 123456", "13123456"), ("I-ДЗ 123456", "14123456")),
            *(("I-ЛБ 123456", "15123456"), ("Ш-МР 123456", "36123456")),
            ("I-A\u0219 123456", "11123456"),  # the letter of another language
            ("I-As\u0327 123456", "11123456"),
        ],
    )
    def test_a_region_may_be_in_the_letters_of_another_keyboard(
        self, written: str, keys: str
    ) -> None:
        assert passport_keys(written) == keys

    def test_a_plain_s_stands_for_the_one_with_a_cedilla(self) -> None:
        assert passport_keys("I-AS 654321") == passport_keys("I-AŞ 654321") == "11654321"

    @pytest.mark.parametrize(
        "written",
        [
            "",
            "II-MR",
            "II-MR 12345",
            "II-MR 1234567",
            "IIII-MR 123456",
            "II-XX 123456",
            "123456",
            "4-MR 123456",
        ],
    )
    def test_anything_else_is_no_passport(self, written: str) -> None:
        assert passport_keys(written) is None

    @given(st.text(max_size=30))
    def test_any_text_is_eight_keys_or_none(self, text: str) -> None:
        keys = passport_keys(text)
        assert keys is None or (len(keys) == 8 and keys.isascii() and keys.isdecimal())
