"""The national numbering plan, from the library ``phonenumbers``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

from ivr.domain.services import Reason
from ivr.domain.values import Msisdn
from ivr.ports.care import Numbering

REGION = "TM"
COUNTRY = "993"
NATIONAL = 8
"""Digits of a national number."""
LONGEST = 15
"""Maximum digits of an international number (ITU-T E.164)."""
LINE = Msisdn("99366300890")
"""The line's own number, in addition to 0890."""
SHORTEST, LONGEST_SHORT = 2, 7
"""Minimum and maximum digits of a short number of the network."""
_PREFIXES = ("00", "810", "+")
_TRUNK_PREFIXES = ("8", "0")
"""Prefixes of a national number: 8 in this country, 0 from foreign switches."""
_SEPARATORS = re.compile(r"[\s()./~\u2010-\u2015\u2212-]")
"""Separators between digits, in common use and in RFC 3966."""
_MOBILE = frozenset({phonenumbers.PhoneNumberType.MOBILE})
_ANY = frozenset(
    {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
_SURELY_MOBILE = re.compile(
    str(phonenumbers.PhoneMetadata.metadata_for_region(REGION).mobile.national_number_pattern)  # type: ignore[union-attr]
)
"""The library's pattern, used directly: the library itself would test every kind of number."""


class NationalNumbering(Numbering):
    """The numbering plan of Turkmenistan (+993)."""

    def parse(self, keyed: str) -> Msisdn | None:
        """Parse a mobile number in any form (66…, 8 66…, 0 66…, 993…, 00993…), else None."""
        return _parse(keyed, _MOBILE)

    def dialled(self, keyed: str) -> str | None:
        """Return the number that these keys dial on this network, else None.

        It is a mobile or city number, also a foreign one: country code and national digits.
        """
        digits = next(
            (keyed.removeprefix(prefix) for prefix in _PREFIXES if keyed.startswith(prefix)), None
        )
        if digits is None:
            national = _without_trunk_prefix(keyed)
            digits = national if len(national) > NATIONAL else COUNTRY + national
        if not (digits.isdecimal() and digits.isascii()):
            return None
        try:
            number = phonenumbers.parse(f"+{digits}")
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_possible_number(number):
            return None
        if number.country_code == int(COUNTRY) and not phonenumbers.is_valid_number(number):
            return None
        return f"{number.country_code}{number.national_number}"

    def complete(self, keyed: str) -> bool:
        """Tell whether the number can have no more digits; never for foreign numbers."""
        rest = keyed
        if rest.startswith("8"):
            rest = rest[1:] if not rest.startswith("810") else rest[3:]
        elif rest.startswith("0"):
            rest = rest.removeprefix("0").removeprefix("0")
        if rest.startswith(COUNTRY):
            rest = rest.removeprefix(COUNTRY)
        elif len(rest) < len(keyed) - 1 and not COUNTRY.startswith(rest[: len(COUNTRY)]):
            return len(rest) >= LONGEST
        return len(rest) >= NATIONAL


def fixed_or_mobile(keyed: str) -> Msisdn | None:
    """Parse a city or mobile number of this country in any form (12…, 8 12…, 66…), else None."""
    return _parse(keyed, _ANY)


def own_number(text: str) -> str | None:
    """Parse a number of the line from a setting.

    Return its national digits, or a short number as it is; None: it is neither.
    """
    digits = _plain(text)
    number = fixed_or_mobile(digits)
    if number is not None:
        return number.removeprefix(COUNTRY)
    is_short = re.fullmatch(rf"[0-9]{{{SHORTEST},{LONGEST_SHORT}}}", digits)
    return digits if is_short else None


def usual_spellings(number: str) -> tuple[str, ...]:
    """Return the usual spellings of a number of the line (``own_number``) in a network."""
    if len(number) < NATIONAL:
        return (number,)
    return (number, f"{COUNTRY}{number}", f"+{COUNTRY}{number}")


def odd_spellings(number: str) -> tuple[str, ...]:
    """Return the rare spellings of a number of the line on trunks.

    They are the digits as dialled, or with the prefix of the trunk's switch: 8 and 810 in this
    country, 0 and 00 elsewhere.
    """
    whole = f"{COUNTRY}{number}"
    if len(number) < NATIONAL:
        return (f"+{number}", whole, f"+{whole}", f"00{whole}")
    return (f"+{number}", f"0{number}", f"8{number}", f"00{whole}", f"810{whole}", f"+00{whole}")


def is_mobile(number: Msisdn) -> bool:
    """Tell whether a person answers at this number: a city number may be a fax machine."""
    return _parse(number, _MOBILE) is not None


def is_foreign(keyed: str) -> bool:
    """Tell whether these keys dial a foreign number."""
    dialled = NationalNumbering().dialled(keyed)
    return dialled is not None and not dialled.startswith(COUNTRY)


def not_to_dial(number: str, premium: Iterable[str]) -> Reason | None:
    """Return why the line, its agents and forwarding may not dial a number; None: they may.

    The line's own number is refused: a call-back or fax to it would be a call of the line with
    itself. ``number`` has its country code; ``premium`` are prefixes of national numbers that cost
    more than a normal call. A number of this country that is neither mobile nor a city number is
    taken for a short or service number.
    """
    if number in (LINE, f"{COUNTRY}0890"):
        return Reason.LINE
    if not number.startswith(COUNTRY):
        return Reason.FOREIGN
    if number.removeprefix(COUNTRY).startswith(tuple(premium)) or fixed_or_mobile(number) is None:
        return Reason.PREMIUM
    return None


def _parse(written: str, kinds: frozenset[int]) -> Msisdn | None:
    digits = _plain(written)
    if not re.fullmatch(r"\+?[0-9]{8,18}", digits):
        return None
    is_whole = False
    for prefix in ("+", "00", "810"):
        if digits.startswith(prefix):
            digits, is_whole = digits.removeprefix(prefix), True
    if digits.startswith(f"8{COUNTRY}"):
        digits = digits[1:]
    if is_whole and not digits.startswith(COUNTRY):
        return None
    if len(digits) > NATIONAL + 1:
        digits = digits.removeprefix(COUNTRY)
    national = _without_trunk_prefix(digits)
    if _SURELY_MOBILE.fullmatch(national):
        return Msisdn(COUNTRY + national)
    try:
        number = phonenumbers.parse(f"+{COUNTRY}{national}", REGION)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.number_type(number) not in kinds:
        return None
    return Msisdn(f"{number.country_code}{number.national_number}")


def _plain(written: str) -> str:
    """Remove characters that people, spreadsheets and RFC 3966 put between and around digits."""
    if not written.isascii():
        written = "".join(
            letter
            for letter in unicodedata.normalize("NFKC", written)
            if unicodedata.category(letter) != "Cf"  # direction marks, left over from copying
        )
    return _SEPARATORS.sub("", written.removeprefix("tel:"))


def _without_trunk_prefix(digits: str) -> str:
    is_prefixed = len(digits) == NATIONAL + 1 and digits.startswith(_TRUNK_PREFIXES)
    return digits[1:] if is_prefixed else digits
