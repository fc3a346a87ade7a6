"""Everything that a person can record of a language, and the names of the files.

- A text is ``<key>.wav``; one with placeholders ``<key>.1.wav``, ``<key>.2.wav`` …, the words
  between them. The same words are recorded once, under the first of these names; any of the names
  serves all of them.
- A name that is said inside other sentences ("MMS", "Duet") has a second take: ``<key>.mid.wav``,
  said as if the sentence went on.
- A piece of values is ``value.<words, joined by hyphens>.<contour>.wav``, with the words as the
  vocabulary has them, not as the pronunciation file turns them: ``value.kyrk-bäş.mid.wav``.

A contour that is missing is replaced by the other one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.values import Language
from ivr.speech.pieces import Group, grouped, pieces
from ivr.speech.spelling import spell
from ivr.speech.texts import WRITTEN, Part, Slot, Texts

FINAL = (".", "!", "?")
"""Marks that end a sentence: the pitch falls before them."""
VALUE = "value."
CONTINUING = frozenset({Group.LARGE, Group.ORDINALS, Group.YEARS})
"""Groups recorded with one contour only: more almost always follows, and the same take
serves where nothing does."""
FAMILIES = {
    "tariff": ("tariff.",),
    "package": ("package.",),
    "service": ("service.", "package.", "invoice.service."),
    "item": ("service.", "tariff.", "package.", "account.bill.tax"),
}
"""Key prefixes of the names used in other sentences, by placeholder name; other placeholder names
are like ``service``."""
ABOUT = ".about"
"""Suffix of the keys of sentences about a name."""
NAMES = tuple({begin: None for begins in FAMILIES.values() for begin in begins})


class Contour(StrEnum):
    """The intonation at the end of a piece."""

    MID = "mid"
    """Slightly rising: more of the sentence follows."""
    END = "end"
    """Falling: the sentence is over."""

    @property
    def other(self) -> Contour:
        """Return the contour that replaces it where it is not recorded."""
        return Contour.END if self is Contour.MID else Contour.MID


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to record."""

    name: str
    """Name of the file, without ``.wav``."""
    words: str
    """The words as they sound, with numbers and abbreviations in words."""
    contour: Contour
    keys: tuple[str, ...] = ()
    """Texts or parts of texts that it serves, as ``key`` or ``key.N``; empty
    for pieces of values."""
    group: Group | None = None
    """The group of a piece of values."""
    piece: str = ""
    """A piece of values as the vocabulary has it."""
    take_of: str = ""
    """The name of the item with the same words and the other contour."""


def value_name(words: str, contour: str) -> str:
    """Return the name of a piece of values: ``"kyrk bäş", "mid"`` → ``value.kyrk-bäş.mid``."""
    return unicodedata.normalize("NFC", f"{VALUE}{'-'.join(words.split())}.{contour}")


def mid_name(name: str) -> str:
    """Return the name of the second take of a name: ``service.mms`` → ``service.mms.mid``."""
    return f"{name}.{Contour.MID}"


def items(texts: Texts, language: Language) -> list[Item]:
    """Return all that can be recorded: texts in the order of their file, then pieces of values."""
    return [*_texts(texts, language), *_values(texts, language)]


def file_words(texts: Texts, language: Language) -> dict[str, str]:
    """Return every name that a recording may have, with its words as they sound."""
    found: dict[str, str] = {}
    for key in texts.keys:
        if key.startswith(WRITTEN):
            continue
        for name, written in texts.segments(language, key).items():
            found[name] = spell(language, written, texts.lexicon)
            if is_name(texts, language, key):
                found[mid_name(name)] = found[name]
    for words in grouped(language):
        for contour in Contour:
            found[value_name(words, contour)] = spell(language, words, texts.lexicon)
    return found


def is_name(texts: Texts, language: Language, key: str) -> bool:
    """Tell whether a text is a name used in other sentences, such as ``tariff.duet``."""
    is_whole = not any(isinstance(part, Slot) for part in texts.parts[language][key])
    return is_whole and key.startswith(NAMES) and not key.endswith(ABOUT)


def names_in(texts: Texts, language: Language, slot: Slot) -> list[str]:
    """Return the keys of all names that can fill a placeholder of the kind ``text``."""
    begins = FAMILIES.get(slot.name, FAMILIES["service"])
    return [key for key in texts.keys if key.startswith(begins) and is_name(texts, language, key)]


def contour_at(parts: Sequence[Part], index: int) -> Contour:
    """Return the contour of a part of a text, given by its own mark or by what follows it."""
    part = parts[index]
    if isinstance(part, str) and part.endswith(FINAL):
        return Contour.END
    rest = parts[index + 1 :]
    if not rest:
        return Contour.MID if isinstance(part, str) else Contour.END
    return Contour.END if isinstance(rest[0], str) and rest[0] in FINAL else Contour.MID


def wanted(texts: Texts, language: Language) -> dict[str, set[Contour]]:
    """Return the pieces of all values in the texts, with the contours they need."""
    found: dict[str, set[Contour]] = {}
    for key, parts in texts.parts[language].items():
        for index, part in enumerate(parts):
            if key.startswith(WRITTEN) or not isinstance(part, Slot):
                continue
            of = pieces(language, part.kind)
            for words in of.inner:
                found.setdefault(words, set()).add(Contour.MID)
            for words in of.last:
                found.setdefault(words, set()).add(contour_at(parts, index))
    return found


def _texts(texts: Texts, language: Language) -> Iterator[Item]:
    served: dict[str, list[str]] = {}
    contours: dict[str, Contour] = {}
    names: set[str] = set()
    for key in texts.keys:
        if key.startswith(WRITTEN):
            continue
        for name, written in texts.segments(language, key).items():
            words = spell(language, written, texts.lexicon)
            if not words:
                continue
            served.setdefault(words, []).append(name)
            if is_name(texts, language, key):
                names.add(words)
            is_end = words.endswith(FINAL) or words in names
            contours[words] = Contour.END if is_end else Contour.MID
    for words, keys in served.items():
        yield Item(keys[0], words, contours[words], tuple(keys))
        if words in names:
            yield Item(mid_name(keys[0]), words, Contour.MID, tuple(keys), take_of=keys[0])


def _values(texts: Texts, language: Language) -> Iterator[Item]:
    """Yield continuing pieces first, then falling ones, both in reading order."""
    needed = wanted(texts, language)
    for contour in Contour:
        for words, group in grouped(language).items():
            contours = {Contour.MID} if group in CONTINUING else needed.get(words, {Contour.MID})
            if contour in contours:
                said = spell(language, words, texts.lexicon)
                yield Item(value_name(words, contour), said, contour, group=group, piece=words)
