"""Tells from the sound of a call which pieces of speech are being said.

A piece that Asterisk plays in the codec of the call arrives frame by frame as it was rendered, so
that its frames of 20 ms are its own: comparing them is exact. Pieces that begin alike are told
apart as soon as their frames differ.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ivr.values import Language

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.13 has it as audioop-lts
    import audioop

FRAME = 320
"""Bytes of 20 ms of 16-bit sound at 8 kHz."""
FRAME_SECONDS = 0.02
SURE = 5
"""Frames in a row that name a piece before it ends."""
Encoding = Literal["alaw", "ulaw"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One rendered sound: what it says, and its frames as they are heard."""

    language: Language
    words: str
    frames: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece that was said. Times are seconds from the beginning of the sound."""

    piece: Piece
    start: float
    end: float
    complete: bool
    """It was said to its end, not cut off."""


@dataclass(frozen=True)
class Vocabulary:
    """Everything that a line can say. Shared by all calls."""

    pieces: tuple[Piece, ...]
    openings: dict[bytes, tuple[tuple[int, int], ...]]
    """First audible frame → pieces and the place of the frame in them."""


def piece(language: Language, words: str, sound: bytes, encoding: Encoding = "alaw") -> Piece:
    """A piece from its G.711 bytes."""
    linear = (audioop.alaw2lin if encoding == "alaw" else audioop.ulaw2lin)(sound, 2)
    frames = (linear[at : at + FRAME] for at in range(0, len(linear) - FRAME + 1, FRAME))
    return Piece(language, words, tuple(frames))


def learn(pieces: Iterable[Piece]) -> Vocabulary:
    """Make a vocabulary; pieces without an audible frame are left out."""
    kept = tuple(each for each in pieces if _opening(each) is not None)
    openings: dict[bytes, list[tuple[int, int]]] = {}
    for number, each in enumerate(kept):
        at = _opening(each)
        assert at is not None
        openings.setdefault(each.frames[at], []).append((number, at))
    return Vocabulary(kept, {frame: tuple(found) for frame, found in openings.items()})


@dataclass
class _Guess:
    piece: Piece
    at: int
    """The frame of the piece that is expected next."""
    start: int
    """The frame of the sound where the piece began."""
    matched: int = 1


@dataclass
class Hearing:
    """One call being listened to: feed it sound, read ``heard``."""

    vocabulary: Vocabulary
    heard: list[Heard] = field(default_factory=list)
    _rest: bytes = b""
    _frames: int = 0
    _guesses: list[_Guess] = field(default_factory=list)
    _ended: _Guess | None = None
    """A piece that was said to its end while a longer one that begins alike may go on."""
    audible: int = 0
    """The last frame in which there was any sound."""

    def feed(self, sound: bytes) -> list[Heard]:
        """Take more sound (16 bit, 8 kHz); answers the pieces that ended in it."""
        before = len(self.heard)
        data = self._rest + sound
        whole = len(data) // FRAME * FRAME
        for at in range(0, whole, FRAME):
            self._take(data[at : at + FRAME])
            self._frames += 1
        self._rest = data[whole:]
        return self.heard[before:]

    @property
    def saying(self) -> Piece | None:
        """The piece that is being said, once it cannot be another."""
        sure = [guess for guess in self._guesses if guess.matched >= SURE]
        words = {guess.piece.words for guess in sure}
        return sure[0].piece if len(words) == 1 and len(sure) == len(self._guesses) else None

    @property
    def seconds(self) -> float:
        """Length of the sound so far."""
        return self._frames * FRAME_SECONDS

    @property
    def quiet_since(self) -> float:
        """When the last sound of any kind was heard."""
        return self.audible * FRAME_SECONDS

    def _take(self, frame: bytes) -> None:
        if _audible(frame):
            self.audible = self._frames + 1
        last = self._guesses
        going = []
        for guess in last:
            if guess.piece.frames[guess.at] != frame:
                continue
            guess.at += 1
            guess.matched += 1
            if guess.at == len(guess.piece.frames):
                self._ended = guess
            else:
                going.append(guess)
        self._guesses = going
        if going:
            return
        if self._ended is not None:
            self._tell(self._ended, complete=True)
            ended_here = any(guess is self._ended for guess in last)
            self._ended = None
            if ended_here and last:
                return
        elif last:
            self._tell(max(last, key=lambda guess: guess.matched), complete=False)
        self._open(frame)

    def _open(self, frame: bytes) -> None:
        if not _audible(frame):
            return
        for number, at in self.vocabulary.openings.get(frame, ()):
            begun = self.vocabulary.pieces[number]
            guess = _Guess(begun, at + 1, self._frames - at)
            if guess.at < len(begun.frames):
                self._guesses.append(guess)

    def _tell(self, guess: _Guess, *, complete: bool) -> None:
        if not complete and guess.matched < SURE:
            return
        end = guess.start + guess.at
        self.heard.append(
            Heard(guess.piece, guess.start * FRAME_SECONDS, end * FRAME_SECONDS, complete)
        )


def _audible(frame: bytes) -> bool:
    return audioop.max(frame, 2) > 200


def _opening(piece: Piece) -> int | None:
    return next((at for at, frame in enumerate(piece.frames) if _audible(frame)), None)
