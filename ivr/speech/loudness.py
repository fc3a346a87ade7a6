"""Active speech level by ITU-T P.56, method B: the level while somebody speaks, without pauses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]
"""Sound between -1 and 1; 0 dBov is a full-scale square wave (ITU-T G.100.1)."""

SMOOTHING = 0.03
"""Time constant of the envelope, in seconds."""
HANGOVER = 0.2
MARGIN = 15.9
"""Decibels between the speech level and the activity threshold."""
SILENT = -100.0


def active_level(sound: Samples, rate: int) -> float:
    """Return the active speech level in dBov; -100 for silence. ``rate`` is in hertz."""
    energy = float(np.sum(sound**2))
    if energy <= 1e-12 or not len(sound):
        return SILENT
    envelope = _envelope(sound, rate)
    hang = int(HANGOVER * rate)
    thresholds = 2.0 ** -np.arange(1, 16)
    found = None
    before: tuple[float, float] | None = None
    for threshold in thresholds[::-1]:
        active = _active_samples(envelope >= threshold, hang)
        if active == 0:
            break
        level = 10 * np.log10(energy / active)
        difference = level - 20 * np.log10(threshold)
        if difference <= MARGIN:
            found = level if before is None else _between(before, (level, difference))
            break
        before = (level, difference)
    return float(found if found is not None else 10 * np.log10(energy / len(sound)))


def _envelope(sound: Samples, rate: int) -> Samples:
    """Smooth the rectified sound with two one-pole filters in series."""
    decay = np.exp(-1.0 / (SMOOTHING * rate))
    return _smooth(_smooth(np.abs(sound), decay), decay)


def _smooth(signal: Samples, decay: float) -> Samples:
    """Apply a one-pole low-pass, block by block so that no power of ``decay`` underflows."""
    block = 512
    powers = decay ** np.arange(1, block + 1)
    smoothed = np.empty_like(signal)
    state = 0.0
    for start in range(0, len(signal), block):
        part = signal[start : start + block]
        inner = powers[: len(part)]
        smoothed[start : start + block] = inner * (state + np.cumsum(part * (1 - decay) / inner))
        state = float(smoothed[start + len(part) - 1])
    return smoothed


def _active_samples(loud: npt.NDArray[np.bool_], hang: int) -> int:
    """Count the samples that are loud, or at most ``hang`` samples after a loud one."""
    at = np.flatnonzero(loud)
    if not len(at):
        return 0
    gaps = np.minimum(np.diff(at), hang + 1)
    return int(gaps.sum()) + min(hang + 1, len(loud) - int(at[-1]))


def _between(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Interpolate the level whose distance to the threshold is exactly the margin."""
    (level, difference), (next_level, next_difference) = before, after
    share = (difference - MARGIN) / (difference - next_difference)
    return level + share * (next_level - level)
