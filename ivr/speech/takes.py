"""Cut long takes, in which many items are read one after another, at the pauses.

Vowels distinguish speech from breaths, clicks and noise: they are loud between 200 and 1200 Hz for
several consecutive frames. A silence of ``PAUSE`` seconds between words with vowels ends an item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import soxr

from ivr.speech.audio import NARROW, read_whole
from ivr.speech.loudness import Samples
from ivr.speech.pcm import Whole

LONGEST_TAKE = 3_600
"""Maximum seconds of a take."""
MOST_BYTES = 700_000_000
"""Maximum size of a file: an hour of 16 bits, 48 kHz, in stereo."""
PAUSE = 0.8
"""Seconds of silence that end an item."""
STEP, WINDOW = 80, 256
"""Samples at 8 kHz: levels are measured every 10 ms, over 32 ms."""
SECONDS = STEP / NARROW
CLOSURE = 12
"""Steps: a shorter silence is within a word (the stop of a consonant)."""
VOWEL = 5
"""Minimum number of consecutive loud low steps in speech: a click has fewer, a breath has none."""
VOICED = 4.0
"""Maximum share of a vowel's level above 1200 Hz, as the loss in dB without it; a breath has nearly
all of its sound there."""
BEFORE, AFTER = 0.15, 0.25
"""Seconds kept before and after a piece, as far as the pause is clean."""
FLOOR = -80.0
"""dB: anything quieter is digital silence."""
AROUND = 600
"""Steps before and after a step over which the noise is measured."""

Levels = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The speech between two pauses; times are seconds in the take."""

    begin: float
    end: float
    """End of the speech."""
    first: float
    last: float
    """End of the kept part: the speech and the clean silence after it."""

    @property
    def seconds(self) -> float:
        """Return the length of the speech."""
        return self.end - self.begin

    def joined(self, other: Chunk) -> Chunk:
        """Return this chunk extended to the end of a later one."""
        return Chunk(self.begin, other.end, self.first, other.last)


