"""Pieces of a value joined into one sound, as words that follow each other in one breath.

Each piece was read or recorded alone: it has an edge before and behind, and its last sound dies
away. A joint leaves out the edges and lets the next piece begin while the last one dies away.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivr.speech.audio import EDGE, NARROW, WIDE, Encoded, decoded, encode
from ivr.speech.loudness import Samples

STEP = 0.005
"""Seconds: how finely the edges of a piece are found, and how much is kept outside of them."""
AUDIBLE, STRONG = 32.0, 18.0
"""Decibels under the loudest moment of a piece: what is quieter is its edge, or dies away."""
OVERLAP = 0.05
"""Seconds at most that two pieces are heard together."""


def join(pieces: Sequence[Encoded], tail: float) -> Encoded:
    """One sound of several; ``tail`` seconds of silence follow the last piece."""
    narrow, wide = np.zeros(0), np.zeros(0)
    before = 0.0
    """Seconds that the last piece takes to die away."""
    for piece in pieces:
        small, large = decoded(piece)
        begin, strong, weak, end = _places(small)
        overlap = min(OVERLAP, before + strong - begin) + 2 * STEP if len(narrow) else 0.0
        narrow = _joined(narrow, _cut(small, NARROW, begin, end), overlap, NARROW)
        wide = _joined(wide, _cut(large, WIDE, begin, end), overlap, WIDE)
        before = end - weak
    edge = EDGE - STEP
    return encode(
        np.pad(narrow, (int(edge * NARROW), int((tail - STEP) * NARROW))),
        np.pad(wide, (int(edge * WIDE), int((tail - STEP) * WIDE))),
    )


def _places(sound: Samples) -> tuple[float, float, float, float]:
    """Seconds at which a piece is first heard, first strong, no more strong, no more heard."""
    step = int(STEP * NARROW)
    frames = sound[: len(sound) // step * step].reshape(-1, step)
    levels = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    heard = np.flatnonzero(levels > levels.max() - AUDIBLE)
    strong = np.flatnonzero(levels > levels.max() - STRONG)
    places = (heard[0], strong[0], strong[-1] + 1, heard[-1] + 1)
    first, loud, quiet, last = (int(place) * STEP for place in places)
    return first, loud, quiet, last


def _cut(sound: Samples, rate: int, begin: float, end: float) -> Samples:
    """A piece with so little round it that nothing clicks."""
    kept = sound[max(0, round((begin - STEP) * rate)) : round((end + STEP) * rate)].copy()
    fade = min(round(STEP * rate), len(kept) // 2)
    ramp = np.linspace(0.0, 1.0, fade)
    kept[:fade] *= ramp
    kept[len(kept) - fade :] *= ramp[::-1]
    return kept


def _joined(sound: Samples, piece: Samples, overlap: float, rate: int) -> Samples:
    """The piece behind the sound, both heard together for so many seconds."""
    both = min(round(overlap * rate), len(sound), len(piece))
    joint = np.zeros(len(sound) + len(piece) - both)
    joint[: len(sound)] = sound
    joint[len(sound) - both :] += piece
    return joint
