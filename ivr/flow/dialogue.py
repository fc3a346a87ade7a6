"""A dialogue with one caller: the texts to say next, and the questions that a node may ask.

The rules of input are those of VoiceXML 2.1 and ISO/IEC 13714: noinput and nomatch are counted
separately and escalate in three steps, 0 is an agent, ``*`` goes back, 9 repeats, ``#`` ends an
entry. Texts are collected and played together with the next question, so that a menu is one
command to the telephone and every prompt allows barge-in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ivr.domain.call import Call, Step
from ivr.domain.dialogue import OPTIONS_AFTER, Utterance, Value
from ivr.domain.values import Language, Secret
from ivr.errors import ProofEnded
from ivr.flow.checkpoint import CHECKPOINT, SPOKEN, checkpoint_of
from ivr.flow.guard import guarded
from ivr.flow.patience import USUAL, Patience, Watch, seconds_of
from ivr.flow.question import (
    AGENT_KEY,
    BACK_KEY,
    END_KEY,
    FIXED_KEYS,
    NUMBER_HINT,
    PATIENCE,
    PRESENCE_KEYS,
    PRESENCE_TRIES,
    REPEAT_KEY,
    REPEATS,
    USUAL_TIMING,
    WORD,
    Hint,
    NodeExit,
    Question,
    SecretForm,
    Timing,
)
from ivr.flow.voices import one_voice
from ivr.ports.care import Care
from ivr.ports.clock import Clock
from ivr.ports.dialogue import Prompts, Telephone

T = TypeVar("T")


BROWSE_KEYS = END_KEY + "1" + FIXED_KEYS
"""Keys accepted after one item of a list."""


@dataclass(frozen=True, slots=True)
class _Saying:
    """One text to say; ``once``: do not say it again when the following question is repeated."""

    utterance: Utterance
    once: bool


@dataclass
class Dialogue:
    """The dialogue of one call. Only the call's thread uses it."""

    call: Call
    telephone: Telephone
    prompts: Prompts
    care: Care
    clock: Clock
    languages: tuple[Language, ...]
    asked: Callable[[Question], None] = lambda _question: None
    """Called with each question before it is asked."""
    returned: bool = False
    """The caller reached the present node by going back."""
    noted: str = ""
    """The checkpoint that is stored on the channel."""
    patience: Patience = USUAL
    timing: Timing = USUAL_TIMING
    watch: Watch = field(init=False)
    """Watches over the caller's progress."""
    _said: list[_Saying] = field(default_factory=list)
    _moved: bool = False
    """The state has changed; the checkpoint must be written before the next question."""
    _late_hash: bool = False
    """The last entry was complete without ``#``: a following ``#`` is not a key of the next."""

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

    def speak(self, language: Language) -> None:
        """Go on in a language. Set it on the channel too, in case no worker resumes the call."""
        self.call.language = language
        self.telephone.note(SPOKEN, language)

    def say(self, key: str, **values: Value) -> None:
        """Say a text with the next question; in every language if none is chosen yet."""
        for language in (self.call.language,) if self.call.language else self.languages:
            self.say_in(language, key, **values)

    def say_in(self, language: Language, key: str, **values: Value) -> None:
        """Say a text in a given language with the next question."""
        self._said.append(_Saying(self.prompts.say(language, key, **values), once=False))

    def say_words(self, words: Iterable[Utterance]) -> None:
        """Say the result of ``words`` with the next question."""
        self._said += [_Saying(each, once=False) for each in words]

    def mention(self, key: str, **values: Value) -> None:
        """Say a text once with the next question, and not when the question is repeated."""
        for language in (self.call.language,) if self.call.language else self.languages:
            self.mention_in(language, key, **values)

    def mention_in(self, language: Language, key: str, **values: Value) -> None:
        """Say a text once in a given language, as ``mention``."""
        self._said.append(_Saying(self.prompts.say(language, key, **values), once=True))

    def words(self, key: str, **values: Value) -> list[Utterance]:
        """Return a text as ``say`` says it, for later use."""
        kept, self._said = self._said, []
        self.say(key, **values)
        words, _ = self._question()
        self._said = kept
        return words

    def deliver(self) -> None:
        """Play the texts that are waiting to be said, without a question."""
        if self._said:
            words = one_voice([each.utterance for each in self._taken()])
            self.prompts = self.prompts.for_answer()
            self.telephone.play(words)

    def choose(
        self, keys: str, part: str = "", options: Sequence[Utterance] = ()
    ) -> str | NodeExit:
        """Ask for one of ``keys``; a fixed key leaves the node, unless it is among ``keys``.

        ``options`` explain the keys. A caller who is silent for a moment hears them; after a miss
        they are played with the question.
        """
        options = one_voice(options)
        words, repeated = self._question()
        late_hash, self._late_hash = self._late_hash, False
        place = self._place(part)
        self._ask(Question(place, "key", keys))
        silent = wrong = 0
        again: list[Utterance] = []
        for _ in range(REPEATS + 2 * PATIENCE):
            words = [*again, *words]
            late = () if again else options
            left = self._out_of_patience([*words, *late], OPTIONS_AFTER if late else 0.0)
            if left is not None:
                return left
            key = self.telephone.ask_key([*self._warning(), *words], self.timing.first_key, late)
            if key == END_KEY and late_hash and key not in keys:
                late_hash, again = False, []
                continue
            words = [*repeated, *options]
            if key is None:
                silent += 1
                if not self._missed(place, "noinput", silent):
                    return self._give_up("noinput")
                again = self.words(f"noinput.{silent}")
            elif key in keys:
                self._answered(place, key)
                return key
            elif key == AGENT_KEY:
                self._answered(place, key)
                return self.to_agent("asked")
            elif key == BACK_KEY:
                self._answered(place, key)
                return NodeExit.BACK
            elif key == REPEAT_KEY:
                self._answered(place, key)
                self.mark()
                words, again = repeated, []
            else:
                wrong += 1
                if not self._missed(place, "nomatch", wrong, key):
                    return self._give_up("nomatch")
                again = self.words(f"nomatch.{wrong}")
        return self._give_up("nomatch")

    def browse(self, part: str) -> NodeExit | None:
        """Play the waiting texts as one item of a list; None: go on to the next item.

        ``#`` goes on at once; without a key the next item follows. 1 is the main menu, as after an
        answer.
        """
        words, repeated = self._question()
        place = self._place(part)
        self._ask(Question(place, "key", END_KEY))
        wrong = 0
        again: list[Utterance] = []
        while True:
            words = [*again, *words]
            left = self._out_of_patience(words)
            if left is not None:
                return left
            key = self.telephone.ask_key([*self._warning(), *words], self.timing.between_items)
            words, again = repeated, []
            if key is None:
                self.watch.listens()
                return None
            if key in BROWSE_KEYS:
                self._answered(place, key)
            match key:
                case "#":
                    return None
                case "0":
                    return self.to_agent("asked")
                case "*":
                    return NodeExit.BACK
                case "1":
                    return NodeExit.MAIN
                case "9":
                    self.mark()
                    continue
            wrong += 1
            if not self._missed(place, key, wrong, key):
                return self._give_up("nomatch")
            again = self.words(f"nomatch.{wrong}")

    def confirm(self, part: str) -> bool | NodeExit:
        """Ask to confirm what was just said: 1 yes, 2 no. Keys pressed before do not count."""
        self.say("confirm")
        self.telephone.forget_keys()
        key = self.choose("12", part)
        return key if isinstance(key, NodeExit) else key == "1"

    def digits(
        self,
        complete: Callable[[str], bool],
        read: Callable[[str], T | None],
        part: str,
        hint: Hint = NUMBER_HINT,
        options: Sequence[Utterance] = (),
    ) -> T | NodeExit:
        """Ask for an entry; ``read`` parses it and returns None if it is invalid.

        An entry of only 0 leads to an agent; ``*`` anywhere in it goes back. ``hint`` explains the
        form of an entry after a wrong one. ``options`` as in ``choose``.
        """
        options = one_voice(options)
        words, repeated = self._question()
        late_hash, self._late_hash = self._late_hash, False
        place = self._place(part)
        self._ask(Question(place, "digits"))
        silent = wrong = 0
        again: list[Utterance] = []
        while True:
            words = [*again, *words]
            late = () if again else options
            left = self._out_of_patience([*words, *late], OPTIONS_AFTER if late else 0.0)
            if left is not None:
                return left
            keyed = self.telephone.ask_digits(
                [*self._warning(), *words],
                lambda entry: BACK_KEY in entry or complete(entry),
                self.timing.first_key,
                self.timing.long_entry,
                late,
            )
            if keyed == "" and late_hash:
                late_hash, again = False, []
                continue
            words = [*repeated, *options]
            if keyed is None:
                silent += 1
                if not self._missed(place, "noinput", silent):
                    return self._give_up("noinput")
                again = self.words(f"noinput.{silent}")
                continue
            left = self._fixed(place, keyed)
            if left is not None:
                return left
            value = read(keyed)
            if value is not None:
                self._answered(place, "")
                self._late_hash = complete(keyed)
                return value
            wrong += 1
            if not self._missed(place, "nomatch", wrong, keyed[-1:]):
                return self._give_up("nomatch")
            self.telephone.forget_keys()  # the rest of an entry that is too long
            again = self.words(f"{hint.text}.{wrong}", **hint.values)

    def secret(self, key: str, part: str, form: SecretForm = WORD) -> Secret | NodeExit:
        """Ask for a secret of a given form with one prompt.

        Keys pressed before are dropped, unless this is a later part of a secret that is asked for
        in several questions.
        """
        place = self._place(part)
        language = self.call.language or self.languages[0]
        prompt = self.prompts.say(language, key)
        options = [self.prompts.say(language, option) for option in form.options]
        self._ask(Question(place, "secret"))
        late_hash, self._late_hash = self._late_hash and form.goes_on, False
        if not form.goes_on:
            self.telephone.forget_keys()
        silent = wrong = 0
        while True:
            said = [*(each.utterance for each in self._said), prompt, *options]
            left = self._out_of_patience(said, OPTIONS_AFTER if options else 0.0)
            if left is not None:
                return left
            self.deliver()
            secret = self.telephone.ask_secret(
                prompt, form.keys, self.timing.first_key, self.timing.long_entry, options
            )
            if late_hash and secret is not None and not secret.keys:
                late_hash = False
                continue
            if secret is None:
                silent += 1
                missed, times = "noinput", silent
            else:
                left = self._fixed(place, secret.keys)
                if left is not None:
                    return left
                if form.is_possible(secret.keys):
                    self._answered(place, "")
                    self._late_hash = len(secret.keys) == form.keys
                    return secret
                wrong += 1
                missed, times = "nomatch", wrong
                self.telephone.forget_keys()  # the rest of an invalid entry
            if not self._missed(place, missed, times, None if secret is None else END_KEY):
                return self._give_up(missed)
            if form.help:
                prompt, options = self.prompts.say(language, form.help), []
            if times > 1 or not form.help:
                self.say(f"{missed}.{times}")

    def after(
        self, keys: str = "", part: str = "after", options: Sequence[Utterance] = ()
    ) -> str | NodeExit:
        """Offer the choices after an answer: 1 main menu, 9 again, ``*`` back, 0 agent.

        ``keys`` may add more keys from 2 on; ``options`` are their texts. Return one of the keys,
        or the exit of the node.
        """
        key = self.choose("1" + keys, part, [*options, *self.words("after")])
        return NodeExit.MAIN if key == "1" else key

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

    def _fixed(self, place: str, keyed: str) -> NodeExit | None:
        if keyed == AGENT_KEY:
            self._answered(place, AGENT_KEY)
            return self.to_agent("asked")
        if BACK_KEY in keyed:
            self._answered(place, BACK_KEY)
            return NodeExit.BACK
        return None

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

    def _seconds(self, key: str) -> float:
        languages = (self.call.language,) if self.call.language else self.languages
        return seconds_of(self.prompts.say(language, key) for language in languages)

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

    def _ask(self, question: Question) -> None:
        if self._moved:
            self.mark()
        self.prompts = self.prompts.for_answer()
        self.asked(question)

    def _question(self) -> tuple[list[Utterance], list[Utterance]]:
        """Return what is said with the next question: the first time, and at each repetition."""
        said = self._taken()
        first = one_voice([each.utterance for each in said])
        return first, one_voice([each.utterance for each in said if not each.once])

    def _taken(self) -> list[_Saying]:
        """Take the waiting texts; without a chosen language, grouped by language."""
        said, self._said = self._said, []
        if self.call.language:
            return said
        return sorted(said, key=lambda each: self.languages.index(each.utterance.language))

    def _place(self, part: str) -> str:
        return f"{self.call.node}/{part}" if part else self.call.node

    def _step(self, place: str, key: str) -> None:
        at = (self.clock.now() - self.call.started).total_seconds()
        self.call.path.append(Step(place, key, round(at, 2)))
