"""Small values that all packages use: languages, numbers, money, secrets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType


class Language(StrEnum):
    """A language of the line, as an ISO 639-1 code."""

    TURKMEN = "tk"
    RUSSIAN = "ru"
    ENGLISH = "en"


Msisdn = NewType("Msisdn", str)
"""A subscriber's number: country code and national digits, no plus: ``99366300890``."""

ServiceId = NewType("ServiceId", str)
"""A catalogue entry that can be switched: ``mms``, ``clir-override``, ``suspension``."""


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in teňňe (1 manat = 100 teňňe, TMT). Never a float."""

    tenge: int

    @property
    def manat(self) -> str:
        """The amount as manat with two decimals, for files and JSON: ``-3.05``."""
        sign, rest = ("-" if self.tenge < 0 else ""), abs(self.tenge)
        return f"{sign}{rest // 100}.{rest % 100:02d}"

    def __add__(self, other: Money) -> Money:
        return Money(self.tenge + other.tenge)

    def __sub__(self, other: Money) -> Money:
        return Money(self.tenge - other.tenge)

    def __neg__(self) -> Money:
        return Money(-self.tenge)

    @classmethod
    def from_manat(cls, text: str) -> Money:
        """Read ``12``, ``12.5`` or ``-12.50``; ValueError for anything else."""
        sign = -1 if text.startswith("-") else 1
        whole, _, part = text.removeprefix("-").partition(".")
        if not (whole.isdecimal() and whole.isascii()) or len(part) > 2:
            raise ValueError(f"not an amount in manat: {text!r}")
        if part and not (part.isdecimal() and part.isascii()):
            raise ValueError(f"not an amount in manat: {text!r}")
        return cls(sign * (int(whole) * 100 + int(part.ljust(2, "0") or "0")))


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """The keys of a code word or passport that a caller entered. ``repr`` hides them."""

    keys: str

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True, repr=False)
class SpokenSecret:
    """A secret as an agent or a clerk typed it: what a person said. ``repr`` hides it."""

    word: str = ""
    """A code word, in any script."""
    passport: str = ""
    """A passport's number, in any written form."""
    name: str = ""
    """The full name of the owner; it goes with the passport."""

    def __repr__(self) -> str:
        return "SpokenSecret(…)"


def mask(number: str) -> str:
    """Return a number for logs: only the last two digits are visible; its length is hidden too."""
    return "…" + number[-2:] if len(number) > 2 else "…"
