"""Listens to a phone in real time.

Asterisk sends nothing while it only waits for a key, so what was heard stands still then: the ear
puts silence there, and its seconds are those of the clock on the wall.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from ivr.softphone.correlation_matcher import CorrelationMatcher, PrefixIndex
from ivr.softphone.exact_matcher import (
    FRAME,
    FRAME_SECONDS,
    ExactMatcher,
    Fragment,
    Heard,
    Segment,
    Vocabulary,
)
from ivr.softphone.phone import Phone

LATE = 0.3
"""Seconds without a packet after which nothing is being said."""
POLL = 0.02


class PromptListener:
    """One call being listened to. Times are seconds since the call was answered."""

    def __init__(self, phone: Phone, words: Vocabulary | PrefixIndex) -> None:
        """``words`` is what the line can say; a call in another codec than PCMA is understood by
        likeness, and spares half a second when it is given ``PrefixIndex``."""
        self._phone = phone
        self._hearing: ExactMatcher | CorrelationMatcher
        if phone.codec == "PCMA" and isinstance(words, Vocabulary):
            self._hearing = ExactMatcher(words)
        else:
            known = PrefixIndex(words) if isinstance(words, Vocabulary) else words
            self._hearing = CorrelationMatcher(known, phone.rate)
        self._silence = bytes(FRAME * phone.rate // 8000)
        self._read = 0
        self.sound = bytearray()
        """All of it, with the silence between: 16 bit, mono, in the rate of the codec."""
        self._listened = time.monotonic()
        """Until when the sound of the hearing reaches, on the clock."""

    @property
    def heard(self) -> list[Heard]:
        """Everything that was said to its end, or cut off, so far."""
        return self._hearing.heard

    @property
    def seconds(self) -> float:
        """Since the answer."""
        return self._hearing.seconds

    @property
    def silent_for(self) -> float:
        """Seconds since the last sound of any kind."""
        return self._hearing.seconds - self._hearing.quiet_since

    @property
    def last_sound(self) -> float:
        """When the last sound of any kind was heard."""
        return self._hearing.quiet_since

    @property
    def strange(self) -> list[Segment]:
        """Sound that the line's vocabulary does not have: music, a person."""
        return self._hearing.strange

    @property
    def saying(self) -> Fragment | None:
        """What is being said now, as soon as it cannot be anything else."""
        return self._hearing.saying

    def listen(self) -> list[Heard]:
        """Take in what has arrived; answers what ended in it."""
        sound = self._phone.heard(self._read)
        self._read += len(sound) // 2
        now = time.monotonic()
        if sound:
            self._listened = now
        elif now - self._listened > LATE:
            frames = int((now - self._listened) / FRAME_SECONDS)
            self._listened += frames * FRAME_SECONDS
            sound = self._silence * frames
        self.sound += sound
        return self._hearing.feed(sound)

    def listen_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Listen until ``done``, for so long at most; whether it was."""
        deadline = time.monotonic() + seconds
        while True:
            self.listen()
            if done():
                return True
            if time.monotonic() > deadline or self._phone.ended:
                return False
            time.sleep(POLL)
