"""Measure how similar two readings are, independent of the voice: dynamic time warping over
cepstra.

The measure tells which of two explanations of a take fits better; it does not recognise words. Test
with Asterisk's English and Russian speakers against espeak-ng: for two neighbouring numbers that
were swapped, the right order was nearer in 52 of 54 cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

BANDS, CEPSTRA = 16, 10
STEP, WINDOW = 80, 256
"""Samples at 8 kHz: a step of 10 ms, a window of 32 ms."""
STEPS = 32
"""Number of steps to which every reading is resampled, whatever its length."""
BATCH = 2_000
"""Pairs compared at a time."""

Features = npt.NDArray[np.float32]
"""Features of one reading: a row for each step."""
Sound = npt.NDArray[np.float32]
"""Samples at 8 kHz."""


def features(sound: Sound) -> Features:
    """Compute cepstra without their mean, their changes, and the level: what voices share."""
    padded = np.pad(sound, (0, max(0, WINDOW + STEP - len(sound))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::STEP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW))) ** 2
    edges = np.geomspace(6, WINDOW // 2, BANDS + 1).astype(int)
    bands = np.stack([power[:, one:other].mean(1) for one, other in pairwise(edges)], 1)
    levels = 10 * np.log10(bands + 1e-6 * bands.max() + 1e-12)
    waves = np.cos(np.pi * np.outer(np.arange(1, CEPSTRA + 1), (np.arange(BANDS) + 0.5) / BANDS))
    cepstra = levels @ waves.T / BANDS
    cepstra -= cepstra.mean(0)
    level = levels.mean(1, keepdims=True)
    rows = np.hstack([cepstra, 2 * np.gradient(cepstra, axis=0), 0.3 * (level - level.mean())])
    places = np.linspace(0, len(rows) - 1, STEPS)
    columns = [np.interp(places, np.arange(len(rows)), column) for column in rows.T]
    found: Features = np.stack(columns, 1).astype(np.float32)
    return found


def distances(ones: Sequence[Features], others: Sequence[Features]) -> npt.NDArray[np.float64]:
    """Return the distance of each pair, about 1; smaller means more similar."""
    found = [
        _distances(np.stack(ones[at : at + BATCH]), np.stack(others[at : at + BATCH]))
        for at in range(0, len(ones), BATCH)
    ]
    return np.concatenate(found) if found else np.zeros(0)


def _distances(ones: Features, others: Features) -> npt.NDArray[np.float64]:
    squares = (ones**2).sum(2)[:, :, None] + (others**2).sum(2)[:, None, :]
    products = ones @ others.transpose(0, 2, 1)
    steps = np.sqrt(np.maximum(squares - 2 * products, 0) / ones.shape[2])
    costs = np.full((STEPS + 1, STEPS + 1, len(ones)), np.inf)
    costs[0, 0] = 0.0
    for i in range(1, STEPS + 1):
        for j in range(1, STEPS + 1):
            before = np.minimum(np.minimum(costs[i - 1, j], costs[i, j - 1]), costs[i - 1, j - 1])
            costs[i, j] = before + steps[:, i - 1, j - 1]
    found: npt.NDArray[np.float64] = costs[STEPS, STEPS] / (2 * STEPS)
    return found
