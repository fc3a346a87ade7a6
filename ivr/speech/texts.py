"""The texts of the line: one flat file a language, with typed placeholders.

``"The balance is {balance:money}."`` is a sentence with one placeholder. What stands between
placeholders is said as one piece; an operator may record each piece.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import FlowBroken, Unusable
from ivr.speech.forms import KINDS
from ivr.speech.spelling import Lexicon, read_lexicon
from ivr.values import Language

LONGEST_TEXT = 4_000
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LEADING = re.compile(r"([.,:;!?]*)\s*(.*)", re.DOTALL)
_KEY = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
_NAME = re.compile(r"([a-z][a-z_]*):([a-z]+)")


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder: the name of its value and the kind of it."""

    name: str
    kind: str


Part = str | Slot
PAUSES = frozenset(".,:;!?")
"""Pieces that are said as a pause."""


@dataclass(frozen=True)
class Texts:
    """All texts in all languages. Build them with ``read_texts``, which checks them."""

    by_language: Mapping[Language, Mapping[str, str]]
    lexicon: Lexicon

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the texts; every language has the same."""
        return tuple(self.by_language[Language.TURKMEN])

    @cached_property
    def parts(self) -> Mapping[Language, Mapping[str, tuple[Part, ...]]]:
        """Each text as pieces and placeholders, in order."""
        return {
            language: {key: split(text) for key, text in texts.items()}
            for language, texts in self.by_language.items()
        }

    def slots(self, key: str) -> Mapping[str, str]:
        """The placeholders of a text: name → kind. FlowBroken: there is no such text."""
        try:
            parts = self.parts[Language.TURKMEN][key]
        except KeyError:
            raise FlowBroken(f"there is no text '{key}'") from None
        return {part.name: part.kind for part in parts if isinstance(part, Slot)}

    def to_document(self) -> dict[str, Any]:
        """JSON-able; ``from_document`` reads it."""
        return {
            "words": {language: dict(texts) for language, texts in self.by_language.items()},
            "lexicon": {language: dict(words) for language, words in self.lexicon.items()},
        }

    @classmethod
    def from_document(cls, document: Any) -> Texts:
        """What ``to_document`` made. FlowBroken: it is damaged."""
        try:
            return cls(
                {Language(language): dict(t) for language, t in document["words"].items()},
                {Language(language): dict(t) for language, t in document["lexicon"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise FlowBroken("the texts of a release are damaged") from None


def read_texts(folder: Path) -> Texts:
    """Read and check tk.yaml, ru.yaml, en.yaml and pronunciation.yaml of a folder.

    Unusable names the file, the key, and what is wrong with it.
    """
    files = {language: folder / f"{language}.yaml" for language in Language}
    texts = {language: _read(file) for language, file in files.items()}
    every = {key: language for language, found in texts.items() for key in found}
    for key, having in every.items():
        for language, found in texts.items():
            if key not in found:
                raise Unusable(f"{files[language]}: text '{key}' is missing ({having}.yaml has it)")
    for key in every:
        wanted = _slots(texts[Language.TURKMEN][key])
        for language, found in texts.items():
            if _slots(found[key]) != wanted:
                raise Unusable(
                    f"{files[language]}: text '{key}' has other placeholders than in tk.yaml"
                )
    return Texts(texts, read_lexicon(folder / "pronunciation.yaml"))


def split(text: str) -> tuple[Part, ...]:
    """A text as pieces and placeholders; ValueError says what is wrong with a placeholder."""
    parts: list[Part] = []
    at = 0
    for found in _PLACEHOLDER.finditer(text):
        parts.extend(_pieces(text[at : found.start()]))
        named = _NAME.fullmatch(found.group(1))
        if named is None or named.group(2) not in KINDS:
            raise ValueError(
                f"placeholder {found.group()} is not {{name:kind}} with kind one of "
                + ", ".join(KINDS)
            )
        parts.append(Slot(named.group(1), named.group(2)))
        at = found.end()
    parts.extend(_pieces(text[at:]))
    if any(isinstance(part, str) and ("{" in part or "}" in part) for part in parts):
        raise ValueError("a brace is open or closed alone")
    return tuple(parts)


def _pieces(text: str) -> list[str]:
    """What stands between placeholders: a mark that it begins with is a pause of its own."""
    mark, rest = _LEADING.fullmatch(text.strip()).groups()  # type: ignore[union-attr]
    return [piece for piece in (mark[:1], rest) if piece]


def _slots(text: str) -> set[Slot]:
    return {part for part in split(text) if isinstance(part, Slot)}


def _read(file: Path) -> dict[str, str]:
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise Unusable(f"{file}: not UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not YAML"
        raise Unusable(f"{file}{line}: {problem}; a text stands in quotes") from None
    if not isinstance(data, dict):
        raise Unusable(f'{file}: it must have lines of `key: "text"`')
    for key, text in data.items():
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise Unusable(f"{file}: key '{key}' is not small letters, digits, dots and hyphens")
        if not isinstance(text, str) or not text.strip():
            raise Unusable(f"{file}: text '{key}' is empty or not in quotes")
        if len(text) > LONGEST_TEXT:
            raise Unusable(f"{file}: text '{key}' is longer than {LONGEST_TEXT} letters")
        try:
            split(text)
        except ValueError as error:
            raise Unusable(f"{file}: text '{key}': {error}") from None
    return data
