"""Check recordings; each finding has a sentence for the people in the studio.

``read_recording`` refuses recordings that cannot be used at all. These checks are about faults that
callers would hear. Levels are in dBov: 0 is a full-scale square wave (ITU-T G.100.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ivr.speech.loudness import SILENT, Samples, active_level

FULL = 10 ** (-1 / 20)
"""A constant sample from this value on counts as clipped: -1 dBFS."""
MOST_FLAT = 3
"""Maximum number of samples that may repeat at full scale."""
LOUDEST, QUIETEST = -15.0, -35.0
"""Limits of a raw recording's active level: a louder one soon clips, a quieter one has noise."""
LEAST_OVER_NOISE = 35.0
"""Minimum decibels between speech and room noise; A-law itself keeps 38 (ITU-T G.711)."""
LONGEST_GAP, LONGEST_REST = 0.5, 0.9
"""Maximum seconds of silence within words, and at a comma or a full stop."""
MOST_OFFSET = 0.02
"""Maximum DC offset, as a share of full scale."""
APART = 6.0
"""Maximum difference in decibels between a recording and the usual level of its set."""
SHORTEST, LONGEST = 0.5, 2.0
"""Limits of the length, as factors of the synthetic reading's length."""
HUM = -62.0
"""Level of mains hum in dBov from which on it is audible under speech."""
TONES = (50.0, 60.0)
FRAME = 0.01
MARKS = ",.:;!?"


class Check(StrEnum):
    """What is checked."""

    CLIPPED = "clipped"
    NOISE = "noise"
    LEVEL = "level"
    HUM = "hum"
    GAP = "gap"
    LENGTH = "length"
    OFFSET = "offset"
    EDGE = "edge"
    LOUDNESS = "loudness"


HARMLESS = frozenset({Check.LEVEL, Check.OFFSET, Check.LOUDNESS})
"""Findings that are corrected automatically and only reported."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and what to do about it."""

    check: Check
    sentence: str
    """The end of a sentence that begins with the name: "is clipped …; record
    it again, less loud"."""

    @property
    def is_fault(self) -> bool:
        """Whether callers would hear it."""
        return self.check not in HARMLESS


@dataclass(frozen=True, slots=True)
class Room:
    """The background noise of a room."""

    noise: float | None
    """In dBov; None if the recording has no silence to measure it in."""
    hum: float = 0.0
    """The mains frequency in hertz; 0 if no hum is audible."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a recording from other sources; None if unknown."""

    words: str = ""
    expected: float | None = None
    """Length of the synthetic reading in seconds, at the speaker's pace."""
    usual: float | None = None
    """The usual active level of its set, in dBov."""
    room: Room | None = None
    """The room of the take; None: it is measured around the words."""


def room(quiet: Samples, rate: int) -> Room:
    """Measure the room of a take in its pauses; ``quiet`` excludes speech and its surroundings."""
    if len(quiet) <= 0.2 * rate:
        return Room(None)
    return Room(float(np.median(levels(quiet - quiet.mean(), rate))), hum(quiet, rate))


def findings(sound: Samples, rate: int, known: Known = Known()) -> list[Finding]:
    """Return all faults of a recording; ``sound`` is mono, between -1 and 1."""
    return list(_found(sound, rate, known))


def _found(sound: Samples, rate: int, known: Known) -> Iterator[Finding]:
    centred = sound - sound.mean() if len(sound) else sound
    level = active_level(centred, rate)
    if level == SILENT:
        return
    frames = levels(centred, rate)
    begin, end = span(frames)
    if flat := flat_samples(sound):
        yield Finding(
            Check.CLIPPED,
            f"is clipped in {flat} places: it was too loud; record it again, farther from the "
            "microphone or with less gain",
        )
    if abs(float(sound.mean())) > MOST_OFFSET:
        yield Finding(Check.OFFSET, "has a DC offset; have the sound card checked")
    if not QUIETEST <= level <= LOUDEST:
        how, way = ("quiet", "more") if level < QUIETEST else ("loud", "less")
        yield Finding(
            Check.LEVEL,
            f"is {how} ({level:.0f} dB, best is -26): use {way} gain for what is still to come",
        )
    noise = known.room.noise if known.room else noise_around(centred, rate)
    if noise is not None and level - noise < LEAST_OVER_NOISE:
        yield Finding(
            Check.NOISE,
            f"has noise only {level - noise:.0f} dB below the voice ({LEAST_OVER_NOISE:.0f}"
            " are needed); record it again in a quieter room, nearer to the microphone",
        )
    if known.room and known.room.hum:
        yield Finding(
            Check.HUM,
            f"hums at {known.room.hum:.0f} Hz: move the cable away from mains, or run the computer "
            "on its battery, and record it again",
        )
    rest = LONGEST_REST if any(mark in MARKS for mark in known.words[:-1]) else LONGEST_GAP
    if (gap := longest_gap(frames[begin:end])) > rest:
        yield Finding(
            Check.GAP, f"has {gap:.1f} seconds of silence in the middle; read it in one go"
        )
    if where := cut_edge(centred, rate, level):
        yield Finding(
            Check.EDGE,
            f"is cut off at its {where}: leave a little silence before and after the words",
        )
    if known.expected:
        yield from length((end - begin) * FRAME / known.expected)
    if known.usual is not None:
        yield from loudness(level, known.usual)


