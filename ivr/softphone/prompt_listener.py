"""Listen to a phone in real time.

Asterisk sends nothing while it only waits for a key, so the received sound does not grow then. The
listener inserts silence there, so that its seconds follow the clock.
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
"""Seconds without a packet after which the line counts as silent."""
POLL = 0.02


class PromptListener:
    """The listener of one call. Times are seconds since the call was answered."""

    def __init__(self, phone: Phone, words: Vocabulary | PrefixIndex) -> None:
        """``words`` is the vocabulary of the line.

        A call in another codec than PCMA uses ``CorrelationMatcher``; passing a ``PrefixIndex``
        saves half a second then.
        """
        self._phone = phone
        self._matcher: ExactMatcher | CorrelationMatcher
        if phone.codec == "PCMA" and isinstance(words, Vocabulary):
            self._matcher = ExactMatcher(words)
        else:
            known = PrefixIndex(words) if isinstance(words, Vocabulary) else words
            self._matcher = CorrelationMatcher(known, phone.rate)
        self._silence = bytes(FRAME * phone.rate // 8000)
        self._read = 0
        self.sound = bytearray()
        """All received sound with the inserted silence: 16 bit, mono, in the rate of the codec."""
        self._listened = time.monotonic()
        """The clock time up to which the matcher has sound."""

    @property
    def heard(self) -> list[Heard]:
        """Return everything that was said so far, to its end or cut off."""
        return self._matcher.heard

    @property
    def seconds(self) -> float:
        """Return the seconds since the answer."""
        return self._matcher.seconds

    @property
    def silent_for(self) -> float:
        """Return the seconds since the last sound of any kind."""
        return self._matcher.seconds - self._matcher.quiet_since

    @property
    def last_sound(self) -> float:
        """Return the time of the last sound of any kind."""
        return self._matcher.quiet_since

    @property
    def strange(self) -> list[Segment]:
        """Return the sound that is not in the line's vocabulary: music, a person."""
        return self._matcher.strange

    @property
    def saying(self) -> Fragment | None:
        """Return what is being said now, as soon as it is unambiguous."""
        return self._matcher.saying

    def listen(self) -> list[Heard]:
        """Process the received sound; return the fragments that ended in it."""
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
        return self._matcher.feed(sound)

    def listen_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Listen until ``done``, for at most ``seconds``; return whether it was done."""
        deadline = time.monotonic() + seconds
        while True:
            self.listen()
            if done():
                return True
            if time.monotonic() > deadline or self._phone.ended:
                return False
            time.sleep(POLL)
