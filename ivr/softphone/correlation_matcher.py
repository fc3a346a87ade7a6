"""Recognise what is said when the received samples differ from the rendered ones.

Another codec, another alignment, noise or a drifting clock change every sample, but the waveform
below 1.5 kHz remains. The first 0.16 s of a sound are compared with the beginnings of all fragments
by normalised cross-correlation; then each frame is compared with its expected position in the
fragment. This takes some 10 ms for each fragment that begins, and 0.5 ms for each frame. A fragment
that is cut off within its first 0.3 s is not recognised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ivr.softphone.exact_matcher import FRAME_SECONDS, Fragment, Heard, Segment, Vocabulary

Signal = NDArray[np.float32]

RATE = 4_000
STEP = int(RATE * FRAME_SECONDS)
PROBE = 8 * STEP
REACH = 12 * STEP
"""Maximum distance of a probe's beginning from the fragment's first sound."""
WINDOW = 3 * STEP
TRANSFORM = 4096
SIMILAR = 0.75
"""Minimum correlation for the beginning of a fragment."""
SAME = 0.7
"""Minimum correlation of a frame that belongs to a fragment."""
LEAST = 0.6
"""A fragment is dropped if the mean of its last frames is lower."""
FORGETS = 0.2
"""Weight of one frame in that mean."""
BEHIND = 0.2
"""A guess is dropped if its mean is this much lower than the best one's."""
SURE = 5
"""Number of frames after the probe that identify a fragment before it ends."""
EDGE = 2 * STEP
"""Samples at a fragment's end that may differ, because filters ring there."""
QUIET = 120.0
"""Amplitude below which a frame counts as silence."""


class Thinning:
    """Reduce 8 or 16 kHz to 4 kHz, filtered to below 1.5 kHz, block by block."""

    def __init__(self, rate: int) -> None:
        self._factor = rate // RATE
        length = 30 * rate // 8000 + 1
        place = np.arange(length) - length // 2
        taps = np.sinc(place * 2 * 1500 / rate) * np.hamming(length)
        self._taps = (taps / taps.sum()).astype(np.float32)
        self._rest = np.zeros(length - 1, np.float32)

    def feed(self, sound: bytes) -> Signal:
        """Return the next samples: 16 bit in, 4 kHz out."""
        fresh = np.frombuffer(sound, "<i2").astype(np.float32)
        joined = np.concatenate((self._rest, fresh))
        room = len(self._taps) - 1
        count = (len(joined) - room) // self._factor
        self._rest = joined[count * self._factor :]
        if not count:
            return np.zeros(0, np.float32)
        smooth = np.convolve(joined[: count * self._factor + room], self._taps, "valid")
        return smooth[:: self._factor].astype(np.float32)