def length(ratio: float) -> Iterator[Finding]:
    """Check that a recording is as long as its words; ``ratio`` is actual to expected length."""
    if ratio < SHORTEST:
        yield Finding(
            Check.LENGTH,
            f"is much shorter than these words need ({ratio:.1f} of it): is a part missing?",
        )
    elif ratio > LONGEST:
        yield Finding(
            Check.LENGTH,
            f"is much longer than these words need ({ratio:.1f} times): does it have more words?",
        )


def loudness(level: float, usual: float) -> Iterator[Finding]:
    """Check that a recording is as loud as the others of its set, both in dBov."""
    if abs(level - usual) > APART:
        how = "louder" if level > usual else "quieter"
        yield Finding(
            Check.LOUDNESS,
            f"is {abs(level - usual):.0f} dB {how} than the others: keep the same distance from "
            "the microphone",
        )


def flat_samples(sound: Samples) -> int:
    """Count the samples that repeat at full scale; return 0 if there are few."""
    loud = np.abs(sound) >= FULL
    flat = int(np.count_nonzero(loud[1:] & (sound[1:] == sound[:-1])))
    return flat if flat > MOST_FLAT else 0


def levels(sound: Samples, rate: int) -> Samples:
    """Return the level of every frame of 10 ms, in dBov."""
    size = max(1, int(rate * FRAME))
    count = len(sound) // size
    power = np.mean(sound[: count * size].reshape(count, size) ** 2, axis=1)
    return np.asarray(10 * np.log10(power + 1e-12))


def span(frames: Samples) -> tuple[int, int]:
    """Return the index of the first audible frame, and the one after the last."""
    if not len(frames):
        return 0, 0
    loud = np.flatnonzero(frames > _threshold(frames))
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(frames))


def _threshold(frames: Samples) -> float:
    floor = float(np.percentile(frames, 5))
    return max(float(frames.max()) - 40, min(floor + 8, float(frames.max()) - 20))


def longest_gap(frames: Samples) -> float:
    """Return the seconds of the longest silence within speech."""
    if not len(frames):
        return 0.0
    loud = np.flatnonzero(frames > _threshold(frames))
    return float(np.max(np.diff(loud), initial=1) - 1) * FRAME


def noise_around(sound: Samples, rate: int) -> float | None:
    """Return the level of the silence around speech in dBov; None if there is none."""
    frames = levels(sound, rate)
    begin, end = span(frames)
    silent = np.concatenate([frames[: max(0, begin - 3)], frames[end + 8 :]])
    return float(np.median(silent)) if len(silent) >= 10 else None


def hum(quiet: Samples, rate: int) -> float:
    """Return the mains frequency, in hertz, that is audible in a quiet room; 0 if there is none."""
    size = rate // 2
    if len(quiet) < size:
        return 0.0
    count = len(quiet) // size
    parts = quiet[: count * size].reshape(count, size) * np.hanning(size)
    power = np.median(np.abs(np.fft.rfft(parts, axis=1)) ** 2, axis=0) * (8 / 3) * 2 / size**2
    hertz = np.fft.rfftfreq(size, 1 / rate)
    around = float(np.median(power[(hertz > 30) & (hertz < 400)]))
    for tone in TONES:
        near = [np.abs(hertz - tone * times) <= 3 for times in (1, 2, 3)]
        total = float(sum(power[each].sum() for each in near))
        if total > 10 ** (HUM / 10) and total > 15 * 15 * around:
            return tone
    return 0.0


def cut_edge(sound: Samples, rate: int, level: float) -> str:
    """Return ``beginning`` or ``end`` if speech is cut off there; empty if it is complete."""
    size = max(1, int(0.005 * rate))
    first, last = (
        10 * np.log10(np.mean(part**2) + 1e-12) for part in (sound[:size], sound[-size:])
    )
    if first > level - 6:
        return "beginning"
    return "end" if last > level - 12 else ""
