"""What a phone hears, on a timeline: 16-bit samples of 8 kHz from the moment of the answer.

Packets of sound come while something is said; between, Asterisk sends none. The ear fills such
gaps with silence by the clock, in whole frames, so that a sample's place is its time.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

RATE = 8_000
FRAME = 160
HEADER = 44
"""Bytes before the samples of a WAV file as libsndfile writes it."""
LATE = RATE // 10
"""Silence is assumed when nothing came for so many samples."""


class Ear:
    """Follows the file that baresip writes. Not for several threads."""

    def __init__(self, began: float) -> None:
        """``began`` is the monotonic time of sample 0."""
        self._began = began
        self._file: int | None = None
        self._path: Path | None = None
        self._rest = b""
        self._halving: Halving | None = None
        self._heard = bytearray()

    def __len__(self) -> int:
        return len(self._heard) // 2

    def since(self, start: int) -> Samples:
        """The samples from a place on."""
        return np.frombuffer(bytes(self._heard[2 * start :]), "<i2").astype(np.int16)

    def follow(self, file: Path) -> None:
        """Read from this file from now on."""
        if self._file is None:
            self._file = os.open(file, os.O_RDONLY)
            self._path = file
            self._rest = b""

    def listen(self, now: float) -> bool:
        """Take what has come until the monotonic time ``now``; True: the timeline has grown."""
        before = len(self)
        clock = int((now - self._began) * RATE)
        fresh = self._fresh()
        if len(fresh):
            self._fill(clock - len(fresh), tolerance=FRAME * 3)
            self._heard += fresh.astype("<i2").tobytes()
        else:
            self._fill(clock - LATE, tolerance=FRAME)
        return len(self) > before

    def close(self) -> None:
        """What was heard stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _fill(self, until: int, tolerance: int) -> None:
        missing = until - len(self)
        if missing > tolerance:
            self._heard += bytes(missing // FRAME * FRAME * 2)

    def _fresh(self) -> Samples:
        if self._file is None:
            return np.zeros(0, np.int16)
        data = self._rest
        while part := os.read(self._file, 1 << 16):
            data += part
        if self._halving is None:
            if len(data) < HEADER:
                self._rest = data
                return np.zeros(0, np.int16)
            self._halving = Halving(int.from_bytes(data[24:28], "little") // RATE)
            data = data[HEADER:]
        whole = len(data) // 2 * 2
        self._rest = data[whole:]
        return self._halving.feed(np.frombuffer(data[:whole], "<i2").astype(np.int16))


class Halving:
    """Brings 16 kHz down to 8 kHz, piece by piece; 8 kHz passes unchanged."""

    TAPS = 31

    def __init__(self, factor: int) -> None:
        self._factor = factor
        place = np.arange(self.TAPS) - self.TAPS // 2
        taps = np.sinc(place / 2) * np.hamming(self.TAPS)
        self._taps = taps / taps.sum()
        self._tail = np.zeros(self.TAPS - 1)
        self._odd = 0

    def feed(self, samples: Samples) -> Samples:
        """The next samples at 8 kHz."""
        if self._factor == 1 or not len(samples):
            return samples
        joined = np.concatenate((self._tail, samples))
        self._tail = joined[-(self.TAPS - 1) :]
        smooth = np.convolve(joined, self._taps, "valid")
        halved = smooth[self._odd :: 2]
        self._odd = (self._odd + len(samples)) % 2
        return np.clip(np.round(halved), -32768, 32767).astype(np.int16)
