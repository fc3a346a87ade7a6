"""Which piece of a take is which item of the script: by order, by count, and by length.

The script is read in order, and the length of the synthetic reading says how long an item is, once
the speaker's pace is known. What was read twice is left out but for its last reading. Dynamic
programming finds the cheapest explanation; what it cannot be sure of is told, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log

import numpy as np

from ivr.speech.audio import NARROW
from ivr.speech.likeness import Features, Sound, distances, features
from ivr.speech.script import Line
from ivr.speech.takes import Chunk, Take

SHORTEST, LONGEST = 0.5, 2.0
"""Times the synthetic reading at the speaker's pace; a piece beyond is not what the script says."""
SPREAD = 0.25
"""Of the logarithm of lengths: a person's reading is as a rule 25 % off the synthetic one."""
LEAST = 0.15
"""Seconds added to lengths that are compared: short words are measured less well."""
AGAIN, UNLIKE = 4.0, 12.0
"""Cost of a reading that was repeated; added to it: how little it is like the next piece."""
SLIP = 0.75
"""Times the next piece: what is shorter may be a slip, which is not like the whole."""
PAUSED, BROKEN = 5.0, 8.0
"""Cost of a pause within an item, where it has a comma or a full stop, and where it has none."""
MOST_PAUSES = 3
"""Within an item."""
LEFT_OUT = 15.0
"""Cost of an item that was not read."""
SURE = 4.0
"""How much dearer the second explanation must be."""
WEIGHT = 20.0
"""Of how unlike the synthetic reading a piece sounds: 2 to 3 for its neighbour's, on average."""
SWAPPED = 3.0
"""How much better two neighbours must fit the other way round to be called swapped."""
SAME = 0.35
"""Unlikeness, as a share of the usual one, under which two pieces are the same words."""
BAND = 8
"""Pieces and items that an explanation may be apart, besides the difference of their counts."""
AROUND = 25
"""Steps around a doubtful one that another explanation may change."""
MARKS = ",.:;!?"


@dataclass(frozen=True, slots=True)
class Match:
    """An item and where it is in the take."""

    line: Line
    chunk: Chunk
    expected: float
    """Seconds, at the speaker's pace."""

    @property
    def ratio(self) -> float:
        """How long it is for what it should be."""
        return (self.chunk.seconds + LEAST) / (self.expected + LEAST)


@dataclass(frozen=True)
class Matching:
    """What a take holds."""

    matches: tuple[Match, ...]
    again: tuple[Match, ...]
    """Readings that were repeated, and are left out."""
    problems: tuple[str, ...]
    """What is not sure, a sentence each, with the time in the take and the item."""
    pace: float
    """How long the speaker takes for what the synthetic voice reads in a second."""
    unlike: float
    """How unlike the synthetic readings the pieces sound, on average, less what any words are."""
    cost: float
    """How ill it fits; the smaller of two is the better one."""


@dataclass(frozen=True, slots=True)
class _Step:
    """From here, so many chunks and items were explained."""

    chunks: int
    items: int


def match(
    take: Take, chunks: Sequence[Chunk], lines: Sequence[Line], read: Callable[[str], Sound]
) -> Matching:
    """Match a take with the items that were read; ``read`` is the synthetic voice, at 8 kHz."""
    search = _Search(take, chunks, lines, [read(line.item.words) for line in lines])
    search.set_pace(search.path())
    return search.told(search.path())


_Place = tuple[int, int]
"""So many chunks and so many items are explained."""


