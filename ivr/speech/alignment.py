"""Find the cheapest alignment of a take with the script: which chunk is which item, which chunks
are repeated readings, which items were left out.

The method is dynamic programming over the chunks of a take and the items of a script, both in their
order. The cost of a chunk grows with the difference between its length and the expected one at the
speaker's pace, and with the difference between its sound and the synthetic reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np

from ivr.speech.audio import NARROW
from ivr.speech.likeness import Features, Sound, distances, features
from ivr.speech.takes import Chunk, Take

SHORTEST, LONGEST = 0.5, 2.0
"""Factors of the synthetic reading's length at the speaker's pace; a chunk outside this
range is not the item."""
SPREAD = 0.25
"""Standard deviation of the logarithm of lengths: a person's reading typically differs by 25 %
from the synthetic one."""
LEAST = 0.15
"""Seconds added to both lengths in a comparison: short words are measured less precisely."""
AGAIN, UNLIKE = 4.0, 12.0
"""Cost of a repeated reading; weight of its unlikeness to the next chunk, which is added."""
SLIP = 0.75
"""Factor of the next chunk's length; a shorter chunk may be a slip, which does not
sound like the whole item."""
PAUSED, BROKEN = 5.0, 8.0
"""Cost of a pause within an item that has a comma or a full stop, and within one that has none."""
MOST_PAUSES = 3
"""Maximum number of pauses within an item."""
LEFT_OUT = 15.0
"""Cost of an item that was not read."""
SURE = 4.0
"""Minimum cost difference to the second-best explanation."""
WEIGHT = 20.0
"""Weight of the unlikeness to the synthetic reading. A neighbour's chunk
costs 2 to 3 on average."""
BAND = 8
"""Maximum distance between the chunk index and the item index, in addition to the
difference of their counts."""
AROUND = 25
"""Number of steps on either side of a doubtful one that another explanation may change."""
MARKS = ",.:;!?"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an alignment: the numbers of chunks and items that it covers."""

    chunks: int
    items: int

    @property
    def is_match(self) -> bool:
        """Whether the step matches chunks with an item, so that neither is left out."""
        return bool(self.chunks and self.items)


Place = tuple[int, int]
"""Numbers of explained chunks and items."""


