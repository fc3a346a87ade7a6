"""Recognise from the sound of a call which fragments are being said.

If Asterisk plays a fragment in the codec of the call, it arrives frame by frame as it was rendered.
Its frames of 20 ms identify it exactly. Fragments with the same beginning are distinguished as soon
as their frames differ. A lost or late packet costs only its own 20 ms: the matcher resumes the
fragment after it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from ivr.domain.values import Language

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.13 needs audioop-lts
    import audioop

FRAME = 320
"""Bytes of 20 ms of 16-bit sound at 8 kHz."""
FRAME_SECONDS = 0.02
SURE = 5
"""Number of frames that identify a fragment before it ends."""
ENTRIES = 5
"""Number of audible frames at the beginning of a fragment that can open it:
the first may be lost."""
RESUME = 15
"""Maximum number of frames after which an interrupted fragment may continue."""
Encoding = Literal["alaw", "ulaw"]


@dataclass(frozen=True, slots=True)
class Fragment:
    """One rendered sound: its words and its frames as they are heard."""

    language: Language
    words: str
    frames: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A fragment that was said. Times are seconds from the beginning of the sound."""

    piece: Fragment
    start: float
    end: float
    complete: bool
    """Whether it was said to its end, not cut off."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Sound that matches no fragment: music, a person, a tone. Seconds from the beginning."""

    start: float
    end: float


@dataclass
class Vocabulary:
    """All fragments that a line can say. All calls share it; it grows during calls."""

    pieces: list[Fragment] = field(default_factory=list)
    openings: dict[bytes, list[tuple[int, int]]] = field(default_factory=dict)
    """Each of the first audible frames → fragments and the frame's position in them."""
    fresh: Callable[[], Iterable[Fragment]] = lambda: ()
    """Return the fragments added since the last call."""
    _lock: Lock = field(default_factory=Lock)

    def grow(self) -> None:
        """Learn the fragments that ``fresh`` returns: a value is rendered
        just before it is said."""
        with self._lock:
            for each in self.fresh():
                self.learn(each)

    def learn(self, piece: Fragment) -> None:
        """Add one fragment; skip it if it has no audible frame."""
        heard = [at for at, frame in enumerate(piece.frames) if audible(frame)]
        for at in heard[:ENTRIES]:
            self.openings.setdefault(piece.frames[at], []).append((len(self.pieces), at))
        if heard:
            self.pieces.append(piece)


def piece(language: Language, words: str, sound: bytes, encoding: Encoding = "alaw") -> Fragment:
    """Make a fragment from its G.711 bytes."""
    linear = (audioop.alaw2lin if encoding == "alaw" else audioop.ulaw2lin)(sound, 2)
    frames = (linear[at : at + FRAME] for at in range(0, len(linear) - FRAME + 1, FRAME))
    return Fragment(language, words, tuple(frames))


def learn(
    pieces: Iterable[Fragment], fresh: Callable[[], Iterable[Fragment]] = lambda: ()
) -> Vocabulary:
    """Make a vocabulary; ``fresh`` returns the fragments added since its last call."""
    vocabulary = Vocabulary(fresh=fresh)
    for each in pieces:
        vocabulary.learn(each)
    return vocabulary


@dataclass
class _Guess:
    piece: Fragment
    at: int
    """The frame of the fragment that is expected next."""
    start: int
    """The frame of the sound at which the fragment began."""
    matched: int = 1


