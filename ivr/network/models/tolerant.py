"""Reading what others write: what is not needed never hinders (Postel's law, TMF630's "ignore").

A field of another form than the published one counts as not set, an odd item of a list is passed
over, a number is taken for the text of its digits. Who needs a field asks whether it is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

T = TypeVar("T")
S = TypeVar("S", bound=StrEnum)


def _or_none(given: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(given)
    except (ValueError, OverflowError):  # a ValidationError is a ValueError
        return None


def _each(given: Any, read: ValidatorFunctionWrapHandler) -> tuple[Any, ...]:
    """What can be read of a list; a single object is a list of one."""
    found: list[Any] = []
    for item in given if isinstance(given, list | tuple) else (given,):
        try:
            found.extend(read((item,)))
        except ValidationError:
            continue
    return tuple(found)


def text_of(given: Any) -> str | None:
    """Text, or the digits of a number; None: it is neither."""
    if isinstance(given, str):
        return given
    if isinstance(given, int | float | Decimal) and not isinstance(given, bool):
        with suppress(ValueError):  # Python writes no numbers of thousands of digits
            return str(given)
    return None


def _moment(given: Any) -> Any:
    """A moment in the forms that servers have besides RFC 3339: Java's zone in brackets, blanks."""
    return re.sub(r"\[[^\]]*\]\s*$", "", given).strip() if isinstance(given, str) else given


Maybe = Annotated[T | None, WrapValidator(_or_none)]
"""None: it is not set, or of another form."""
Many = Annotated[tuple[T, ...], WrapValidator(_each)]
"""The items that are of the right form."""
Text = Annotated[str, BeforeValidator(lambda given: text_of(given) or "")]
"""Empty: it is not set, or no text."""
Word = Annotated[str | None, BeforeValidator(text_of)]
Day = Annotated[datetime | None, BeforeValidator(_moment), WrapValidator(_or_none)]
"""A moment, perhaps without a zone."""


def spelled(text: str) -> str:
    """A word without capitals, blanks, hyphens, underscores: ``In Progress`` is ``inprogress``."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def word_reader(kind: type[S], others: Mapping[str, S]) -> BeforeValidator:
    """Reads a member of a closed set however it is spelled; ``others`` are further words for one.

    Of a word in parts (OSS/J's ``closed.completed``) the last part counts. Anything else is None.
    """
    words = {spelled(member): member for member in kind} | dict(others)

    def read(given: Any) -> S | None:
        text = given if isinstance(given, str) else ""
        return words.get(spelled(text)) or words.get(spelled(re.split(r"[./:]", text)[-1]))

    return BeforeValidator(read)
