"""Tolerant parsing: fields that are not needed cause no errors (Postel's law, TMF630 "ignore").

A field with another form than the published one counts as not set. An invalid item of a list is
skipped. A number is read as the text of its digits. Code that needs a field checks that it is set.
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
    """Return the valid items of a list; a single object is a list of one."""
    found: list[Any] = []
    for item in given if isinstance(given, list | tuple) else (given,):
        try:
            found.extend(read((item,)))
        except ValidationError:
            continue
    return tuple(found)


def text_of(given: Any) -> str | None:
    """Return a text, or a number as text; None: it is neither."""
    if isinstance(given, str):
        return given
    if isinstance(given, int | float | Decimal) and not isinstance(given, bool):
        with suppress(ValueError):  # Python does not convert numbers of thousands of digits
            return str(given)
    return None


def _moment(given: Any) -> Any:
    """Remove what servers add to a time of RFC 3339: Java's zone in brackets, and spaces."""
    return re.sub(r"\[[^\]]*\]\s*$", "", given).strip() if isinstance(given, str) else given


Maybe = Annotated[T | None, WrapValidator(_or_none)]
"""None: not set, or of another form."""
Many = Annotated[tuple[T, ...], WrapValidator(_each)]
"""The items of the right form."""
Text = Annotated[str, BeforeValidator(lambda given: text_of(given) or "")]
"""Empty: not set, or no text."""
Word = Annotated[str | None, BeforeValidator(text_of)]
Day = Annotated[datetime | None, BeforeValidator(_moment), WrapValidator(_or_none)]
"""A moment, perhaps without a zone."""


def spelled(text: str) -> str:
    """Normalise a word to lower-case letters and digits: ``In Progress`` to ``inprogress``."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def word_reader(kind: type[S], others: Mapping[str, S]) -> BeforeValidator:
    """Return a validator that reads a member of a closed set in any spelling; others become None.

    ``others`` has synonyms. In a word of several parts (OSS/J's ``closed.completed``) the last part
    counts.
    """
    words = {spelled(member): member for member in kind} | dict(others)

    def read(given: Any) -> S | None:
        text = given if isinstance(given, str) else ""
        return words.get(spelled(text)) or words.get(spelled(re.split(r"[./:]", text)[-1]))

    return BeforeValidator(read)
