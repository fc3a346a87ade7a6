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
"""Marks that end a sentence: the voice falls before them."""
VALUE = "value."
CONTINUING = frozenset({Group.LARGE, Group.ORDINALS, Group.YEARS})
"""Pieces of one take: more follows almost always, and where nothing does, the take serves too."""
FAMILIES = {
    "tariff": ("tariff.",),
    "package": ("package.",),
    "service": ("service.", "package.", "invoice.service."),
    "item": ("service.", "tariff.", "package.", "account.bill.tax"),
}
"""How keys of names begin that stand in other sentences, by the name of the placeholder; names of
placeholders that are not here are like ``service``."""
ABOUT = ".about"
"""How keys of sentences about a name end."""
NAMES = tuple({begin: None for begins in FAMILIES.values() for begin in begins})


class Contour(StrEnum):
    """How a voice goes at the end of a piece."""

    MID = "mid"
    """It goes on, slightly rising: more of the sentence follows."""
    END = "end"
    """It falls: the sentence is over."""

    @property
    def other(self) -> Contour:
        """What replaces it where it is not recorded."""
        return Contour.END if self is Contour.MID else Contour.MID


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to record."""

    name: str
    """Of the file, without ``.wav``."""
    words: str
    """As they sound, numbers and abbreviations in words."""
    contour: Contour
    keys: tuple[str, ...] = ()
    """Every text, or part of one, that it serves: ``key``, or ``key.N``; none: part of values."""
    group: Group | None = None
    """Of a piece of values."""
    piece: str = ""
    """A piece of values as the vocabulary has it."""
    take_of: str = ""
    """The name of the same words with the other contour."""


def value_name(words: str, contour: str) -> str:
    """The name of a piece of values: ``"kyrk bäş", "mid"`` → ``value.kyrk-bäş.mid``."""
    return unicodedata.normalize("NFC", f"{VALUE}{'-'.join(words.split())}.{contour}")


def mid_name(name: str) -> str:
    """The name of the second take of a name: ``service.mms`` → ``service.mms.mid``."""
    return f"{name}.{Contour.MID}"


def items(texts: Texts, language: Language) -> list[Item]:
    """All that can be recorded: texts in the order of their file, then pieces of values."""
    return [*_texts(texts, language), *_values(texts, language)]


def file_words(texts: Texts, language: Language) -> dict[str, str]:
    """Every name that a recording may have, with the words that it says as they sound."""
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
    """Whether a text is a name that stands in other sentences, as ``tariff.duet`` is."""
    is_whole = not any(isinstance(part, Slot) for part in texts.parts[language][key])
    return is_whole and key.startswith(NAMES) and not key.endswith(ABOUT)


def names_in(texts: Texts, language: Language, slot: Slot) -> list[str]:
    """The keys of all names that can stand in a placeholder of the kind ``text``."""
    begins = FAMILIES.get(slot.name, FAMILIES["service"])
    return [key for key in texts.keys if key.startswith(begins) and is_name(texts, language, key)]


def contour_at(parts: Sequence[Part], index: int) -> Contour:
    """How the part of a text goes at its end: by its own mark, or by what follows it."""
    part = parts[index]
    if isinstance(part, str) and part.endswith(FINAL):
        return Contour.END
    rest = parts[index + 1 :]
    if not rest:
        return Contour.MID if isinstance(part, str) else Contour.END
    return Contour.END if isinstance(rest[0], str) and rest[0] in FINAL else Contour.MID


def wanted(texts: Texts, language: Language) -> dict[str, set[Contour]]:
    """The pieces of all values that the texts have places for, with the contours they need."""
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
    """Continuing pieces first, then falling ones, each list in an order to read."""
    needed = wanted(texts, language)
    for contour in Contour:
        for words, group in grouped(language).items():
            contours = {Contour.MID} if group in CONTINUING else needed.get(words, {Contour.MID})
            if contour in contours:
                said = spell(language, words, texts.lexicon)
                yield Item(value_name(words, contour), said, contour, group=group, piece=words)
