"""Split a text into sentences of segments, pauses and values in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.domain.dialogue import Value
from ivr.domain.values import Language
from ivr.errors import FlowBroken
from ivr.speech.forms import spoken
from ivr.speech.recordable import FINAL, Contour
from ivr.speech.spelling import spell
from ivr.speech.texts import PAUSES, Slot, Texts
from ivr.speech.vocabulary import compose, vocabulary

DEEPEST = 3
"""Maximum nesting of texts."""
IN_PAIRS = frozenset({"phone", "code"})
"""Kinds said in pairs, for the caller to write down; others are said without a break."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of a text between its values."""

    words: str
    name: str
    """Name of its recording; empty if the words do not belong to a text."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A mark at the beginning of a part of a text, or within a value."""

    mark: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A value, or a pair of digits of one, that is said without a break."""

    words: str
    pieces: tuple[str, ...]
    """Pieces as the vocabulary has them."""


Leaf = Segment | Pause | Amount
Sentence = tuple[Leaf, ...]


class Sentences:
    """The sentences of a release's texts. One instance serves all threads."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._spelled: dict[tuple[Language, str], str] = {}

    def of(self, language: Language, key: str, values: Mapping[str, Value]) -> list[Sentence]:
        """Return the sentences of a text. FlowBroken: unknown key, missing or wrong value."""
        sentences: list[list[Leaf]] = [[]]
        for leaf in self._text(language, key, values, 0):
            sentences[-1].append(leaf)
            if _is_end(leaf):
                sentences.append([])
        return [tuple(sentence) for sentence in sentences if sentence]

    def spell(self, language: Language, words: str) -> str:
        """Return words in the form that the voice gets."""
        if (language, words) not in self._spelled:
            self._spelled[language, words] = spell(language, words, self._texts.lexicon)
        return self._spelled[language, words]

    def _text(
        self, language: Language, key: str, values: Mapping[str, Value], depth: int
    ) -> Iterator[Leaf]:
        try:
            parts = self._texts.parts[language][key]
        except KeyError:
            raise FlowBroken(f"there is no text '{key}' in {language}") from None
        names = iter(self._texts.segments(language, key))
        for part in parts:
            if isinstance(part, Slot):
                if part.name not in values:
                    raise FlowBroken(f"text '{key}' has no value for '{part.name}'")
                yield from self._value(language, key, part, values[part.name], depth)
            elif part in PAUSES:
                yield Pause(part)
            else:
                name = next(names)
                if words := self.spell(language, part):
                    yield Segment(words, name)

    def _value(
        self, language: Language, key: str, slot: Slot, value: Value, depth: int
    ) -> Iterator[Leaf]:
        if slot.kind == "text":
            if depth == DEEPEST:
                raise FlowBroken(f"text '{key}' includes texts that include each other without end")
            yield from self._text(language, str(value), {}, depth + 1)
            return
        if slot.kind == "plain":
            if words := spell(language, str(value), self._texts.lexicon):
                yield Segment(words, "")
            return
        try:
            words = spoken(language, slot.kind, value)
        except ValueError as error:
            raise FlowBroken(f"text '{key}', value '{slot.name}': {error}") from None
        pieces = compose(words, vocabulary(language))
        if slot.kind not in IN_PAIRS:
            yield Amount(words, tuple(pieces))
            return
        for piece in pieces:
            yield Pause(piece) if piece in PAUSES else Amount(piece, (piece,))


def contour(sentence: Sentence, index: int) -> Contour:
    """Return the contour of a leaf: falling where the sentence ends."""
    rest = sentence[index + 1 :]
    is_last = not rest or (isinstance(rest[0], Pause) and _is_end(rest[0]))
    return Contour.END if is_last or _is_end(sentence[index]) else Contour.MID


def _is_end(leaf: Leaf) -> bool:
    match leaf:
        case Pause(mark):
            return mark in FINAL
        case Segment(words, _):
            return words.endswith(FINAL)
        case Amount():
            return False
