"""Texts as short messages: the alphabet, the lengths, the headers, and back again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.network.shortmessage import BASIC, EXTENSION, Coding, ShortMessages, encode
from ivr.simulators.phones import read_gsm

GSM = st.text(alphabet=(BASIC + "".join(EXTENSION)).replace("\x1b", ""), max_size=700)
ANY = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)


def read(short: ShortMessages) -> str:
    """What a phone shows."""
    parts = [part[6:] for part in short.parts] if short.has_headers else short.parts
    if short.coding is Coding.UCS2:
        return "".join(part.decode("utf-16-be") for part in parts)
    return "".join(read_gsm(part) for part in parts)


@given(GSM | ANY)
def test_a_phone_shows_what_was_written(text: str) -> None:
    assert read(encode(text, 7)) == text


@given(GSM | ANY)
def test_no_part_is_longer_than_a_message(text: str) -> None:
    short = encode(text, 7)
    most = 160 if short.coding is Coding.GSM else 140
    assert all(len(part) <= most for part in short.parts)


@given(GSM)
def test_the_short_alphabet_is_taken_wherever_it_does(text: str) -> None:
    assert encode(text, 1).coding is Coding.GSM


@pytest.mark.parametrize("text", ["Belgiňiz", "Готово", "ş", "`", "ç", "\x1b", "🙂"])
def test_other_letters_need_the_long_alphabet(text: str) -> None:
    assert encode(text, 1).coding is Coding.UCS2


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ş" * 70, 1),
        ("ş" * 71, 2),
        ("ş" * 134, 2),
        ("ş" * 135, 3),
    ],
)
def test_a_text_takes_so_many_messages(text: str, parts: int) -> None:
    assert len(encode(text, 1).parts) == parts


def test_parts_are_numbered_under_one_reference() -> None:
    short = encode("a" * 307, 0x1FE)
    headers = [list(part[:6]) for part in short.parts]
    assert headers == [[5, 0, 3, 0xFE, 3, number] for number in (1, 2, 3)]


def test_no_letter_is_divided_between_two_messages() -> None:
    assert len(encode("a" * 152 + "€" + "a" * 100, 1).parts[0]) == 6 + 152
    assert len(encode("ş" * 66 + "🙂" * 10, 1).parts[0]) == 6 + 132
