"""The progress of a dialogue: its checkpoint, the caller's proof, and the limits of patience.

Callers who make no progress are asked to show that a person is there, then led to an agent, then
told goodbye.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ivr.domain.call import Step
from ivr.domain.dialogue import Utterance
from ivr.errors import ProofEnded
from ivr.flow.checkpoint import CHECKPOINT, checkpoint_of
from ivr.flow.guard import guarded
from ivr.flow.output import DialogueOutput
from ivr.flow.patience import USUAL, Patience, Watch, seconds_of
from ivr.flow.question import (
    PATIENCE,
    PRESENCE_KEYS,
    PRESENCE_TRIES,
    USUAL_TIMING,
    NodeExit,
    Timing,
)
from ivr.ports.care import Care
from ivr.ports.clock import Clock


@dataclass
class DialogueProgress(DialogueOutput):
    """A dialogue that another worker can resume, and that ends if the caller makes no progress."""

    care: Care
    clock: Clock
    returned: bool = field(default=False, kw_only=True)
    """The caller reached the present node by going back."""
    noted: str = field(default="", kw_only=True)
    """The checkpoint that is stored on the channel."""
    patience: Patience = field(default=USUAL, kw_only=True)
    timing: Timing = field(default=USUAL_TIMING, kw_only=True)
    watch: Watch = field(init=False)
    """Watches over the caller's progress."""
    _moved: bool = field(default=False, init=False)
    """The state has changed; the checkpoint must be written before the next question."""

    def __post_init__(self) -> None:
        self.prompts = self.prompts.for_answer()
        self.care = guarded(self.care, self.call, self.hold_proof)
        self.watch = Watch(self.call, self.clock, self.patience)

    def hold_proof(self) -> None:
        """Raise ProofEnded unless the caller's proof is still valid.

        A change that this call itself ordered does not end the proof: it is moved to the new
        version.
        """
        call = self.call
        if call.subscriber is None:
            return
        proof = self.care.identification.proof(call.subscriber)
        if proof is None or not proof.holds(call.proof, call.id):
            raise ProofEnded("the proof of the right to the number is no longer valid")
        if proof.version != call.proof:
            call.proof = proof.version
            self.moved()

    def unprove(self) -> None:
        """Remove the caller's proof and drop the texts that are waiting to be said."""
        call = self.call
        call.subscriber, call.means, call.proof, call.pending = None, None, 0, ()
        self._said = []
        self.mention("identify.ended")
        self.moved()

    def to_agent(self, reason: str) -> NodeExit:
        """Leave for an agent. The agent sees the first reason of the call."""
        self.call.reason = self.call.reason or reason
        return NodeExit.AGENT

    def goodbye(self) -> NodeExit:
        """Say goodbye and end the call: the caller makes no progress and no agent can help."""
        self._said = []
        self.call.ended_by = "no-progress"
        for key in self._closing:
            self.say(key)
        self.deliver()
        return NodeExit.END

    def wait_for_agent(self) -> bool:
        """Tell whether there is time to wait for an agent; set ``call.wait`` to the seconds.

        If there is no time, the call must end with ``goodbye``.
        """
        saying = self._presence_seconds + self._closing_seconds + self._seconds("agent.transfer")
        saying += seconds_of(each.utterance for each in self._said)
        self.call.wait = self.watch.may_wait(saying)
        return self.call.wait > 0

    def mark(self) -> None:
        """Write the checkpoint to the channel, for a worker that resumes the call.

        An unchanged checkpoint is not written again: comparing is cheaper than a command.
        """
        self._moved = False
        place = checkpoint_of(self.call)
        if place != self.noted:
            self.telephone.note(CHECKPOINT, place)
            self.noted = place

    def moved(self) -> None:
        """Have the checkpoint written before the next question."""
        self._moved = True

    def hold(self, *pending: str) -> None:
        """Begin a pending operation (``Call.pending``), before it is confirmed and stored.

        An operation that is already pending keeps its step. If a worker that died stored it after
        all, the same operation key prevents a second one.
        """
        if self.call.pending != pending:
            self.call.step += 1
            self.call.pending = pending
        self.mark()

    def clear_pending(self) -> None:
        """End the pending operation: its result was told, or it was abandoned."""
        self.call.pending = ()
        self.moved()

    def _give_up(self, reason: str) -> NodeExit:
        """Leave for an agent; end the call if the agents were tried before without success."""
        progress = self.call.progress
        if progress.tried:
            return self.goodbye()
        progress.tried = True
        self.say(f"{reason}.{PATIENCE}")
        return self.to_agent(reason)

    def _answered(self, place: str, key: str) -> None:
        """Store that a question was answered; ``key`` is empty for an entry."""
        self._step(place, key)
        if key:
            self.watch.keyed(key)
        else:
            self.watch.entered()

    def _missed(self, place: str, step: str, times: int, key: str | None = None) -> bool:
        """Store a noinput or nomatch. Return False if the question is not repeated.

        A worker that resumes the call knows of it.
        """
        self._step(place, step)
        self.watch.missed(key)
        if times >= PATIENCE or not self.watch.is_patient:
            return False
        self.mark()
        return True

    def _out_of_patience(self, words: Sequence[Utterance], pause: float = 0.0) -> NodeExit | None:
        """Return the exit if there is no time to say these words; None: there is time.

        ``pause`` is the time of silence between them, in seconds.
        """
        watch = self.watch
        if watch.is_too_long:
            return self._end_long_call()
        if watch.is_round:
            is_lost = self.call.progress.rounds > 0
            return self._give_up("nomatch") if is_lost else self._presence_or_goodbye()
        is_new = watch.is_new
        watch.says(seconds_of(words) + pause)
        asking = seconds_of(words) + pause + self.timing.first_key
        if is_new:
            return None
        if watch.is_missed and not self.call.progress.tried:
            return None if watch.fits_questions(asking) else self._give_up(watch.missed_by)
        if watch.is_missed or not self.call.progress.key:
            return None if watch.fits(asking + self._closing_seconds) else self.goodbye()
        if watch.fits(asking + self._closing_seconds + self._presence_seconds):
            return None
        return self._presence_or_goodbye()

    def _presence_or_goodbye(self) -> NodeExit | None:
        """Ask the caller to show that a person is there, by another key than the last one."""
        kept, self._said = self._said, []
        key = next(each for each in PRESENCE_KEYS if each != self.call.progress.key)
        place = self._place("presence")
        for _ in range(PRESENCE_TRIES):
            if not self.watch.fits(self._presence_seconds + self._closing_seconds):
                break
            self.telephone.forget_keys()
            self.say(f"presence.{key}")
            words, _ = self._question()
            pressed = self.telephone.ask_key(words, self.timing.first_key)
            self._step(place, pressed or "noinput")
            if pressed == key:
                self.watch.is_there(key)
                self._said = kept
                return None
        return self.goodbye()

    @property
    def _presence_seconds(self) -> float:
        """Return the seconds that the presence question takes; 0: no key was pressed so far."""
        if not self.call.progress.key or self.watch.is_missed:
            return 0.0
        return self._seconds(f"presence.{PRESENCE_KEYS[0]}") + self.timing.first_key

    @property
    def _closing(self) -> tuple[str, str]:
        """Return the texts of the goodbye to a caller who makes no progress."""
        return ("dialplan.nobody" if self.call.progress.tried else "noinput.3", "dialplan.bye")

    @property
    def _closing_seconds(self) -> float:
        return sum(map(self._seconds, self._closing))

    def _warning(self) -> list[Utterance]:
        """Return the warning that the call soon reaches its maximum length; only once."""
        if not self.watch.is_warning_due:
            return []
        self.watch.has_warned = True
        return self.words("limit.soon")

    def _end_long_call(self) -> NodeExit:
        self._said = []
        self.call.ended_by = "too-long"
        self.say("limit.reached")
        self.say("dialplan.bye")
        self.deliver()
        return NodeExit.END

    def _place(self, part: str) -> str:
        return f"{self.call.node}/{part}" if part else self.call.node

    def _step(self, place: str, key: str) -> None:
        at = (self.clock.now() - self.call.started).total_seconds()
        self.call.path.append(Step(place, key, round(at, 2)))