@dataclass
class ExactMatcher:
    """The matcher of one call: give it sound with ``feed`` and read ``heard``."""

    vocabulary: Vocabulary
    heard: list[Heard] = field(default_factory=list)
    strange: list[Segment] = field(default_factory=list)
    """Sound that matches no fragment; stretches less than 0.1 s apart are merged."""
    _rest: bytes = b""
    _frames: int = 0
    _guesses: list[_Guess] = field(default_factory=list)
    _ended: _Guess | None = None
    """A fragment that was said to its end while a longer one with the same
    beginning may continue."""
    _interrupted: list[_Guess] = field(default_factory=list)
    """Fragments that were interrupted and may continue."""
    _interrupted_at: int = 0
    audible: int = 0
    """The last frame with any sound."""

    def feed(self, sound: bytes) -> list[Heard]:
        """Process more sound (16 bit, 8 kHz); return the fragments that ended in it."""
        before = len(self.heard)
        data = self._rest + sound
        whole = len(data) // FRAME * FRAME
        for at in range(0, whole, FRAME):
            self._take(data[at : at + FRAME])
            self._frames += 1
        self._rest = data[whole:]
        return self.heard[before:]

    @property
    def saying(self) -> Fragment | None:
        """Return the fragment that is being said, as soon as it is unambiguous."""
        sure = [guess for guess in self._guesses if guess.matched >= SURE]
        words = {guess.piece.words for guess in sure}
        return sure[0].piece if len(words) == 1 and len(sure) == len(self._guesses) else None

    @property
    def seconds(self) -> float:
        """Return the length of the sound so far."""
        return self._frames * FRAME_SECONDS

    @property
    def quiet_since(self) -> float:
        """Return the time of the last sound of any kind."""
        return self.audible * FRAME_SECONDS

    def _take(self, frame: bytes) -> None:
        sounds = audible(frame)
        if sounds:
            self.audible = self._frames + 1
        going, ended = self._go_on(frame)
        if going:
            self._guesses, self._ended = going, ended or self._ended
            return
        if ended or self._ended:
            self._report(ended or self._ended, complete=True)
            self._guesses, self._ended = [], None
            if ended:
                return
        elif self._guesses:
            self._break_off()
        if self._interrupted and self._frames - self._interrupted_at > RESUME:
            self._give_up()
        if sounds and not (self._resume(frame) or self._open(frame)):
            self._add_strange()

    def _go_on(self, frame: bytes) -> tuple[list[_Guess], _Guess | None]:
        """Return the guesses that agree with this frame, and the one that ends with it."""
        going, ended = [], None
        for guess in self._guesses:
            if guess.piece.frames[guess.at] != frame:
                continue
            guess.at += 1
            guess.matched += 1
            if guess.at == len(guess.piece.frames):
                ended = guess
            else:
                going.append(guess)
        return going, ended

    def _break_off(self) -> None:
        sure = [guess for guess in self._guesses if guess.matched >= SURE]
        self._guesses = []
        if sure:
            self._give_up()
            self._interrupted, self._interrupted_at = sure, self._frames

    def _resume(self, frame: bytes) -> bool:
        for guess in self._interrupted:
            for at in range(guess.at, min(guess.at + RESUME, len(guess.piece.frames) - 1)):
                if guess.piece.frames[at] == frame:
                    guess.at = at + 1
                    guess.matched += 1
                    self._guesses.append(guess)
                    break
        if self._guesses:
            self._interrupted = []
        return bool(self._guesses)

    def _open(self, frame: bytes) -> bool:
        self.vocabulary.grow()
        for number, at in self.vocabulary.openings.get(frame, ()):
            begun = self.vocabulary.pieces[number]
            guess = _Guess(begun, at + 1, self._frames - at)
            if guess.at < len(begun.frames):
                self._guesses.append(guess)
        if self._guesses:
            self._give_up()
        return bool(self._guesses)

    def _give_up(self) -> None:
        """Report interrupted fragments that no longer continue as cut off."""
        if self._interrupted:
            best = max(self._interrupted, key=lambda guess: guess.matched)
            self._interrupted = []
            self._report(best, complete=False)

    def _add_strange(self) -> None:
        now = self._frames * FRAME_SECONDS
        if self.strange and now - self.strange[-1].end < 0.1:
            now_start = self.strange.pop().start
        else:
            now_start = now
        self.strange.append(Segment(now_start, now + FRAME_SECONDS))

    def _report(self, guess: _Guess | None, *, complete: bool) -> None:
        if guess is None:
            return
        end = guess.start + guess.at
        self.heard.append(
            Heard(guess.piece, guess.start * FRAME_SECONDS, end * FRAME_SECONDS, complete)
        )


def audible(frame: bytes) -> bool:
    """Tell whether a frame is louder than a whisper."""
    return audioop.max(frame, 2) > 200