class Alignment:
    """The cheapest alignment of chunks and items."""

    def __init__(
        self,
        take: Take,
        chunks: Sequence[Chunk],
        words: Sequence[str],
        readings: Sequence[Sound],
    ) -> None:
        self.chunks, self.words = chunks, words
        self.expected = [len(reading) / NARROW for reading in readings]
        self.apart = BAND + abs(len(chunks) - len(words))
        spoken = [features(take.speech(chunk)) for chunk in chunks]
        wanted = [features(reading) for reading in readings]
        both = min(len(chunks), len(words))
        self.pace = self._median([(chunks[at], self.expected[at]) for at in range(both)])
        self.unlike = self._compared(take, spoken, wanted)
        steps = distances(spoken[:-1], spoken[1:])
        self.steps = steps / np.median(steps) if len(steps) else steps
        """How unlike the next chunk each chunk is; 1 is the median."""

    def _compared(
        self, take: Take, spoken: Sequence[Features], wanted: Sequence[Features]
    ) -> dict[tuple[int, int, int], float]:
        """Return the unlikeness of chunks to an item's reading, for each chunk alone and
        joined with following ones."""
        pairs: list[tuple[int, int, int]] = []
        ones: list[Features] = []
        for i in range(len(self.chunks)):
            for more in range(MOST_PAUSES + 1):
                near = [j for j in self._near(i, len(self.words) - 1) if self._fits(i, more, j)]
                if not near or i + more >= len(self.chunks):
                    continue
                one = features(take.speech(self.joined(i, more))) if more else spoken[i]
                pairs += [(i, more, j) for j in near]
                ones += [one] * len(near)
        found = distances(ones, [wanted[j] for _, _, j in pairs])
        usual = float(np.median(found)) if pairs else 0.0
        return {pair: float(each) - usual for pair, each in zip(pairs, found, strict=True)}

    def _fits(self, i: int, more: int, j: int) -> bool:
        """Tell whether a chunk, joined with ``more`` following ones, may be an item at all."""
        if not more:
            return True
        if i + more >= len(self.chunks) or more > max(1, self._marks(j)):
            return False
        ratio = self.joined(i, more).seconds / max(self.expected[j] * self.pace, 0.1)
        return SHORTEST < ratio < LONGEST

    def joined(self, i: int, more: int) -> Chunk:
        """Join a chunk with ``more`` following ones."""
        return self.chunks[i].joined(self.chunks[i + more])

    def _marks(self, j: int) -> int:
        """Count the punctuation marks within an item, at which a speaker may pause."""
        return sum(mark in MARKS for mark in self.words[j][:-1])

    def _near(self, i: int, last: int) -> range:
        return range(max(0, i - self.apart), min(last, i + self.apart) + 1)

    def _median(self, lengths: list[tuple[Chunk, float]]) -> float:
        ratios = [chunk.seconds / max(expected, 0.1) for chunk, expected in lengths]
        return float(np.median(ratios)) if ratios else 1.0

    def set_pace(self, path: Sequence[Step]) -> None:
        """Compute the speaker's pace from the matches."""
        self.pace = self._median(
            [
                (self.joined(i, step.chunks - 1), self.expected[j])
                for step, (i, j) in zip(path, walked(path), strict=False)
                if step.is_match
            ]
        )

    def path(self) -> tuple[float, list[Step]]:
        """Return the cheapest alignment and its cost."""
        return self._search((0, 0), (len(self.chunks), len(self.words)))

    def _search(
        self, begin: Place, end: Place, kept: Collection[int] = ()
    ) -> tuple[float, list[Step]]:
        """Return the cheapest path between two places and its cost; ``kept``
        must not be left out."""
        costs: dict[Place, float] = {begin: 0.0}
        came: dict[Place, Step] = {}
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

    def is_sure(self, places: Sequence[Place], at: int) -> bool:
        """Tell whether the chunk that is left out at a step is the right one.

        Only ``AROUND`` steps on either side are examined. Which of two readings of the same item is
        left out does not matter.
        """
        begin = places[max(0, at - AROUND)]
        end = places[min(len(places) - 1, at + AROUND)]
        chunk = places[at][0]
        cheapest, _ = self._search(begin, end)
        return self._search(begin, end, (chunk, chunk + 1))[0] - cheapest >= SURE

    def _steps(self, i: int, j: int, kept: Collection[int]) -> list[tuple[Step, float]]:
        found = []
        n, m = len(self.chunks), len(self.words)
        if j < m:
            found.append((Step(0, 1), LEFT_OUT))
        if i < n and j < m:
            for more in range(min(MOST_PAUSES, n - 1 - i) + 1):
                if (i, more, j) in self.unlike:
                    marked = min(more, self._marks(j))
                    pauses = marked * PAUSED + (more - marked) * BROKEN
                    found.append((Step(1 + more, 1), pauses + self.misfit(i, more, j)))
        if i < n and i not in kept and (i + 1 < n or j == m):
            found.append((Step(1, 0), self._again(i, min(j, m - 1))))
        return found

    def misfit(self, i: int, more: int, j: int) -> float:
        """Return the cost of matching a chunk, with ``more`` following ones, with an item."""
        seconds = self.joined(i, more).seconds
        unlike = WEIGHT * self.unlike.get((i, more, j), 0.0)
        return unlike + off(seconds, self.expected[j] * self.pace)

    def _again(self, i: int, j: int) -> float:
        """Return the cost of taking a chunk for an earlier, or partial, reading of an item."""
        if i + 1 == len(self.chunks):
            return LEFT_OUT
        unlike = UNLIKE * min(1.0, max(0.0, float(self.steps[i]) - 0.5))
        seconds, expected = self.chunks[i].seconds, self.expected[j] * self.pace
        if seconds < SLIP * self.chunks[i + 1].seconds:
            unlike /= 3
        return AGAIN + unlike + (0.5 * off(seconds, expected) if seconds > expected else 0.0)


def walked(path: Sequence[Step]) -> Iterator[Place]:
    """Yield the place before each step, then the last place."""
    i = j = 0
    yield i, j
    for step in path:
        i, j = i + step.chunks, j + step.items
        yield i, j


def off(seconds: float, expected: float) -> float:
    """Return the squared deviation of a length from the expected one; 1 is usual."""
    off = log((seconds + LEAST) / (expected + LEAST)) / SPREAD
    return off * off
