"""The reading script: all that can be recorded of a language, in an order that a person can read.

Whole sentences come first, menu by menu; then names; then pieces of values in groups of five, those
with the continuing contour first. A chapter is read without a break; a take may end with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.domain.values import Language
from ivr.flow.document import Flow
from ivr.speech.carriers import carriers
from ivr.speech.chapters import EVERYWHERE, menus
from ivr.speech.pieces import Group
from ivr.speech.recordable import FINAL, Contour, Item, is_name, items
from ivr.speech.texts import PAUSES, Texts

LISTS: Mapping[Contour, Mapping[str, tuple[Group, ...]]] = {
    Contour.MID: {
        "numbers that go on": (Group.NUMBERS, Group.ZEROS),
        "other forms of numbers": (Group.FORMS,),
        "large numbers, units, ordinals": (Group.LARGE, Group.UNITS, Group.ORDINALS),
        "months, years, small words": (Group.MONTHS, Group.YEARS, Group.OTHERS),
    },
    Contour.END: {
        "numbers that end a sentence": (Group.NUMBERS, Group.ZEROS, Group.FORMS),
        "units and months that end a sentence": tuple(
            set(Group) - {Group.NUMBERS, Group.ZEROS, Group.FORMS}
        ),
    },
}
NAMES_GO_ON, NAMES_END = "names that go on", "names that end a sentence"
GROUP = 5
"""Number of short items that are read together."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the script."""

    number: int
    """The number of the item, from 1."""
    item: Item
    chapter: str
    carrier: str
    """The sentence in which it is heard, the item in brackets; empty if it is a sentence itself."""

    @property
    def shown(self) -> str:
        """Return the words as they sound, with the contour: ``…`` continues, ``.`` falls."""
        words = self.item.words
        if self.item.contour is Contour.MID:
            return f"{words.rstrip(''.join(PAUSES))} …"
        return words if words.endswith(FINAL) else f"{words}."

    @property
    def is_short(self) -> bool:
        """Whether it is read in a group of five: a name or a piece of values."""
        return self.item.group is not None or self.chapter in (NAMES_GO_ON, NAMES_END)


def script(texts: Texts, language: Language, flow: Flow) -> list[Line]:
    """Return all items of a language in reading order."""
    heard_in = carriers(texts, language)
    return [
        Line(number, item, chapter, heard_in.get(item.name, ""))
        for number, (chapter, item) in enumerate(_ordered(texts, language, flow), 1)
    ]


def missing(lines: Sequence[Line], recorded: Collection[str]) -> list[Line]:
    """Return the lines without a recording, with their numbers in the full script."""
    return [line for line in lines if not is_recorded(line.item, recorded)]


def is_recorded(item: Item, recorded: Collection[str]) -> bool:
    """Tell whether there is a recording of exactly this item, under any of its names."""
    if item.take_of or not item.keys:
        return item.name in recorded
    return any(key in recorded for key in item.keys)


def groups(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield lines that are read together: five short ones of one chapter, or a single sentence."""
    together: list[Line] = []
    for line in lines:
        is_full = len(together) == GROUP
        if together and (is_full or not line.is_short or line.chapter != together[0].chapter):
            yield together
            together = []
        together.append(line)
        if not line.is_short:
            yield together
            together = []
    if together:
        yield together


def _ordered(texts: Texts, language: Language, flow: Flow) -> Iterator[tuple[str, Item]]:
    every = items(texts, language)
    firsts = {key: item for item in every if not item.take_of for key in item.keys}
    names = {
        item.name
        for item in every
        for key in item.keys
        if key in texts.keys and is_name(texts, language, key)
    }
    done: set[str] = set()
    for entry in sorted(menus(flow, texts), key=lambda entry: entry.branch == EVERYWHERE):
        for key in entry.keys:
            for segment in texts.segments(language, key):
                item = firsts.get(segment)
                if item is not None and item.name not in names | done:
                    done.add(item.name)
                    yield entry.branch, item
    yield from ((NAMES_GO_ON, item) for item in every if item.take_of)
    yield from ((NAMES_END, item) for item in every if item.name in names and not item.take_of)
    for contour, lists in LISTS.items():
        for title, wanted in lists.items():
            for item in every:
                if item.group in wanted and item.contour is contour:
                    yield title, item
