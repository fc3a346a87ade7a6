"""Encode texts as short messages: choose the alphabet, and divide long texts.

3GPP TS 23.038 (alphabets) and 23.040 (concatenation). The library ``smpplib`` is not used for this:
it splits a character of two septets, or a pair of surrogates, between two messages, and encodes "`"
as another character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""TS 23.038 6.2.1, in the order of the codes; 0x1B is the escape to the extension table."""
EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
"""TS 23.038 6.2.1.1."""
ESCAPE = 0x1B
GSM_ALONE, GSM_PART = 160, 153
"""Septets of a single message, and of one of several parts, which begin with a header."""
UCS2_ALONE, UCS2_PART = 140, 134
"""Octets, likewise."""
MOST_PARTS = 255


class Coding(IntEnum):
    """SMPP 3.4, 5.2.19: ``data_coding``."""

    GSM = 0x00
    """The message centre's default alphabet, one septet an octet."""
    UCS2 = 0x08


@dataclass(frozen=True, slots=True)
class ShortMessages:
    """A text encoded for submission."""

    coding: Coding
    parts: tuple[bytes, ...]
    """Several parts include their headers (TS 23.040 9.2.3.24.1)."""

    @property
    def has_headers(self) -> bool:
        return len(self.parts) > 1


def encode(text: str, reference: int) -> ShortMessages:
    """Encode a text in the GSM alphabet if that has all its characters, else in UCS-2.

    The lowest eight bits of ``reference`` tell a phone which parts belong together. Use the same
    reference each time that the same text is submitted.
    """
    septets = [_septets(letter) for letter in text]
    known = [letter for letter in septets if letter is not None]
    if len(known) == len(septets):
        return _divided(Coding.GSM, known, GSM_ALONE, GSM_PART, reference)
    letters = [letter.encode("utf-16-be", "replace") for letter in text]
    return _divided(Coding.UCS2, letters, UCS2_ALONE, UCS2_PART, reference)


def _septets(letter: str) -> bytes | None:
    if letter in EXTENSION:
        return bytes((ESCAPE, EXTENSION[letter]))
    code = BASIC.find(letter)
    return None if code in (-1, ESCAPE) else bytes((code,))


def _divided(
    coding: Coding, letters: list[bytes], alone: int, each: int, reference: int
) -> ShortMessages:
    whole = b"".join(letters)
    if len(whole) <= alone:
        return ShortMessages(coding, (whole,))
    parts = list(_filled(letters, each))
    header = (0x05, 0x00, 0x03, reference % 256, min(len(parts), MOST_PARTS))
    numbered = (bytes((*header, number % 256)) + part for number, part in enumerate(parts, 1))
    return ShortMessages(coding, tuple(numbered))


def _filled(letters: Iterable[bytes], each: int) -> Iterator[bytes]:
    part = b""
    for letter in letters:
        if len(part) + len(letter) > each:
            yield part
            part = b""
        part += letter
    yield part
