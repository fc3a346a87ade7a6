"""How long a caller is heard out who does not get on, and how long a call may last at most.

Progress is an answer that leads to a node where this call has not been yet. Any other answer is
counted: unheeded and wrong ones, a repeated question, the way back, a choice that leads round in a
circle. So the count is of the whole call, whichever questions are asked. The time is that since a
person was last noticed: by progress, or by a key that is not the one before it (a jammed key is
always the same). New words are listened to, so they begin the time anew when they end. All of it
is in ``Progress``, which the checkpoint keeps. docs/decisions/0043.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.domain.call import Call
from ivr.domain.dialogue import Utterance
from ivr.ports.clock import Clock

MOST_IDLE = 40
"""Answers without progress until the caller has to show that somebody is there."""
MOST_MISSES = 10
"""Unheeded questions and wrong answers of a call; from then on each leads to an agent at once."""
QUESTIONS_SHARE = 0.65
"""Part of the patience that questions may take, before the agents have the rest."""
LEAST_WAIT = 5.0
"""Seconds in the agents' queue; with fewer left the call ends."""
WARNING = 60.0
"""Seconds before the longest call ends that the caller is told so."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The bounds of a call without an agent, in seconds."""

    seconds: float = 120.0
    """Without progress, until the goodbye: questions, queue and offer of a call back together."""
    queue: float = 60.0
    """In the agents' queue each time (IVR_CALLBACK_SECONDS)."""
    call: float = 1800.0
    """Of the whole call."""


USUAL = Patience()


class Watch:
    """Watches over the progress of one call."""

    def __init__(self, call: Call, clock: Clock, patience: Patience) -> None:
        self._call, self._clock, self.patience = call, clock, patience
        self._begun = call.begun or call.started
        self._is_choice = False
        """The last answer was a choice or an entry: where it leads may be new."""
        self.missed_by = ""
        """How the last question was not answered: ``noinput``, ``nomatch``; empty: it was."""
        self._noticed: datetime | None = None
        """A person was noticed then; the time begins with the end of the next new words."""
        self.has_warned = False
        if call.progress.since is None:
            if call.path:  # Asterisk has asked: the last key led here
                self._noticed = call.started + timedelta(seconds=call.path[-1].at)
            call.progress.since = self._begun

    def arrives(self, bit: int) -> None:
        """The call comes to a node; ``bit`` stands for it in ``Progress.seen``."""
        progress = self._call.progress
        if self._is_choice and not progress.seen & bit:
            progress.idle = progress.rounds = 0
            self.notices()
        progress.seen |= bit
        self._is_choice = False

    def notices(self) -> None:
        """A person is there."""
        self._noticed = self._clock.now()
        self._call.progress.tried = False

    def keyed(self, key: str) -> None:
        """A question was answered by a key that leads somewhere."""
        progress = self._call.progress
        progress.idle += 1
        if key != progress.key:
            self.notices()
        progress.key = key
        self._is_choice, self.missed_by = True, ""

    def entered(self) -> None:
        """An entry was taken."""
        self.keyed("")
        self.notices()

    def missed(self, key: str | None) -> None:
        """A question was not heeded (None), or answered by a key that it does not have."""
        progress = self._call.progress
        progress.idle += 1
        progress.misses += 1
        if key:
            progress.key = key
        self._is_choice, self.missed_by = False, "nomatch" if key else "noinput"

    def says(self, seconds: float) -> None:
        """A question is asked for the first time; new words, so long, are listened to."""
        if self._noticed is not None:
            self._begin(self._noticed, seconds)

    def listens(self) -> None:
        """The caller was told one of several things, and need not do anything."""
        self._noticed = self._clock.now()

    def is_there(self, key: str) -> None:
        """A person has pressed the key that was asked for."""
        progress = self._call.progress
        progress.rounds += self.is_round
        progress.idle, progress.key, self.missed_by = 0, key, ""
        self.notices()

    @property
    def is_missed(self) -> bool:
        """Whether the last question was not answered."""
        return bool(self.missed_by)

    @property
    def is_patient(self) -> bool:
        """Whether an answer may be missed once more, or an agent takes over."""
        return self._call.progress.misses < MOST_MISSES

    @property
    def is_round(self) -> bool:
        """Whether the caller has walked round for too long."""
        return self._call.progress.idle >= MOST_IDLE

    @property
    def is_warning_due(self) -> bool:
        """Whether the call ends soon, and nobody has said so."""
        left = self._begun + timedelta(seconds=self.patience.call) - self._clock.now()
        return not self.has_warned and left.total_seconds() < min(WARNING, self.patience.call / 5)

    @property
    def is_too_long(self) -> bool:
        """Whether the call has lasted as long as one may."""
        return (self._clock.now() - self._begun).total_seconds() >= self.patience.call

    @property
    def is_new(self) -> bool:
        """Whether a person was noticed by the answer before, or nothing was asked yet."""
        return self._noticed is not None or not self._call.progress.idle

    def fits(self, seconds: float) -> bool:
        """Whether there is time for so much more, the goodbye included."""
        return self.left >= seconds

    def fits_questions(self, seconds: float) -> bool:
        """Likewise, in the part of it that is for questions: the agents have the rest."""
        return self.left - (1 - QUESTIONS_SHARE) * self.patience.seconds >= seconds

    @property
    def left(self) -> float:
        """Seconds of patience that are left."""
        if self._noticed is not None:
            return self.patience.seconds
        since = self._call.progress.since or self._begun
        return self.patience.seconds - (self._clock.now() - since).total_seconds()

    def may_wait(self, closing: float) -> int:
        """Seconds that the caller may wait for an agent now; 0: there is no time left.

        A wait that a person asks for is whole. So that the offer of a call back follows it, no more
        of it is counted than half of the patience.
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
    """How long it takes to say them."""
    return sum(each.seconds for each in words)