class _Search:
    """The cheapest way through chunks and items."""

    def __init__(
        self,
        take: Take,
        chunks: Sequence[Chunk],
        lines: Sequence[Line],
        readings: Sequence[Sound],
    ) -> None:
        self.chunks, self.lines = chunks, lines
        self.expected = [len(reading) / NARROW for reading in readings]
        self.apart = BAND + abs(len(chunks) - len(lines))
        spoken = [features(take.speech(chunk)) for chunk in chunks]
        wanted = [features(reading) for reading in readings]
        both = min(len(chunks), len(lines))
        self.pace = self._median([(chunks[at], self.expected[at]) for at in range(both)])
        self.unlike = self._compared(take, spoken, wanted)
        steps = distances(spoken[:-1], spoken[1:])
        self.steps = steps / np.median(steps) if len(steps) else steps
        """How unlike the next chunk each one is; 1 is usual."""

    def _compared(
        self, take: Take, spoken: Sequence[Features], wanted: Sequence[Features]
    ) -> dict[tuple[int, int, int], float]:
        """How unlike an item's reading each chunk is, alone and with some of those behind it."""
        pairs: list[tuple[int, int, int]] = []
        ones: list[Features] = []
        for i in range(len(self.chunks)):
            for more in range(MOST_PAUSES + 1):
                near = [j for j in self._near(i, len(self.lines) - 1) if self._fits(i, more, j)]
                if not near or i + more >= len(self.chunks):
                    continue
                one = features(take.speech(self._joined(i, more))) if more else spoken[i]
                pairs += [(i, more, j) for j in near]
                ones += [one] * len(near)
        found = distances(ones, [wanted[j] for _, _, j in pairs])
        usual = float(np.median(found)) if pairs else 0.0
        return {pair: float(each) - usual for pair, each in zip(pairs, found, strict=True)}

    def _fits(self, i: int, more: int, j: int) -> bool:
        """Whether a chunk, with some behind it, may be an item at all."""
        if not more:
            return True
        if i + more >= len(self.chunks) or more > max(1, self._marks(j)):
            return False
        ratio = self._joined(i, more).seconds / max(self.expected[j] * self.pace, 0.1)
        return SHORTEST < ratio < LONGEST

    def _joined(self, i: int, more: int) -> Chunk:
        return self.chunks[i].joined(self.chunks[i + more])

    def _marks(self, j: int) -> int:
        """Marks within an item, at which a speaker may pause."""
        return sum(mark in MARKS for mark in self.lines[j].item.words[:-1])

    def _near(self, i: int, last: int) -> range:
        return range(max(0, i - self.apart), min(last, i + self.apart) + 1)

    def _median(self, lengths: list[tuple[Chunk, float]]) -> float:
        ratios = [chunk.seconds / max(expected, 0.1) for chunk, expected in lengths]
        return float(np.median(ratios)) if ratios else 1.0

    def set_pace(self, path: list[_Step]) -> None:
        """Take the speaker's pace from what was matched."""
        found = [(match.chunk, match.expected / self.pace) for match in self._matches(path)]
        self.pace = self._median(found)

    def path(self) -> list[_Step]:
        """The cheapest way."""
        return self._search((0, 0), (len(self.chunks), len(self.lines)))[1]

    def _search(
        self, begin: _Place, end: _Place, kept: Collection[int] = ()
    ) -> tuple[float, list[_Step]]:
        """The cheapest way between two places and its cost; ``kept`` may not be left out."""
        costs: dict[_Place, float] = {begin: 0.0}
        came: dict[_Place, _Step] = {}
        for i in range(begin[0], end[0] + 1):
            for j in self._near(i, end[1]):
                here = costs.get((i, j), inf)
                if here == inf:
                    continue
                for step, price in self._steps(i, j, kept):
                    to = (i + step.chunks, j + step.items)
                    if here + price < costs.get(to, inf):
                        costs[to] = here + price
                        came[to] = step
        if end not in costs:
            return inf, []
        steps, at = [], end
        while at != begin:
            steps.append(came[at])
            at = (at[0] - came[at].chunks, at[1] - came[at].items)
        return costs[end], steps[::-1]

    def _is_sure(self, places: list[_Place], at: int) -> bool:
        """Whether the chunk that is left out at a step is the one; which of two readings of one
        item is left out does no harm. Looked at as far as ``AROUND`` steps from there."""
        begin = places[max(0, at - AROUND)]
        end = places[min(len(places) - 1, at + AROUND)]
        chunk = places[at][0]
        cheapest, _ = self._search(begin, end)
        return self._search(begin, end, (chunk, chunk + 1))[0] - cheapest >= SURE

    def _steps(self, i: int, j: int, kept: Collection[int]) -> list[tuple[_Step, float]]:
        found = []
        n, m = len(self.chunks), len(self.lines)
        if j < m:
            found.append((_Step(0, 1), LEFT_OUT))
        if i < n and j < m:
            for more in range(min(MOST_PAUSES, n - 1 - i) + 1):
                if (i, more, j) in self.unlike:
                    marked = min(more, self._marks(j))
                    pauses = marked * PAUSED + (more - marked) * BROKEN
                    found.append((_Step(1 + more, 1), pauses + self._misfit(i, more, j)))
        if i < n and i not in kept and (i + 1 < n or j == m):
            found.append((_Step(1, 0), self._again(i, min(j, m - 1))))
        return found

    def _misfit(self, i: int, more: int, j: int) -> float:
        seconds = self._joined(i, more).seconds
        unlike = WEIGHT * self.unlike.get((i, more, j), 0.0)
        return unlike + _off(seconds, self.expected[j] * self.pace)

    def _again(self, i: int, j: int) -> float:
        """The cost of a chunk that was an earlier reading of an item, or of a part of it."""
        if i + 1 == len(self.chunks):
            return LEFT_OUT
        unlike = UNLIKE * min(1.0, max(0.0, float(self.steps[i]) - 0.5))
        seconds, expected = self.chunks[i].seconds, self.expected[j] * self.pace
        if seconds < SLIP * self.chunks[i + 1].seconds:
            unlike /= 3
        return AGAIN + unlike + (0.5 * _off(seconds, expected) if seconds > expected else 0.0)

    def _matches(self, path: list[_Step]) -> list[Match]:
        return [match for _, match in self._walked(path) if match is not None]

    def _walked(self, path: list[_Step]) -> list[tuple[tuple[int, int], Match | None]]:
        """Each step with the place before it, and what it matches."""
        i = j = 0
        found: list[tuple[tuple[int, int], Match | None]] = []
        for step in path:
            matched = None
            if step.chunks and step.items:
                chunk = self._joined(i, step.chunks - 1)
                matched = Match(self.lines[j], chunk, self.expected[j] * self.pace)
            found.append(((i, j), matched))
            i, j = i + step.chunks, j + step.items
        return found

    def told(self, path: list[_Step]) -> Matching:
        """The matching with all that is not sure about it."""
        cheapest, _ = self._search((0, 0), (len(self.chunks), len(self.lines)))
        problems: list[str] = []
        again: list[Match] = []
        walked = self._walked(path)
        places = [place for place, _ in walked] + [(len(self.chunks), len(self.lines))]
        for number, (step, ((i, j), matched)) in enumerate(zip(path, walked, strict=True)):
            at = clock(self.chunks[min(i, len(self.chunks) - 1)].begin)
            if matched is not None:
                problems.extend(self._out_of_length(matched))
            elif step.items:
                problems.append(f"{at}: {named(self.lines[j])} seems not to be read before this")
            elif j == len(self.lines):
                problems.append(f"{at}: something is said after the last item")
            else:
                again.append(Match(self.lines[j], self.chunks[i], self.expected[j] * self.pace))
                if not self._is_sure(places, number):
                    problems.append(
                        f"{at}: something near {named(self.lines[j])} seems to be read twice, and "
                        "it is not clear what"
                    )
        alone = [
            (place, matched)
            for step, (place, matched) in zip(path, walked, strict=True)
            if matched is not None and step.chunks == 1
        ]
        if not any(step.chunks == 0 for step in path):
            for one, other in pairwise(alone):
                problems.extend(self._confused(*one, *other))
        unlike = [
            self.unlike[i, step.chunks - 1, j]
            for step, ((i, j), matched) in zip(path, walked, strict=True)
            if matched is not None
        ]
        mean = float(np.mean(unlike)) if unlike else 0.0
        matches = tuple(self._matches(path))
        return Matching(matches, tuple(again), tuple(problems), self.pace, mean, cheapest)

    def _out_of_length(self, matched: Match) -> Iterator[str]:
        if not SHORTEST <= matched.ratio <= LONGEST:
            how = "shorter" if matched.ratio < 1 else "longer"
            yield (
                f"{clock(matched.chunk.begin)}: {matched.chunk.seconds:.1f} seconds are much {how} "
                f"than {named(matched.line)} should take ({matched.expected:.1f})"
            )

    def _confused(self, here: _Place, one: Match, there: _Place, other: Match) -> Iterator[str]:
        """Neighbours that fit better the other way round, or sound the same though their words
        differ."""
        if there[1] != here[1] + 1:
            return
        both = f"{clock(one.chunk.begin)}: {named(one.line)} and {named(other.line)}"
        as_is = self._misfit(here[0], 0, here[1]) + self._misfit(there[0], 0, there[1])
        swapped = self._misfit(here[0], 0, there[1]) + self._misfit(there[0], 0, here[1])
        if as_is - swapped > SWAPPED:
            yield f"{both} seem to have changed places"
        words = [each.line.item.words.casefold().rstrip(MARKS) for each in (one, other)]
        is_within = words[0] in words[1] or words[1] in words[0]
        if there[0] == here[0] + 1 and self.steps[here[0]] < SAME and not is_within:
            yield f"{both} sound the same, as if one was read twice and the other not at all"


def _off(seconds: float, expected: float) -> float:
    """How far a length is off, squared; 1 is usual."""
    off = log((seconds + LEAST) / (expected + LEAST)) / SPREAD
    return off * off


def clock(seconds: float) -> str:
    """A time in a take, as players show it: ``3:07.4``."""
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"


def named(line: Line) -> str:
    """An item as a sentence has it: number and words, long ones by their beginning."""
    words = line.shown
    short = words if len(words) <= 40 else f"{words[:38].rstrip()}…"
    return f"{line.number} '{short}'"
