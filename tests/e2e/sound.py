"""Tones to speak with, and to find in what was heard."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 8000


def tone(file: Path, hertz: float, seconds: float = 60.0) -> Path:
    """A WAV file of a tone."""
    time = np.arange(int(RATE * seconds)) / RATE
    samples = (8000 * np.sin(2 * np.pi * hertz * time)).astype("<i2")
    with wave.open(str(file), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes(samples.tobytes())
    return file


def is_loud(sound: bytes) -> bool:
    """Whether something is heard in the last second of a sound, which is as long at least."""
    samples = np.frombuffer(sound, "<i2")[-RATE:].astype(float)
    return len(samples) == RATE and bool(np.max(np.abs(samples)) >= 100)


def has_tone(sound: bytes, hertz: float) -> bool:
    """Whether the last second of a sound is mostly this tone."""
    if not is_loud(sound):
        return False
    samples = np.frombuffer(sound, "<i2")[-RATE:].astype(float)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    place = round(hertz * len(samples) / RATE)
    return bool(spectrum[place - 3 : place + 4].sum() > 0.7 * spectrum.sum())
