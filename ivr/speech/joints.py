"""Join the pieces of a value into one sound without pauses between words.

Each piece was read or recorded alone, with silence before and after it. The joint removes this
silence but keeps soft consonants at the edges: without them "forty" is heard as another word.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivr.speech.audio import EDGE, NARROW, WIDE, Encoded, decoded, encode
from ivr.speech.loudness import Samples

STEP = 0.005
"""Seconds: resolution of the edge search, and time kept after a piece."""
LEAD = 0.025
"""Seconds kept before the first audible moment, because consonants begin softly."""
AUDIBLE = 40.0
"""Decibels below the loudest moment of a piece; quieter sound at its ends is removed."""


def join(pieces: Sequence[Encoded], tail: float) -> Encoded:
    """Join sounds into one; append ``tail`` seconds of silence."""
    narrow, wide = [], []
    for piece in pieces:
        small, large = decoded(piece)
        begin, end = _edges(small)
        narrow.append(_cut(small, NARROW, begin, end))
        wide.append(_cut(large, WIDE, begin, end))
    edge = max(0.0, EDGE - LEAD)
    return encode(
        np.pad(np.concatenate(narrow), (int(edge * NARROW), int((tail - STEP) * NARROW))),
        np.pad(np.concatenate(wide), (int(edge * WIDE), int((tail - STEP) * WIDE))),
    )


def _edges(sound: Samples) -> tuple[float, float]:
    """Return the times in seconds at which a piece begins and ends to be audible."""
    step = int(STEP * NARROW)
    frames = sound[: len(sound) // step * step].reshape(-1, step)
    levels = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    heard = np.flatnonzero(levels > levels.max() - AUDIBLE)
    return int(heard[0]) * STEP, (int(heard[-1]) + 1) * STEP


def _cut(sound: Samples, rate: int, begin: float, end: float) -> Samples:
    """Cut out a piece with just enough around it to avoid clicks."""
    kept = sound[max(0, round((begin - LEAD) * rate)) : round((end + STEP) * rate)].copy()
    fade = min(round(STEP * rate), len(kept) // 2)
    ramp = np.linspace(0.0, 1.0, fade)
    kept[:fade] *= ramp
    kept[len(kept) - fade :] *= ramp[::-1]
    return kept
