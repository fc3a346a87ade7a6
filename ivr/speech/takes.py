"""Long takes: many items read one after the other, cut where the speaker was silent.

Speech is told from breaths, clicks and noise by its vowels: they are loud between 200 and 1000 Hz
for some frames in a row. A pause of ``PAUSE`` seconds between two vowels' words ends an item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import soxr

from ivr.errors import Unusable
from ivr.speech.audio import NARROW, read_whole
from ivr.speech.loudness import Samples
from ivr.speech.pcm import Whole

LONGEST_TAKE = 3_600
"""Seconds."""
MOST_BYTES = 700_000_000
"""Of a file: an hour of 16 bits, 48 kHz, in stereo."""
PAUSE = 0.8
"""Seconds of silence that end an item."""
STEP, WINDOW = 80, 256
"""Samples at 8 kHz: levels are measured every 10 ms, over 32 ms."""
SECONDS = STEP / NARROW
CLOSURE = 12
"""Steps: a silence that is shorter is within a word (the stop of a consonant)."""
VOWEL = 6
"""Steps that are loud and low in what is speech: a click has fewer, a breath has none."""
BEFORE, AFTER = 0.15, 0.25
"""Seconds kept around a piece, as far as the pause is clean."""
AROUND = 3_000
"""Steps over which the noise floor is measured: a fan may begin in the middle of a take."""

Levels = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was said between two pauses; seconds in the take."""

    begin: float
    end: float
    """Of the speech."""
    first: float
    last: float
    """Of what is kept: the speech and the clean silence around it."""

    @property
    def seconds(self) -> float:
        """How long the speech is."""
        return self.end - self.begin

    def joined(self, other: Chunk) -> Chunk:
        """This chunk up to the end of a later one."""
        return Chunk(self.begin, other.end, self.first, other.last)


@dataclass(frozen=True, eq=False)
class Take:
    """The sound of a long take."""

    samples: Whole
    rate: int
    narrow: npt.NDArray[np.float32]
    """The same at 8 kHz, between -1 and 1."""
    levels: Levels
    """dB of every step, as the telephone hears it (200 to 3400 Hz)."""
    vowels: Levels
    """dB of every step between 200 and 1000 Hz."""

    def part(self, chunk: Chunk) -> Whole:
        """The samples of a chunk with the silence around it, as they are in the file."""
        return self.samples[int(chunk.first * self.rate) : int(chunk.last * self.rate)]

    def speech(self, chunk: Chunk) -> npt.NDArray[np.float32]:
        """What was said in a chunk, at 8 kHz."""
        return self.narrow[int(chunk.begin * NARROW) : int(chunk.end * NARROW)]

    def quiet(self, chunks: list[Chunk]) -> Samples:
        """What is heard in the pauses between chunks, as they are in the file."""
        parts = []
        for one, other in pairwise(chunks):
            begin, end = one.last, min(other.first, one.last + 2)
            if end - begin > 0.3:
                parts.append(self.samples[int(begin * self.rate) : int(end * self.rate)])
        if not parts:
            return np.zeros(0)
        return np.concatenate(parts[:100]) / 2**31


def read_take(data: bytes, name: str) -> Take:
    """Decode a take. Unusable names the file and what is wrong with it."""
    if len(data) > MOST_BYTES:
        raise Unusable(
            f"{name} is larger than {MOST_BYTES // 1_000_000} MB: save it in parts, each ending "
            "with a chapter of the script"
        )
    samples, rate = read_whole(data, name, LONGEST_TAKE)
    narrow = _narrowed(samples, rate)
    levels, vowels = _levels(narrow)
    return Take(samples, rate, narrow, levels, vowels)


def cut(take: Take) -> list[Chunk]:
    """What was said, pause by pause; empty: nothing was."""
    if not len(take.levels):
        return []
    floor = _floor(take.levels)
    loudest = _loudest(take.levels, floor)
    threshold = np.maximum(floor + 8, loudest - 42)
    vowel_floor = _floor(take.vowels)
    strong = take.vowels > np.maximum(vowel_floor + 10, _loudest(take.vowels, vowel_floor) - 18)
    islands = list(_runs(take.levels > threshold, CLOSURE))
    spoken = [bool(_longest(strong[begin:end]) >= VOWEL) for begin, end in islands]
    words = _with_neighbours(islands, spoken)
    others = [island for island, is_word in zip(islands, spoken, strict=True) if not is_word]
    return list(_chunks(words, others, len(take.levels)))


def _with_neighbours(islands: list[tuple[int, int]], spoken: list[bool]) -> list[tuple[int, int]]:
    """Words, each with what is so near to it that it is a part: the "s" behind a "t"."""
    words: list[tuple[int, int]] = []
    for at, (begin, end) in enumerate(islands):
        if not spoken[at]:
            is_tail = bool(words) and begin - words[-1][1] <= 2 * CLOSURE and spoken[at - 1]
            if is_tail and end - begin <= 3 * CLOSURE:
                words[-1] = (words[-1][0], end)
            continue
        words.append((begin, end))
    return words


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
    """Levels of the telephone's band and of the vowels' band, in dB, for every step."""
    window = np.hanning(WINDOW).astype(np.float32)
    hertz = np.fft.rfftfreq(WINDOW, 1 / NARROW)
    band, low = (hertz >= 200) & (hertz <= 3_400), (hertz >= 200) & (hertz <= 1_000)
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
    """The noise under each step: what the quietest tenth of its surroundings is below."""
    centres = np.arange(0, len(levels), AROUND // 2)
    floors = [
        np.percentile(levels[max(0, at - AROUND // 2) : at + AROUND // 2 + 1], 10) for at in centres
    ]
    found: Levels = np.interp(np.arange(len(levels)), centres, floors).astype(np.float32)
    return found


def _loudest(levels: Levels, floor: Levels) -> float:
    """The level of loud speech: what a tenth of the steps over the noise is above."""
    over = levels[levels > floor + 12]
    return float(np.percentile(over, 90)) if len(over) else 0.0


def _runs(active: npt.NDArray[np.bool_], closure: int) -> Iterator[tuple[int, int]]:
    """Runs of active steps; gaps that are not longer than ``closure`` belong to them."""
    at = np.flatnonzero(active)
    if not len(at):
        return
    breaks = np.flatnonzero(np.diff(at) > closure + 1)
    firsts = at[np.concatenate([[0], breaks + 1])]
    lasts = at[np.concatenate([breaks, [len(at) - 1]])]
    for first, last in zip(firsts, lasts, strict=True):
        yield int(first), int(last) + 1


def _longest(strong: npt.NDArray[np.bool_]) -> int:
    """The longest run of strong steps."""
    return max((end - begin for begin, end in _runs(strong, 0)), default=0)
