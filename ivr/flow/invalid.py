"""Sentences about invalid values in a document. They replace the wording of libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from ivr.flow.marks import hint, shown

Details = Mapping[str, Any]
"""One entry of ``ValidationError.errors()``."""
MAP, LIST = "write lines of `name: value` here", "write a list here, such as `[a, b]`"


def problem(first: Details, name: str, words: Iterable[str] = ()) -> str:
    """Return one sentence about an invalid value.

    ``name`` is its position in words (empty: the whole document); ``words`` are the allowed fields.
    """
    what = _said(first, name, tuple(words))
    names_itself = first["type"] in ("extra_forbidden", "missing")
    return what if names_itself or not name else f"{name}: {what}"


def first_of(errors: Sequence[Details]) -> Details:
    """Return the error to report: prefer an unknown name to the missing one that it causes."""
    return next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])


def fields(*models: type[BaseModel]) -> Iterator[str]:
    """Return the field names that documents of these models may use."""
    for model in models:
        yield from model.model_fields


def _said(first: Details, name: str, words: tuple[str, ...]) -> str:
    given, context = first["input"], first.get("ctx", {})
    value = _value(given)
    match first["type"]:
        case "extra_forbidden":
            return f"'{shown(name)}' is not known here{_meant(name, words)}"
        case "missing":
            return f"'{name}' is missing"
        case "too_long":
            return (
                f"{context['actual_length']} are too many; the maximum is {context['max_length']}"
            )
        case "too_short":
            return f"{context['actual_length']} are too few; the minimum is {context['min_length']}"
        case "string_too_long":
            return f"{value} is longer than {context['max_length']} letters"
        case "string_too_short":
            return "it is empty; write a text"
        case "string_pattern_mismatch":
            more = hint(str(given))
            is_name = context["pattern"].startswith("^[a-z")
            what = "a name of small letters, digits and hyphens" if is_name else "in the right form"
            return f"{value} is not {what}" + (f"; {more}" if more else "")
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return f"{value} is not a whole number"
        case "greater_than_equal":
            return f"{value} is too small; the minimum is {context['ge']}"
        case "less_than_equal":
            return f"{value} is too large; the maximum is {context['le']}"
        case "bool_parsing" | "bool_type":
            return f"{value} is neither true nor false"
        case "literal_error" | "enum":
            more = hint(str(given))
            return f"{value} is not one of {context['expected']}" + (f"; {more}" if more else "")
        case "dict_type" | "model_type" | "model_attributes_type" | "mapping_type":
            return f"{MAP}, not {value}"
        case "list_type" | "tuple_type":
            return f"{LIST}, not {value}"
        case "string_type":
            return f'write a text in "quotes" here, not {value}'
        case "value_error":
            return str(context["error"])
    return f"{value} does not belong here"


def _value(given: object) -> str:
    """Return the given value in the form for a sentence."""
    match given:
        case None | "":
            return "nothing"
        case dict():
            return "lines of `name: value`"
        case list() | tuple():
            return "a list"
    return f"'{shown(str(given))}'"


def _meant(name: str, words: tuple[str, ...]) -> str:
    last = name.rpartition(".")[2]
    if more := hint(last):
        return f"; {more}"
    near = get_close_matches(last, words, 1)
    return f"; is '{near[0]}' meant?" if near else ""
