"""Match the pieces of a take with the items of the script by order, count, length and sound.

The script is read in order. The length of the synthetic reading and the speaker's pace give the
expected length of an item. Of repeated readings only the last is used. Doubtful matches are
reported with the time in the take and the item; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np

from ivr.speech.alignment import LEAST, LONGEST, MARKS, SHORTEST, Alignment, Place, Step, walked
from ivr.speech.likeness import Sound
from ivr.speech.script import Line
from ivr.speech.takes import Chunk, Take

SWAPPED = 3.0
"""Minimum improvement by which two neighbours must fit better in the other order to
be reported as swapped."""
TELLING = 0.3
"""Minimum seconds of a piece for its sound to distinguish it from its
neighbour: "of" is like "oh"."""
SAME = 0.35
"""Unlikeness, as a share of the usual one, below which two pieces have the same words."""
ALIKE = 0.6
"""Share of common letters from which on different words may sound nearly the same."""


@dataclass(frozen=True, slots=True)
class Match:
    """An item and its position in the take."""

    line: Line
    chunk: Chunk
    expected: float
    """Expected seconds at the speaker's pace."""

    @property
    def ratio(self) -> float:
        """Return the actual length divided by the expected one."""
        return (self.chunk.seconds + LEAST) / (self.expected + LEAST)


@dataclass(frozen=True)
class Matching:
    """The result of matching a take."""

    matches: tuple[Match, ...]
    again: tuple[Match, ...]
    """Repeated readings, which are left out."""
    problems: tuple[str, ...]
    """One sentence for each doubtful match, with the time in the take and the item."""
    pace: float
    """Seconds that the speaker needs for one second of the synthetic voice."""
    unlike: float
    """Average unlikeness of the pieces to the synthetic readings, minus the
    average for any words."""
    cost: float
    """The total cost; a smaller one is a better match."""


def match(
    take: Take, chunks: Sequence[Chunk], lines: Sequence[Line], read: Callable[[str], Sound]
) -> Matching:
    """Match a take with the items that were read; ``read`` is the synthetic voice at 8 kHz."""
    words = [line.item.words for line in lines]
    alignment = Alignment(take, chunks, words, [read(each) for each in words])
    _, path = alignment.path()
    alignment.set_pace(path)
    cost, path = alignment.path()
    explanation = _Explanation(alignment, lines, path)
    return Matching(
        tuple(matched for _, matched in explanation.matches()),
        tuple(explanation.again()),
        tuple(explanation.problems()),
        alignment.pace,
        explanation.unlike(),
        cost,
    )


class _Explanation:
    """The matches and sentences of an alignment."""

    def __init__(self, alignment: Alignment, lines: Sequence[Line], path: Sequence[Step]) -> None:
        self.alignment, self.lines, self.path = alignment, lines, path
        self.places = list(walked(path))

    def matches(self) -> Iterator[tuple[Place, Match]]:
        """Yield each item with its place."""
        for step, (i, j) in zip(self.path, self.places, strict=False):
            if step.is_match:
                yield (i, j), self._match(i, step.chunks - 1, j)

    def again(self) -> Iterator[Match]:
        """Yield the repeated readings."""
        for step, (i, j) in zip(self.path, self.places, strict=False):
            if not step.items and j < len(self.lines):
                yield self._match(i, 0, j)

    def unlike(self) -> float:
        """Return the mean unlikeness of the matched pieces."""
        found = [
            self.alignment.unlike[i, step.chunks - 1, j]
            for step, (i, j) in zip(self.path, self.places, strict=False)
            if step.is_match
        ]
        return float(np.mean(found)) if found else 0.0

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each doubtful match, in the order of the take."""
        chunks = self.alignment.chunks
        for number, (step, (i, j)) in enumerate(zip(self.path, self.places, strict=False)):
            at = clock(chunks[min(i, len(chunks) - 1)].begin)
            if step.is_match:
                yield from self._out_of_length(self._match(i, step.chunks - 1, j))
            elif step.items:
                yield f"{at}: {named(self.lines[j])} seems to be missing before this"
            elif j == len(self.lines):
                yield f"{at}: something is said after the last item"
            elif not self.alignment.is_sure(self.places, number):
                yield (
                    f"{at}: something near {named(self.lines[j])} seems to be read twice, and it "
                    "is not clear what"
                )
        if all(step.chunks for step in self.path):
            for (here, one), (there, other) in pairwise(self.matches()):
                yield from self._confused(here, one, there, other)

    def _match(self, i: int, more: int, j: int) -> Match:
        expected = self.alignment.expected[j] * self.alignment.pace
        return Match(self.lines[j], self.alignment.joined(i, more), expected)

    def _out_of_length(self, matched: Match) -> Iterator[str]:
        if not SHORTEST <= matched.ratio <= LONGEST:
            how = "shorter" if matched.ratio < 1 else "longer"
            yield (
                f"{clock(matched.chunk.begin)}: {matched.chunk.seconds:.1f} seconds are much {how} "
                f"than {named(matched.line)} should take ({matched.expected:.1f})"
            )

    def _confused(self, here: Place, one: Match, there: Place, other: Match) -> Iterator[str]:
        """Report neighbours that fit better in the other order, or that sound the same
        although their words differ."""
        chunks, fit = self.alignment.chunks, self.alignment.misfit
        (i, j), (k, m) = here, there
        if m != j + 1 or one.chunk != chunks[i] or other.chunk != chunks[k]:
            return
        both = f"{clock(one.chunk.begin)}: {named(one.line)} and {named(other.line)}"
        as_is, swapped = fit(i, 0, j) + fit(k, 0, m), fit(i, 0, m) + fit(k, 0, j)
        if as_is - swapped > SWAPPED and min(one.expected, other.expected) > TELLING:
            yield f"{both} seem to be swapped"
        words = [each.line.item.words.casefold().rstrip(MARKS) for each in (one, other)]
        is_other = SequenceMatcher(None, words[0], words[1]).ratio() < ALIKE
        if k == i + 1 and self.alignment.steps[i] < SAME and is_other:
            yield f"{both} sound the same, as if one was read twice and the other not at all"


def clock(seconds: float) -> str:
    """Format a time in a take as players show it: ``3:07.4``."""
    minutes, tenths = divmod(round(seconds * 10), 600)
    return f"{minutes}:{tenths / 10:04.1f}"


def named(line: Line) -> str:
    """Name an item in a sentence by number and words; shorten long words."""
    words = line.shown
    short = words if len(words) <= 40 else f"{words[:38].rstrip()}…"
    return f"{line.number} '{short}'"
