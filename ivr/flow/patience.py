"""Limits for callers who make no progress, and for the length of a call.

Progress is an answer that leads to a node that is new in this call. All other answers are counted
over the whole call: missing and wrong answers, a repeated question, the way back, a choice that
leads in a circle. The time is measured since a person was last noticed: by progress, or by a key
that differs from the key before it (a jammed key is always the same). The caller listens to new
words, so the time starts again when they end. The state is in ``Progress``, which the checkpoint
keeps. docs/decisions/0043.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.domain.call import Call
from ivr.domain.dialogue import Utterance
from ivr.ports.clock import Clock

MOST_IDLE = 40
"""Answers without progress before the caller must show that a person is there."""
MOST_MISSES = 10
"""Missing and wrong answers of a call; after that, each further one leads to an agent at once."""
QUESTIONS_SHARE = 0.65
"""Share of the patience for questions; the rest is for waiting for an agent."""
LEAST_WAIT = 5.0
"""Minimum seconds in the agents' queue; with fewer left the call ends."""
WARNING = 60.0
"""The caller is warned this many seconds before the maximum length of a call."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits of a call without an agent, in seconds."""

    seconds: float = 120.0
    """Time without progress until the goodbye: questions, queue and call-back offer together."""
    queue: float = 60.0
    """Each wait in the agents' queue (IVR_CALLBACK_SECONDS)."""
    call: float = 1800.0
    """The whole call."""


USUAL = Patience()


class Watch:
    """Measures the progress of one call."""

    def __init__(self, call: Call, clock: Clock, patience: Patience) -> None:
        self._call, self._clock, self.patience = call, clock, patience
        self._begun = call.begun or call.started
        self._is_choice = False
        """The last answer was a choice or an entry, so the next node may be new."""
        self.missed_by = ""
        """``noinput`` or ``nomatch`` of the last question; empty: it was answered."""
        self._noticed: datetime | None = None
        """When a person was noticed; the time starts at the end of the next new words."""
        self.has_warned = False
        if call.progress.since is None:
            if call.path:  # Asterisk asked the questions: the last key led here
                self._noticed = call.started + timedelta(seconds=call.path[-1].at)
            call.progress.since = self._begun

    def arrives(self, bit: int) -> None:
        """Store that the call reaches a node; ``bit`` is its bit in ``Progress.seen``."""
        progress = self._call.progress
        if self._is_choice and not progress.seen & bit:
            progress.idle = progress.rounds = 0
            self.notices()
        progress.seen |= bit
        self._is_choice = False

    def notices(self) -> None:
        """Store that a person was noticed."""
        self._noticed = self._clock.now()
        self._call.progress.tried = False

    def keyed(self, key: str) -> None:
        """Store that a question was answered by an offered key."""
        progress = self._call.progress
        progress.idle += 1
        if key != progress.key:
            self.notices()
        progress.key = key
        self._is_choice, self.missed_by = True, ""

    def entered(self) -> None:
        """Store that an entry was accepted."""
        self.keyed("")
        self.notices()

    def missed(self, key: str | None) -> None:
        """Store noinput (``key`` is None), or nomatch (a key that is not offered)."""
        progress = self._call.progress
        progress.idle += 1
        progress.misses += 1
        if key:
            progress.key = key
        self._is_choice, self.missed_by = False, "nomatch" if key else "noinput"

    def says(self, seconds: float) -> None:
        """Store that the caller listens to new words for ``seconds`` before a new question."""
        if self._noticed is not None:
            self._begin(self._noticed, seconds)

    def listens(self) -> None:
        """Store that the caller hears one item of a list and need not press a key."""
        self._noticed = self._clock.now()

    def is_there(self, key: str) -> None:
        """Store that a person pressed the key that was asked for."""
        progress = self._call.progress
        progress.rounds += self.is_round
        progress.idle, progress.key, self.missed_by = 0, key, ""
        self.notices()

    @property
    def is_missed(self) -> bool:
        """Tell whether the last question was not answered."""
        return bool(self.missed_by)

    @property
    def is_patient(self) -> bool:
        """Tell whether the caller may miss once more; if not, an agent takes over."""
        return self._call.progress.misses < MOST_MISSES

    @property
    def is_round(self) -> bool:
        """Tell whether the caller went in circles for too long."""
        return self._call.progress.idle >= MOST_IDLE

    @property
    def is_warning_due(self) -> bool:
        """Tell whether the call ends soon and the caller was not warned yet."""
        left = self._begun + timedelta(seconds=self.patience.call) - self._clock.now()
        return not self.has_warned and left.total_seconds() < min(WARNING, self.patience.call / 5)

    @property
    def is_too_long(self) -> bool:
        """Tell whether the call reached its maximum length."""
        return (self._clock.now() - self._begun).total_seconds() >= self.patience.call

    @property
    def is_new(self) -> bool:
        """Tell whether the last answer showed a person, or no question was asked yet."""
        return self._noticed is not None or not self._call.progress.idle

    def fits(self, seconds: float) -> bool:
        """Tell whether there is time for ``seconds`` more, including the goodbye."""
        return self.left >= seconds

    def fits_questions(self, seconds: float) -> bool:
        """As ``fits``, within the share of the time for questions."""
        return self.left - (1 - QUESTIONS_SHARE) * self.patience.seconds >= seconds

    @property
    def left(self) -> float:
        """Return the seconds of patience that are left."""
        if self._noticed is not None:
            return self.patience.seconds
        since = self._call.progress.since or self._begun
        return self.patience.seconds - (self._clock.now() - since).total_seconds()

    def may_wait(self, closing: float) -> int:
        """Return the seconds that the caller may wait for an agent now; 0: no time is left.

        If a person asks for an agent, the wait has its full length. At most half of the patience is
        counted for it, so that there is time for the call-back offer afterwards.
        """
        if self._noticed is not None:
            beyond = max(0.0, self.patience.queue - self.patience.seconds / 2)
            self._begin(self._noticed, beyond)
            return int(self.patience.queue)
        seconds = min(self.patience.queue, self.left - closing)
        return int(seconds) if seconds >= LEAST_WAIT else 0

    def _begin(self, moment: datetime, seconds: float) -> None:
        self._call.progress.since = moment + timedelta(seconds=seconds)
        self._noticed = None


def seconds_of(words: Iterable[Utterance]) -> float:
    """Return the playing time in seconds."""
    return sum(each.seconds for each in words)
