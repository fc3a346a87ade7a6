"""The national numbering plan: which entries are mobile numbers, and when one is complete."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.numbering import NationalNumbering, fixed_or_mobile, not_to_dial
from ivr.domain.services import Reason

PLAN = NationalNumbering()
FORMS = ("66300890", "866300890", "99366300890", "0099366300890", "81099366300890")


class TestNumbers:
    @pytest.mark.parametrize("keyed", [*FORMS, "+99366300890", "+993 66 30-08-90"])
    def test_every_form_is_the_same_number(self, keyed: str) -> None:
        assert PLAN.parse(keyed) == "99366300890"

    @pytest.mark.parametrize(
        "written",
        [
            *("066300890", "0 66 30-08-90", "(8-66) 30-08-90", "66.30.08.90", "66/30-08-90"),
            *("+993 (66) 30-08-90", "+ 993 66 30 08 90", "+993 8 66 300890", "+993066300890"),
            *("8-993-66-300890", "8~10 993 66300890", "8 10 993 66 30 08 90", "00 993 66300890"),
            *("tel:+993-66-30-08-90", "+0099366300890", "66\u00a030\u00a008\u00a090"),
            *("６６３００８９０", "\u202a+99366300890\u202c", "+993 66\u201130\u201308\u221290"),
        ],
    )
    def test_however_people_files_and_trunks_write_it(self, written: str) -> None:
        assert PLAN.parse(written) == "99366300890"

    @pytest.mark.parametrize(
        "written",
        [
            *("+66300890", "0066300890", "+8 66300890"),  # of Thailand and China
            *("00066300890", "9930066300890", "66300890;ext=1", "sip:66300890@x", "66,300890"),
        ],
    )
    def test_what_only_looks_like_one_is_none(self, written: str) -> None:
        assert PLAN.parse(written) is None

    def test_with_the_prefix_of_other_networks_it_is_complete_and_dialled(self) -> None:
        keyed = "066300890"
        complete = [PLAN.complete(keyed[:length]) for length in range(1, len(keyed) + 1)]
        assert complete == [False] * 8 + [True]
        assert PLAN.dialled(keyed) == "99366300890"

    @pytest.mark.parametrize("first", ["61", "62", "63", "64", "65", "66", "67", "68", "71"])
    def test_each_mobile_range_is_known(self, first: str) -> None:
        assert PLAN.parse(f"{first}123456") == f"993{first}123456"

    @pytest.mark.parametrize(
        "keyed",
        [
            "",
            "6630089",  # one short
            "663008901",  # one long
            "12345678",  # a city number
            "93123456",
            "8663008901",
            "99312345678",  # a city number with its country
            "79161234567",  # another country
            "0079161234567",
            "+79161234567",
            "66*00890",
            "66300890#",
            "٦٦٣٠٠٨٩٠",  # digits of another script
            "9" * 40,
        ],
    )
    def test_anything_else_is_none(self, keyed: str) -> None:
        assert PLAN.parse(keyed) is None

    @pytest.mark.parametrize("keyed", FORMS)
    def test_is_complete_with_its_last_digit_and_not_before(self, keyed: str) -> None:
        assert [PLAN.complete(keyed[:length]) for length in range(1, len(keyed) + 1)] == [
            *([False] * (len(keyed) - 1)),
            True,
        ]

    @given(st.text(alphabet="0123456789*#+ ", max_size=20))
    def test_an_answer_is_always_a_whole_number(self, keyed: str) -> None:
        number = PLAN.parse(keyed)
        assert number is None or (number.startswith("993") and len(number) == 11)

    @given(st.integers(61_000_000, 65_999_999))
    def test_what_is_complete_is_read(self, national: int) -> None:
        assert PLAN.complete(str(national))
        assert PLAN.parse(str(national)) == f"993{national}"


class TestNotToDial:
    @pytest.mark.parametrize(
        "number", ["99365123456", "99371123456", "99312345678", "99366990123", "99369890123"]
    )
    def test_numbers_of_people_are_dialled(self, number: str) -> None:
        assert not_to_dial(number, ["6990"]) is None

    @pytest.mark.parametrize(
        ("number", "reason"),
        [
            ("99369901234", Reason.PREMIUM),
            ("9930890", Reason.LINE),
            ("99366300890", Reason.LINE),
            ("993112", Reason.PREMIUM),
            ("993", Reason.PREMIUM),
            ("99380012345", Reason.PREMIUM),
            ("74951234567", Reason.FOREIGN),
            ("112", Reason.FOREIGN),
        ],
    )
    def test_premium_short_service_foreign_and_own_numbers_are_not(
        self, number: str, reason: Reason
    ) -> None:
        assert not_to_dial(number, ["6990"]) is reason

    def test_without_a_list_nothing_is_premium(self) -> None:
        assert not_to_dial("99369901234", ()) is None

    @given(st.text("0123456789", max_size=16))
    def test_what_may_be_dialled_is_a_city_or_mobile_number_of_the_country(
        self, number: str
    ) -> None:
        if not_to_dial(number, ["6990"]) is None:
            assert fixed_or_mobile(number) == number
            assert not number.startswith("9936990")
