"""Whose a number is after an import."""

from __future__ import annotations

import dataclasses

import pytest

from ivr.care.ownership import Ending, Holder, ending

OLD = Holder("Myradowa Aýgül", "", "one", "active")
NAME, COMPANY = "Orazow Merdan", "Ak Bulut"


@pytest.mark.parametrize(
    ("old", "new", "ends"),
    [
        ({}, {}, Ending.NOTHING),
        ({}, {"full_name": "MYRADOWA AYGUL"}, Ending.NOTHING),
        ({}, {"full_name": NAME}, Ending.NOTHING),
        ({}, {"passport": "two"}, Ending.SECRETS),
        ({}, {"passport": "two", "full_name": "MYRADOWA  AYGUL"}, Ending.SECRETS),
        ({}, {"passport": "two", "full_name": NAME}, Ending.OWNERSHIP),
        ({}, {"passport": "two", "company": COMPANY}, Ending.OWNERSHIP),
        ({}, {"passport": None}, Ending.NOTHING),
        ({}, {"passport": None, "full_name": NAME}, Ending.NOTHING),
        ({}, {"passport": None, "company": COMPANY}, Ending.OWNERSHIP),
        ({"company": COMPANY}, {"passport": None}, Ending.OWNERSHIP),
        ({"company": COMPANY}, {"passport": None, "company": "AK BULUT"}, Ending.NOTHING),
        ({"passport": None}, {"passport": None, "full_name": NAME}, Ending.SECRETS),
        ({"passport": None}, {}, Ending.NOTHING),
        ({"passport": None}, {"full_name": NAME}, Ending.OWNERSHIP),
        ({"passport": None}, {"company": COMPANY}, Ending.OWNERSHIP),
        ({"status": "terminated"}, {}, Ending.NOTHING),
        ({"status": "terminated"}, {"passport": "two"}, Ending.OWNERSHIP),
        ({"status": "terminated"}, {"passport": None}, Ending.OWNERSHIP),
    ],
)
def test_what_ends_with_a_new_row(
    old: dict[str, str | None], new: dict[str, str | None], ends: Ending
) -> None:
    """``old`` and ``new`` differ from the usual holder in these."""
    was, is_now = (dataclasses.replace(OLD, **changes) for changes in (old, new))  # type: ignore[arg-type]
    assert ending(was, is_now) is ends