class PrefixIndex:
    """The fragments of a vocabulary, prepared for comparison. All calls share it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.pieces: list[Fragment] = []
        self.signals: list[Signal] = []
        self.first: list[int] = []
        self.last: list[int] = []
        self._norm = np.zeros((0, REACH + 1), np.float32)
        self._spectra = np.zeros((0, TRANSFORM // 2 + 1), np.complex64)
        self._lock = Lock()
        self._learn()

    def _learn(self) -> None:
        """Prepare the fragments that the vocabulary has learnt in the meantime."""
        fresh = self._vocabulary.pieces[len(self.pieces) :]
        if not fresh:
            return
        signals = [Thinning(8000).feed(b"".join(each.frames)) for each in fresh]
        edges = [_edges(each) for each in signals]
        openings = np.zeros((len(fresh), TRANSFORM), np.float32)
        for row, (signal, (first, _)) in enumerate(zip(signals, edges, strict=True)):
            part = signal[first : first + REACH + PROBE]
            openings[row, : len(part)] = part
        energy = np.cumsum(np.square(openings, dtype=np.float64), axis=1)
        window = energy[:, PROBE - 1 : PROBE + REACH]
        window[:, 1:] -= energy[:, :REACH]
        norm = np.sqrt(np.maximum(window, PROBE * (QUIET / 2) ** 2)).astype(np.float32)
        self._norm = np.concatenate((self._norm, norm))
        self._spectra = np.concatenate((self._spectra, np.fft.rfft(openings).astype(np.complex64)))
        self.signals += signals
        self.first += [first for first, _ in edges]
        self.last += [last for _, last in edges]
        self.pieces += fresh

    def like(self, probe: Signal) -> list[tuple[int, int]]:
        """Return the fragments that may begin like the probe, best first, each with the position
        where the probe begins."""
        self._vocabulary.grow()
        with self._lock:
            self._learn()
        if not len(self.pieces):
            return []
        spectrum = np.conj(np.fft.rfft(probe, TRANSFORM))
        found = np.fft.irfft(self._spectra * spectrum, TRANSFORM)[:, : REACH + 1]
        likeness = found / (self._norm * (float(np.linalg.norm(probe)) or 1.0))
        best = likeness.max(axis=1)
        least = max(SIMILAR, float(best.max()) - 0.15)
        order = [int(row) for row in np.argsort(-best) if best[row] >= least]
        return [(row, self.first[row] + int(likeness[row].argmax())) for row in order]


@dataclass
class _Guess:
    row: int
    at: int
    """The sample of the fragment that is expected next."""
    start: float
    matched: int = 0
    missed: int = 0
    """Frames since the last one that belonged to the fragment."""
    mean: float = 1.0


@dataclass
class CorrelationMatcher:
    """The matcher of one call, with the interface of ``ExactMatcher``."""

    beginnings: PrefixIndex
    rate: int = 8000
    heard: list[Heard] = field(default_factory=list)
    strange: list[Segment] = field(default_factory=list)
    quiet_since: float = 0.0
    _guesses: list[_Guess] = field(default_factory=list)
    _ended: _Guess | None = None
    _taken: int = 0
    _probe: Signal = field(default_factory=lambda: np.zeros(0, np.float32))
    _recent: Signal = field(default_factory=lambda: np.zeros(WINDOW, np.float32))

    def __post_init__(self) -> None:
        self._thinning = Thinning(self.rate)
        self._rest = np.zeros(0, np.float32)

    @property
    def seconds(self) -> float:
        """Return the length of the sound so far."""
        return self._taken / RATE

    @property
    def saying(self) -> Fragment | None:
        """Return the fragment that is being said, as soon as it is unambiguous."""
        words = {self.beginnings.pieces[guess.row].words for guess in self._guesses}
        return self.beginnings.pieces[self._guesses[0].row] if len(words) == 1 else None

    def feed(self, sound: bytes) -> list[Heard]:
        """Process more sound (16 bit, ``rate`` hertz); return the fragments that ended in it."""
        before = len(self.heard)
        signal = np.concatenate((self._rest, self._thinning.feed(sound)))
        whole = len(signal) // STEP * STEP
        for at in range(0, whole, STEP):
            self._taken += STEP
            self._take(signal[at : at + STEP])
        self._rest = signal[whole:]
        return self.heard[before:]

    def _take(self, frame: Signal) -> None:
        self._recent = np.concatenate((self._recent[STEP:], frame))
        sounds = float(np.abs(frame).max()) > QUIET
        if sounds:
            self.quiet_since = self.seconds
        if self._guesses:
            self._follow()
        elif sounds or len(self._probe):
            self._probe = np.concatenate((self._probe, frame))
            if len(self._probe) >= PROBE:
                self._search()

    def _follow(self) -> None:
        going: list[_Guess] = []
        for guess in self._guesses:
            likeness, shift = self._compare(guess)
            guess.at += STEP + shift
            guess.mean += FORGETS * (likeness - guess.mean)
            same = likeness >= SAME
            guess.missed, guess.matched = (
                (0, guess.matched + 1) if same else (guess.missed + 1, guess.matched)
            )
            over = guess.at >= len(self.beginnings.signals[guess.row]) - STEP // 2
            if not over and guess.mean >= LEAST:
                going.append(guess)
            elif guess.at - guess.missed * STEP >= self.beginnings.last[guess.row] - EDGE:
                self._ended = max(guess, self._ended or guess, key=lambda each: each.mean)
        best = max((guess.mean for guess in going), default=0.0)
        before = self._guesses
        self._guesses = [guess for guess in going if guess.mean >= best - BEHIND]
        if going:
            return
        if self._ended is not None:
            self._report(self._ended, complete=True)
        else:
            cut = max(before, key=lambda guess: guess.matched)
            if cut.matched >= SURE:
                self._report(cut, complete=False)
            self._probe = self._recent if float(np.abs(self._recent).max()) > QUIET else self._empty
        self._ended = None

    @property
    def _empty(self) -> Signal:
        return np.zeros(0, np.float32)

    def _compare(self, guess: _Guess) -> tuple[float, int]:
        """Return how similar the last frames are to the fragment at this
        position, and its offset."""
        signal = self.beginnings.signals[guess.row]
        best, slipped = -1.0, 0
        for shift in (0, -1, 1):
            end = guess.at + STEP + shift
            expected = signal[max(0, end - WINDOW) : end]
            recent = self._recent[WINDOW - len(expected) :]
            loud = [float(np.abs(each).max(initial=0.0)) > QUIET for each in (expected, recent)]
            if not any(loud):
                return 1.0, 0
            norm = float(np.linalg.norm(expected) * np.linalg.norm(recent)) or 1.0
            likeness = float(expected @ recent) / norm
            if likeness > best + (0.05 if shift else 0.0):
                best, slipped = likeness, shift
        return best, slipped

    def _search(self) -> None:
        begun = self._taken - len(self._probe)
        frames = np.abs(self._probe[:PROBE]).reshape(-1, STEP).max(axis=1)
        if np.count_nonzero(frames > QUIET) * STEP <= EDGE:
            self._probe = self._empty
            return
        found = self.beginnings.like(self._probe[:PROBE])
        if found:
            beyond = len(self._probe)
            self._guesses = [
                _Guess(row, at + beyond, max(0.0, (begun - at) / RATE)) for row, at in found
            ]
            self._probe = self._empty
            return
        self._add_strange(begun / RATE, (begun + PROBE // 2) / RATE)
        self._probe = self._probe[PROBE // 2 :]
        if float(np.abs(self._probe).max()) <= QUIET:
            self._probe = self._empty

    def _add_strange(self, start: float, end: float) -> None:
        if self.strange and start - self.strange[-1].end < 0.1:
            start = self.strange.pop().start
        self.strange.append(Segment(start, end))

    def _report(self, guess: _Guess, *, complete: bool) -> None:
        piece = self.beginnings.pieces[guess.row]
        length = (guess.at - guess.missed * STEP) / RATE
        self.heard.append(Heard(piece, guess.start, guess.start + length, complete))


def _edges(signal: Signal) -> tuple[int, int]:
    """Return the positions of the first sound and after the last sound."""
    loud = np.flatnonzero(np.abs(signal) > QUIET)
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, 0)