@dataclass(frozen=True, eq=False)
class Take:
    """The sound of a long take."""

    samples: Whole
    rate: int
    narrow: npt.NDArray[np.float32]
    """The same sound at 8 kHz, between -1 and 1."""
    levels: Levels
    """Level of every step in dB, in the telephone band (200 to 3400 Hz)."""
    vowels: Levels
    """Level of every step in dB, between 200 and 1200 Hz."""

    def part(self, chunk: Chunk) -> Whole:
        """Return the samples of a chunk with the silence around it, unchanged from the file."""
        return self.samples[int(chunk.first * self.rate) : int(chunk.last * self.rate)]

    def speech(self, chunk: Chunk) -> npt.NDArray[np.float32]:
        """Return the speech of a chunk at 8 kHz."""
        return self.narrow[int(chunk.begin * NARROW) : int(chunk.end * NARROW)]

    def quiet(self, chunks: list[Chunk]) -> Samples:
        """Return the sound of about thirty pauses between chunks, spread over the take."""
        parts = []
        for one, other in pairwise(chunks):
            begin, end = one.last, min(other.first, one.last + 1)
            if end - begin > 0.3:
                parts.append(self.samples[int(begin * self.rate) : int(end * self.rate)])
        if not parts:
            return np.zeros(0)
        return np.concatenate(parts[:: max(1, len(parts) // 30)]) / 2**31


def read_take(data: bytes, name: str) -> Take:
    """Decode a take. Unusable names the file and the fault."""
    samples, rate = read_whole(data, name, LONGEST_TAKE)
    narrow = _narrowed(samples, rate)
    levels, vowels = _levels(narrow)
    return Take(samples, rate, narrow, levels, vowels)


def cut(take: Take) -> list[Chunk]:
    """Return the speech between pauses; empty if there is none."""
    if not len(take.levels):
        return []
    floor = _floor(take.levels)
    loudest = _loudest(take.levels, floor)
    threshold = np.maximum(floor + 8, loudest - 40)
    vowel_floor = _floor(take.vowels)
    strong = take.vowels > np.maximum(vowel_floor + 10, _loudest(take.vowels, vowel_floor) - 18)
    strong &= take.vowels > take.levels - VOICED
    islands = list(_runs(take.levels > threshold, CLOSURE))
    spoken = [bool(_longest(strong[begin:end]) >= VOWEL) for begin, end in islands]
    words = [island for island, is_word in zip(islands, spoken, strict=True) if is_word]
    others = [island for island, is_word in zip(islands, spoken, strict=True) if not is_word]
    return list(_chunks(words, others, len(take.levels)))


def _chunks(
    words: list[tuple[int, int]], others: list[tuple[int, int]], steps: int
) -> Iterator[Chunk]:
    joined: list[tuple[int, int]] = []
    for begin, end in words:
        if joined and begin - joined[-1][1] < PAUSE / SECONDS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    for at, (begin, end) in enumerate(joined):
        before = max((last for _, last in others if last <= begin), default=0)
        after = min((first for first, _ in others if first >= end), default=steps)
        if at:
            before = max(before, (joined[at - 1][1] + begin) // 2)
        if at + 1 < len(joined):
            after = min(after, (end + joined[at + 1][0]) // 2)
        yield Chunk(
            begin * SECONDS,
            end * SECONDS,
            max(before * SECONDS, begin * SECONDS - BEFORE),
            min(after * SECONDS, end * SECONDS + AFTER),
        )


def _narrowed(samples: Whole, rate: int) -> npt.NDArray[np.float32]:
    stream = soxr.ResampleStream(rate, NARROW, 1, dtype="float32", quality="HQ")
    block = 30 * rate
    parts = []
    for at in range(0, max(len(samples), 1), block):
        part = (samples[at : at + block] / np.float32(2**31)).astype(np.float32)
        parts.append(stream.resample_chunk(part, last=at + block >= len(samples)))
    return np.concatenate(parts)


def _levels(narrow: npt.NDArray[np.float32]) -> tuple[Levels, Levels]:
    """Return the levels of the telephone band and of the vowel band in dB, for every step."""
    window = np.hanning(WINDOW).astype(np.float32)
    hertz = np.fft.rfftfreq(WINDOW, 1 / NARROW)
    band, low = (hertz >= 200) & (hertz <= 3_400), (hertz >= 200) & (hertz <= 1_200)
    padded = np.pad(narrow, (0, WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::STEP]
    found: list[tuple[Levels, Levels]] = []
    for at in range(0, len(frames), 6_000):
        power = np.abs(np.fft.rfft(frames[at : at + 6_000] * window)) ** 2
        scale = 4 / WINDOW**2
        found.append(
            (
                10 * np.log10(power[:, band].sum(1) * scale + 1e-12).astype(np.float32),
                10 * np.log10(power[:, low].sum(1) * scale + 1e-12).astype(np.float32),
            )
        )
    return np.concatenate([one for one, _ in found]), np.concatenate([two for _, two in found])


def _floor(levels: Levels) -> Levels:
    """Return the noise level under each step: the level of the quietest tenth of its surroundings.

    A noise may begin or end at any time. Of the noise before and after a step the louder one
    counts, as long as it can be noise at all.
    """
    wide = _quietest(levels, AROUND, AROUND)
    least = np.maximum(wide, np.float32(FLOOR))
    sides = np.maximum(_quietest(levels, AROUND, 0), _quietest(levels, 0, AROUND))
    return np.maximum(least, np.minimum(sides, _loudest(levels, least) - 33))


def _quietest(levels: Levels, before: int, after: int) -> Levels:
    """Return the 10 % quantile of the levels around each step."""
    centres = np.arange(0, len(levels) + 50, 50)
    floors = [
        float(np.percentile(near, 10)) if len(near) else FLOOR
        for near in (levels[max(0, at - before) : at + after] for at in centres)
    ]
    found: Levels = np.interp(np.arange(len(levels)), centres, floors).astype(np.float32)
    return found


def _loudest(levels: Levels, floor: Levels) -> float:
    """Return the level of loud speech: the 90 % quantile of the steps with a voice."""
    over = levels[levels > floor + 12]
    if not len(over):
        return 0.0
    voices = over[over > np.percentile(over, 98) - 20]
    return float(np.percentile(voices, 90))


def _runs(active: npt.NDArray[np.bool_], closure: int) -> Iterator[tuple[int, int]]:
    """Yield runs of active steps; join them over gaps of at most ``closure`` steps."""
    at = np.flatnonzero(active)
    if not len(at):
        return
    breaks = np.flatnonzero(np.diff(at) > closure + 1)
    firsts = at[np.concatenate([[0], breaks + 1])]
    lasts = at[np.concatenate([breaks, [len(at) - 1]])]
    for first, last in zip(firsts, lasts, strict=True):
        yield int(first), int(last) + 1


def _longest(strong: npt.NDArray[np.bool_]) -> int:
    """Return the length of the longest run of strong steps."""
    return max((end - begin for begin, end in _runs(strong, 0)), default=0)
