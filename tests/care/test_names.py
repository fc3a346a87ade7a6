"""A name as it is said is compared with the name in the contract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.names import name_words, same_name, within_one_edit

KNOWN = "Myradowa Aýgül Batyrowna"


@pytest.mark.parametrize(
    "said",
    [
        "Myradowa Aýgül Batyrowna",
        "aygul myradowa",
        "AÝGÜL  MYRADOWA!",
        "Мырадова Айгуль",
        "Мурадова Айгуль Батыровна",
        "Batyrowna Aýgül",
        "Myradova Aygul",
    ],
)
def test_it_is_the_same_name(said: str) -> None:
    assert same_name(said, KNOWN)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Aýgül",
        "Myradowa",
        "Myradowa Myradowa",
        "Aýgül Aýgül",
        "Myradow Meret",
        "Myrdwa Aýgül",
        "Myradowa Aýgül Batyrowna Gözel",
        "1 2",
    ],
)
def test_it_is_another_name(said: str) -> None:
    assert not same_name(said, KNOWN)


def test_short_words_must_be_right() -> None:
    assert same_name("Ata Annaýew", "Annaýew Ata")
    assert not same_name("Aga Annaýew", "Annaýew Ata")


def test_an_unknown_name_is_nobodys() -> None:
    assert not same_name("Aýgül Myradowa", "")


NAMES = st.lists(
    st.text("abdegilmnorstuwyäçňöşüýž", min_size=4, max_size=10), min_size=2, max_size=4
)


@given(NAMES)
def test_any_order_and_one_wrong_letter_a_word_pass(names: list[str]) -> None:
    shuffled = sorted(names)
    spoilt = [word[:-1] + "q" for word in shuffled]
    assert same_name(" ".join(spoilt), " ".join(names))


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_edits_are_the_same_both_ways_and_as_counted(one: str, other: str) -> None:
    assert within_one_edit(one, other) == within_one_edit(other, one)
    assert within_one_edit(one, other) == (_distance(one, other) <= 1)


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for index, each in enumerate(other, 1):
            before, row[index] = (
                row[index],
                min(row[index] + 1, row[index - 1] + 1, before + (letter != each)),
            )
    return row[-1]


def test_words_are_latin_letters_without_marks() -> None:
    assert name_words("Нурмухаммедов  Çary-Gözel") == ["nurmuhammedow", "carygozel"]
