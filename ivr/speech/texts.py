"""The texts of the line: one flat file per language, with typed placeholders.

``"The balance is {balance:money}."`` is a sentence with one placeholder. The words between
placeholders are said as one piece; an operator may record each piece.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from ivr.domain.values import Language
from ivr.errors import FlowBroken, Unusable
from ivr.flow.marks import shown
from ivr.speech.forms import KINDS
from ivr.speech.lettering import check_letters
from ivr.speech.lexicon import Lexicon, read_lexicon
from ivr.speech.spelling import spell, unsayable
from ivr.speech.yamlmap import Lines, named_key, read_document, read_lines

LONGEST_TEXT = 4_000
LONGEST_WRITTEN = 670
"""Maximum letters of a text that is only written: ten short messages."""
WRITTEN = "sms."
"""Prefix of keys of texts that are only written; no sound is made of them."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KEY = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
_NAME = re.compile(r"([a-z][a-z_]*):([a-z]+(?:-[a-z]+)*)")


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder: the name and the kind of its value."""

    name: str
    kind: str


Part = str | Slot
PAUSES = frozenset(".,:;!?")
"""Marks that become a pause."""


@dataclass(frozen=True)
class Texts:
    """All texts in all languages. Build them with ``read_texts``, which checks them."""

    by_language: Mapping[Language, Mapping[str, str]]
    lexicon: Lexicon

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of the texts; every language has the same."""
        return tuple(self.by_language[Language.TURKMEN])

    @cached_property
    def parts(self) -> Mapping[Language, Mapping[str, tuple[Part, ...]]]:
        """Return each text as pieces and placeholders, in order."""
        return {
            language: {key: split(text) for key, text in texts.items()}
            for language, texts in self.by_language.items()
        }

    def segments(self, language: Language, key: str) -> Mapping[str, str]:
        """Return what a person can record of a text: name of the recording → the words as written.

        A text without placeholders has the one name ``key``; others have ``key.1``, ``key.2`` ….
        """
        parts = self.parts[language][key]
        if not any(isinstance(part, Slot) for part in parts):
            return {key: self.by_language[language][key]}
        said = (part for part in parts if isinstance(part, str) and part not in PAUSES)
        return {f"{key}.{number}": part for number, part in enumerate(said, 1)}

    def slots(self, key: str) -> Mapping[str, str]:
        """Return the placeholders of a text: name → kind. FlowBroken: there is no such text."""
        try:
            parts = self.parts[Language.TURKMEN][key]
        except KeyError:
            raise FlowBroken(f"there is no text '{key}'") from None
        return {part.name: part.kind for part in parts if isinstance(part, Slot)}

    def with_texts(self, others: Texts, keys: Collection[str]) -> Texts:
        """Return these texts, with those of ``others`` for the keys that ``others`` has."""
        words = {
            language: {**texts, **{key: others.by_language[language][key] for key in keys}}
            for language, texts in self.by_language.items()
        }
        return Texts(words, self.lexicon)

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-compatible document for ``from_document``."""
        return {
            "words": {language: dict(texts) for language, texts in self.by_language.items()},
            "lexicon": {language: dict(words) for language, words in self.lexicon.items()},
        }

    @classmethod
    def from_document(cls, document: Any) -> Texts:
        """Read the result of ``to_document``. FlowBroken: it is damaged."""
        try:
            words, lexicon = (
                {language: dict(document[part][language]) for language in Language}
                for part in ("words", "lexicon")
            )
            texts = cls(words, lexicon)
            assert texts.parts  # splits every text now, not during a call
            return texts
        except (KeyError, TypeError, ValueError, AttributeError):
            raise FlowBroken("the texts of a release are damaged") from None


def read_texts(folder: Path) -> Texts:
    """Read and check tk.yaml, ru.yaml, en.yaml and pronunciation.yaml of a folder.

    Unusable names the file, the line, the key and the fault.
    """
    files = {language: folder / f"{language}.yaml" for language in Language}
    lexicon = read_lexicon(folder / "pronunciation.yaml")
    lines = {language: _read(file, language) for language, file in files.items()}
    every = {key: language for language, found in lines.items() for key in found}
    for key, having in every.items():
        for language, found in lines.items():
            if key not in found:
                raise Unusable(
                    f"{files[language]}: text '{key}' is missing; {having}.yaml has it in line "
                    f"{lines[having][key][1]}"
                )
    for key in every:
        slots = {language: _slots(found[key][0]) for language, found in lines.items()}
        model, wanted = _most(slots)
        for language, found in lines.items():
            text, line = found[key]
            place = f"{files[language]}, line {line}: text '{key}'"
            if slots[language] != wanted:
                raise Unusable(
                    f"{place} must have the placeholders of {model}.yaml: {_listed(wanted)}; it "
                    f"has {_listed(slots[language])}: `{shown(text)}`"
                )
            if key.startswith(WRITTEN):
                if len(text) > LONGEST_WRITTEN:
                    raise Unusable(
                        f"{place} is longer than {LONGEST_WRITTEN} letters; a text message has"
                        " at most ten parts"
                    )
                continue
            for part in split(text):
                if isinstance(part, str):
                    check_said(place, language, part)
            if not wanted and not any(map(str.isalpha, spell(language, text, lexicon))):
                raise Unusable(f"{place} has no word that can be said")
    words = {
        language: {key: text for key, (text, _) in found.items()}
        for language, found in lines.items()
    }
    return Texts(words, lexicon)


def check_said(place: str, language: Language, text: str) -> None:
    """Refuse characters that a voice would skip, in a text without placeholders."""
    if lost := unsayable(language, text):
        raise Unusable(
            f"{place}: no voice can say '{shown(lost)}': `{shown(text)}`; write it in words,"
            f" in letters of {language}"
        )


def split(text: str) -> tuple[Part, ...]:
    """Split a text into pieces and placeholders. ValueError names a fault in a placeholder."""
    if not PLACEHOLDER.search(text) and "{" not in text and "}" not in text:
        return (text.strip(),)
    parts: list[Part] = []
    at = 0
    for found in PLACEHOLDER.finditer(text):
        parts.extend(_pieces(text[at : found.start()]))
        named = _NAME.fullmatch(found.group(1))
        if named is None or named.group(2) not in KINDS:
            raise ValueError(
                f"placeholder {found.group()} is not {{name:kind}}"
                f"{named_key(found.group()) or _likely_kind(found.group(1))}; the kinds are "
                + ", ".join(KINDS)
            )
        parts.append(Slot(named.group(1), named.group(2)))
        at = found.end()
    parts.extend(_pieces(text[at:]))
    if any(isinstance(part, str) and ("{" in part or "}" in part) for part in parts):
        raise ValueError("a brace has no partner; write both { and }, or none")
    return tuple(parts)


def _likely_kind(inner: str) -> str:
    """Return the kind that a misspelt one may mean, as the end of a sentence; empty if none."""
    name, _, kind = inner.replace(" ", "").partition(":")
    near = get_close_matches(kind.lower(), KINDS, 1, 0.7)
    return f"; is {{{name.lower()}:{near[0]}}} meant?" if near else ""


def _pieces(text: str) -> list[str]:
    """Return the pieces of the words between placeholders: a leading mark is a separate pause."""
    rest = text.strip()
    said = rest.lstrip("".join(PAUSES)).lstrip()
    return [piece for piece in (rest[:1] if said != rest else "", said) if piece]


def _slots(text: str) -> set[Slot]:
    return {part for part in split(text) if isinstance(part, Slot)}


def _most(slots: Mapping[Language, set[Slot]]) -> tuple[Language, set[Slot]]:
    """Return the placeholders that most languages have, and the first language that has them."""
    every = list(slots.values())
    return max(slots.items(), key=lambda item: every.count(item[1]))


def _listed(slots: set[Slot]) -> str:
    names = sorted(f"{{{slot.name}:{slot.kind}}}" for slot in slots)
    return ", ".join(names) or "none"


def _read(file: Path, language: Language) -> Lines:
    lines = read_lines(*read_document(file))
    for key, (text, line) in lines.items():
        if not _KEY.fullmatch(key):
            raise Unusable(
                f"{file}, line {line}: key '{shown(key)}' must have only small letters,"
                f" digits, dots and hyphens{named_key(key)}"
            )
        if len(text) > LONGEST_TEXT:
            raise Unusable(
                f"{file}, line {line}: text '{key}' is longer than {LONGEST_TEXT} letters;"
                " split it into two texts"
            )
        try:
            split(text)
        except ValueError as error:
            raise Unusable(f"{file}, line {line}: text '{key}': {error}") from None
        if "\n" in text and not key.startswith(WRITTEN):
            raise Unusable(
                f"{file}, line {line}: text '{key}' has a \\n, which only text messages may have; "
                "remove it"
            )
        check_letters(f"{file}, line {line}: text '{key}'", language, text)
    return lines
