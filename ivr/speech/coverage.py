"""Report which sentences of a language are recorded, menu by menu.

A sentence is recorded if every piece of it is: its own words, all pieces of the values in its
placeholders, and all names that can be in it. Otherwise the synthetic voice says the whole
sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from ivr.domain.values import Language
from ivr.flow.document import Flow
from ivr.speech.chapters import menus
from ivr.speech.pieces import grouped, pieces
from ivr.speech.recordable import Contour, Item, items, mid_name, names_in, value_name
from ivr.speech.script import is_recorded
from ivr.speech.spelling import spell
from ivr.speech.texts import WRITTEN, Slot, Texts


class State(StrEnum):
    """How much of a sentence is recorded."""

    RECORDED = "recorded"
    HALF = "half recorded"
    """Its own words are recorded, wholly or partly, but other pieces are missing."""
    SYNTHETIC = "synthetic"
    TYPED = "typed"
    """It contains words that are typed later, such as an announcement, and are never recorded."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and its missing recordings."""

    key: str
    state: State
    missing: tuple[str, ...]
    """Names of the missing recordings, in the order of the sentence."""

    def lacks(self, most: int = 3) -> str:
        """Return the first missing names as the end of a sentence: ``a, b, c and 4 more``."""
        more = f" and {len(self.missing) - most} more" if len(self.missing) > most else ""
        return ", ".join(self.missing[:most]) + more


@dataclass(frozen=True)
class Coverage:
    """The recorded part of one language."""

    language: Language
    sentences: dict[str, Sentence]
    menus: dict[str, tuple[str, ...]]
    """The keys of the sentences of each menu."""
    recorded: int
    """Number of recorded items of the script."""
    items: int

    @cached_property
    def is_complete(self) -> bool:
        """Whether no synthetic voice can be heard, except for words that are typed later."""
        states = {sentence.state for sentence in self.sentences.values()}
        return states <= {State.RECORDED, State.TYPED}

    def of(self, keys: Collection[str], state: State) -> list[Sentence]:
        """Return the sentences with one of these keys that are in this state."""
        found = (self.sentences[key] for key in keys)
        return [sentence for sentence in found if sentence.state is state]


def coverage(texts: Texts, language: Language, flow: Flow, recorded: Collection[str]) -> Coverage:
    """Determine what is recorded; ``recorded`` has the names of the language's recordings."""
    every = items(texts, language)
    sentences = {each.key: each for each in _sentences(texts, language, every, recorded)}
    return Coverage(
        language,
        sentences,
        {entry.menu: tuple(entry.keys) for entry in menus(flow, texts)},
        sum(is_recorded(item, recorded) for item in every),
        len(every),
    )


def _sentences(
    texts: Texts, language: Language, every: Sequence[Item], recorded: Collection[str]
) -> Iterator[Sentence]:
    """Yield every spoken text with its missing recordings."""
    served = _served(texts, language)
    had = {words for name, words in served.items() if name in recorded}
    values = _lacking(every, language, recorded)
    for key, parts in texts.parts[language].items():
        if key.startswith(WRITTEN):
            continue
        own = [name for name in texts.segments(language, key) if name in served]
        slots = [part for part in parts if isinstance(part, Slot)]
        missing = [name for name in own if served[name] not in had]
        for slot in slots:
            missing.extend(_missing_of(texts, language, slot, values, had, served))
        if any(slot.kind == "plain" for slot in slots):
            state = State.TYPED
        elif not missing:
            state = State.RECORDED
        elif any(served[name] in had for name in own):
            state = State.HALF
        else:
            state = State.SYNTHETIC
        yield Sentence(key, state, tuple(dict.fromkeys(missing)))


def _lacking(
    every: Sequence[Item], language: Language, recorded: Collection[str]
) -> dict[str, str]:
    """Return each piece of values with the name of its missing recording; empty if it has one."""
    had = {
        words
        for words in grouped(language)
        if any(value_name(words, contour) in recorded for contour in Contour)
    }
    first: dict[str, str] = {}
    for item in every:
        if item.group is not None:
            first.setdefault(item.piece, item.name)
    return {words: "" if words in had else name for words, name in first.items()}


def _served(texts: Texts, language: Language) -> dict[str, str]:
    """Return the words of each recording of a text, by recording name."""
    found = {}
    for key in texts.keys:
        if not key.startswith(WRITTEN):
            for name, written in texts.segments(language, key).items():
                if words := spell(language, written, texts.lexicon):
                    found[name] = words
                    found[mid_name(name)] = words
    return found


def _missing_of(
    texts: Texts,
    language: Language,
    slot: Slot,
    values: Mapping[str, str],
    had: Collection[str],
    served: dict[str, str],
) -> Iterator[str]:
    if slot.kind == "text":
        names = names_in(texts, language, slot)
        yield from (key for key in names if key in served and served[key] not in had)
        return
    of = pieces(language, slot.kind)
    for words, name in values.items():
        if words in of.inner | of.last and name:
            yield name
