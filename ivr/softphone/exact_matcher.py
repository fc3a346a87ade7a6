"""Tells from the sound of a call which pieces of speech are being said.

A piece that Asterisk plays in the codec of the call arrives frame by frame as it was rendered, so
that its frames of 20 ms are its own: comparing them is exact. Pieces that begin alike are told
apart as soon as their frames differ. A packet that was lost or late costs its own 20 ms: the piece
is taken up again where it goes on.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from ivr.domain.values import Language

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.13 has it as audioop-lts
    import audioop

FRAME = 320
"""Bytes of 20 ms of 16-bit sound at 8 kHz."""
FRAME_SECONDS = 0.02
SURE = 5
"""Frames that name a piece before it ends."""
ENTRIES = 5
"""Audible frames at the beginning of a piece, each of which opens it: the first may be lost."""
RESUME = 15
"""Frames within which a piece that was broken off may go on."""
Encoding = Literal["alaw", "ulaw"]


@dataclass(frozen=True, slots=True)
class Fragment:
    """One rendered sound: what it says, and its frames as they are heard."""

    language: Language
    words: str
    frames: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece that was said. Times are seconds from the beginning of the sound."""

    piece: Fragment
    start: float
    end: float
    complete: bool
    """It was said to its end, not cut off."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Sound that no piece accounts for: music, a person, a tone. Seconds from the beginning."""

    start: float
    end: float


@dataclass
class Vocabulary:
    """Everything that a line can say. Shared by all calls; it grows while they go on."""

    pieces: list[Fragment] = field(default_factory=list)
    openings: dict[bytes, list[tuple[int, int]]] = field(default_factory=dict)
    """Each of the first audible frames → pieces and the place of the frame in them."""
    fresh: Callable[[], Iterable[Fragment]] = lambda: ()
    """What the line can say since it was asked last."""
    _lock: Lock = field(default_factory=Lock)

    def grow(self) -> None:
        """Learn what is fresh: a value is rendered just before it is said."""
        with self._lock:
            for each in self.fresh():
                self.learn(each)

    def learn(self, piece: Fragment) -> None:
        """Know one piece more; one without an audible frame is left out."""
        heard = [at for at, frame in enumerate(piece.frames) if audible(frame)]
        for at in heard[:ENTRIES]:
            self.openings.setdefault(piece.frames[at], []).append((len(self.pieces), at))
        if heard:
            self.pieces.append(piece)


def piece(language: Language, words: str, sound: bytes, encoding: Encoding = "alaw") -> Fragment:
    """A piece from its G.711 bytes."""
    linear = (audioop.alaw2lin if encoding == "alaw" else audioop.ulaw2lin)(sound, 2)
    frames = (linear[at : at + FRAME] for at in range(0, len(linear) - FRAME + 1, FRAME))
    return Fragment(language, words, tuple(frames))


def learn(
    pieces: Iterable[Fragment], fresh: Callable[[], Iterable[Fragment]] = lambda: ()
) -> Vocabulary:
    """Make a vocabulary; ``fresh`` tells what is new since it was asked last."""
    vocabulary = Vocabulary(fresh=fresh)
    for each in pieces:
        vocabulary.learn(each)
    return vocabulary


@dataclass
class _Guess:
    piece: Fragment
    at: int
    """The frame of the piece that is expected next."""
    start: int
    """The frame of the sound where the piece began."""
    matched: int = 1


@dataclass
class ExactMatcher:
    """One call being listened to: feed it sound, read ``heard``."""

    vocabulary: Vocabulary
    heard: list[Heard] = field(default_factory=list)
    strange: list[Segment] = field(default_factory=list)
    """What was heard and is none of the pieces; stretches less than 0.1 s apart are one."""
    _rest: bytes = b""
    _frames: int = 0
    _guesses: list[_Guess] = field(default_factory=list)
    _ended: _Guess | None = None
    """A piece that was said to its end while a longer one that begins alike may go on."""
    _broken: list[_Guess] = field(default_factory=list)
    """Pieces that did not go on as they should, and perhaps will."""
    _broken_at: int = 0
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
    def saying(self) -> Fragment | None:
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
        sounds = audible(frame)
        if sounds:
            self.audible = self._frames + 1
        going, ended = self._go_on(frame)
        if going:
            self._guesses, self._ended = going, ended or self._ended
            return
        if ended or self._ended:
            self._tell(ended or self._ended, complete=True)
            self._guesses, self._ended = [], None
            if ended:
                return
        elif self._guesses:
            self._break_off()
        if self._broken and self._frames - self._broken_at > RESUME:
            self._give_up()
        if sounds and not (self._resume(frame) or self._open(frame)):
            self._wonder()

    def _go_on(self, frame: bytes) -> tuple[list[_Guess], _Guess | None]:
        """The guesses that this frame agrees with, and one that it brings to its end."""
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
            self._broken, self._broken_at = sure, self._frames

    def _resume(self, frame: bytes) -> bool:
        for guess in self._broken:
            for at in range(guess.at, min(guess.at + RESUME, len(guess.piece.frames) - 1)):
                if guess.piece.frames[at] == frame:
                    guess.at = at + 1
                    guess.matched += 1
                    self._guesses.append(guess)
                    break
        if self._guesses:
            self._broken = []
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
        """What was broken off does not go on: it was cut."""
        if self._broken:
            best = max(self._broken, key=lambda guess: guess.matched)
            self._broken = []
            self._tell(best, complete=False)

    def _wonder(self) -> None:
        now = self._frames * FRAME_SECONDS
        if self.strange and now - self.strange[-1].end < 0.1:
            now_start = self.strange.pop().start
        else:
            now_start = now
        self.strange.append(Segment(now_start, now + FRAME_SECONDS))

    def _tell(self, guess: _Guess | None, *, complete: bool) -> None:
        if guess is None:
            return
        end = guess.start + guess.at
        self.heard.append(
            Heard(guess.piece, guess.start * FRAME_SECONDS, end * FRAME_SECONDS, complete)
        )


def audible(frame: bytes) -> bool:
    """There is more than a whisper in it."""
    return audioop.max(frame, 2) > 200
