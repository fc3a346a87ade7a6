"""A dialogue with one caller: what to say next, and the questions that a node may ask.

The rules of input are those of VoiceXML 2.1 and ISO/IEC 13714: noinput and nomatch are counted
apart and escalate in three steps, 0 is an agent, ``*`` goes back, 9 repeats, ``#`` ends an entry.
What is said is collected and played together with the next question, so that a menu is one
command to the telephone and every prompt can be barged into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ivr.domain.call import Call, Step
from ivr.domain.dialogue import OPTIONS_AFTER, Utterance, Value
from ivr.domain.values import Language, Secret
from ivr.errors import ProofEnded
from ivr.flow.checkpoint import PLACE, SPOKEN, place_of
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
"""What leads on from one item of a list."""


@dataclass(frozen=True, slots=True)
class _Saying:
    """One thing to say; ``once``: not when the question behind it is repeated."""

    utterance: Utterance
    once: bool


@dataclass
class Dialogue:
    """One call's conversation. Lives in the call's thread."""

    call: Call
    telephone: Telephone
    prompts: Prompts
    care: Care
    clock: Clock
    languages: tuple[Language, ...]
    asked: Callable[[Question], None] = lambda _question: None
    """Told of each question before it is asked."""
    returned: bool = False
    """The present node was reached by going back."""
    noted: str = ""
    """The place that is on the channel."""
    patience: Patience = USUAL
    timing: Timing = USUAL_TIMING
    watch: Watch = field(init=False)
    """Over the caller's progress."""
    _said: list[_Saying] = field(default_factory=list)
    _moved: bool = False
    """Something has changed that the channel is to have before the next question."""
    _late_hash: bool = False
    """The last entry was full by itself: a ``#`` that comes behind it is no key of the next."""

    def __post_init__(self) -> None:
        self.prompts = self.prompts.for_answer()
        self.care = guarded(self.care, self.call, self.hold_proof)
        self.watch = Watch(self.call, self.clock, self.patience)

    def hold_proof(self) -> None:
        """Raise ProofEnded unless what the caller proved in this call holds still.

        A change that this call itself ordered ends nothing: the proof goes on for what is now.
        """
        call = self.call
        if call.subscriber is None:
            return
        proof = self.care.identification.proof(call.subscriber)
        if proof is None or not proof.holds(call.proof, call.id):
            raise ProofEnded("the right to the number holds no longer")
        if proof.version != call.proof:
            call.proof = proof.version
            self.moved()

    def unprove(self) -> None:
        """The caller is nobody's owner any more; what was to be said is not said."""
        call = self.call
        call.subscriber, call.means, call.proof, call.pending = None, None, 0, ()
        self._said = []
        self.mention("identify.ended")
        self.moved()

    def speak(self, language: Language) -> None:
        """Go on in a language. The channel has it from now on, should no worker take the call."""
        self.call.language = language
        self.telephone.note(SPOKEN, language)

    def say(self, key: str, **values: Value) -> None:
        """Say a text with the next question; in every language while none is chosen."""
        for language in (self.call.language,) if self.call.language else self.languages:
            self.say_in(language, key, **values)

    def say_in(self, language: Language, key: str, **values: Value) -> None:
        """Say a text in a given language with the next question."""
        self._said.append(_Saying(self.prompts.say(language, key, **values), once=False))

    def say_words(self, words: Iterable[Utterance]) -> None:
        """Say what ``words`` has made with the next question."""
        self._said += [_Saying(each, once=False) for each in words]

    def mention(self, key: str, **values: Value) -> None:
        """Say a text with the next question, but not again when the question is repeated."""
        for language in (self.call.language,) if self.call.language else self.languages:
            self.mention_in(language, key, **values)

    def mention_in(self, language: Language, key: str, **values: Value) -> None:
        """Mention a text in a given language."""
        self._said.append(_Saying(self.prompts.say(language, key, **values), once=True))

    def words(self, key: str, **values: Value) -> list[Utterance]:
        """A text as ``say`` says it, to be said later."""
        kept, self._said = self._said, []
        self.say(key, **values)
        words, _ = self._question()
        self._said = kept
        return words

    def deliver(self) -> None:
        """Say what is waiting to be said, without a question."""
        if self._said:
            words = one_voice([each.utterance for each in self._taken()])
            self.prompts = self.prompts.for_answer()
            self.telephone.play(words)

    def choose(
        self, keys: str, part: str = "", options: Sequence[Utterance] = ()
    ) -> str | NodeExit:
        """Ask for one of ``keys``; a fixed key leaves, unless it is among ``keys``.

        ``options`` tell what keys do: a caller who is silent for a moment hears them, and who has
        missed once hears them with the question.
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
        """Say what is waiting as one item of several; None: go on to the next.

        ``#`` goes on at once, silence when the item is over; 1 is the main menu, as after an
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
        """Ask yes (1) or no (2) of what was just said; keys pressed before do not count."""
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
        """Ask for an entry; ``read`` makes a value of it, or None where it cannot be one.

        An entry of 0 alone is the agent, and ``*`` anywhere in it goes back. ``hint`` says
        what an entry looks like, where one was wrong. ``options`` as in ``choose``.
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
        """Ask for a secret with one prompt, in the form that it has.

        What was pressed before is forgotten, unless this goes on with a secret that is asked for
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
                self.telephone.forget_keys()  # the rest of an entry that is none
            if not self._missed(place, missed, times, None if secret is None else END_KEY):
                return self._give_up(missed)
            if form.help:
                prompt, options = self.prompts.say(language, form.help), []
            if times > 1 or not form.help:
                self.say(f"{missed}.{times}")

    def after(
        self, keys: str = "", part: str = "after", options: Sequence[Utterance] = ()
    ) -> str | NodeExit:
        """Offer what can be done after an answer: 1 main menu, 9 again, ``*`` back, 0 agent.

        ``keys`` may add some from 2 on, whose words are ``options``.
        Answers one of the keys, or how the node is left.
        """
        key = self.choose("1" + keys, part, [*options, *self.words("after")])
        return NodeExit.MAIN if key == "1" else key

    def to_agent(self, reason: str) -> NodeExit:
        """Leave for an agent; the first reason of the call is the one that the agent sees."""
        self.call.reason = self.call.reason or reason
        return NodeExit.AGENT

    def goodbye(self) -> NodeExit:
        """End the call: the caller does not get on, and nobody is there to help. It says so."""
        self._said = []
        self.call.ended_by = "no-progress"
        for key in self._closing:
            self.say(key)
        self.deliver()
        return NodeExit.END

    def wait_for_agent(self) -> bool:
        """Whether there is time to wait for an agent; ``call.wait`` is how long.

        Without it the call is to end with ``goodbye``.
        """
        saying = self._presence_seconds + self._closing_seconds + self._seconds("agent.transfer")
        saying += seconds_of(each.utterance for each in self._said)
        self.call.wait = self.watch.may_wait(saying)
        return self.call.wait > 0

    def mark(self) -> None:
        """Note on the channel where the call is, for a worker that takes it up.

        A command costs more than comparing: nothing is noted twice.
        """
        self._moved = False
        place = place_of(self.call)
        if place != self.noted:
            self.telephone.note(PLACE, place)
            self.noted = place

    def moved(self) -> None:
        """Mark before the next question."""
        self._moved = True

    def hold(self, *pending: str) -> None:
        """Take the next step in hand (``Call.pending``), before it is confirmed and written down.

        What is in hand already, and was not written, keeps its step: should a worker that is
        gone have written it after all, it is still not written twice.
        """
        if self.call.pending != pending:
            self.call.step += 1
            self.call.pending = pending
        self.mark()

    def clear_pending(self) -> None:
        """What was in hand is told, or given up."""
        self.call.pending = ()
        self.moved()

    def _give_up(self, reason: str) -> NodeExit:
        """An agent takes over; once the agents were tried in vain, the call ends."""
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
        """A question was answered; ``key`` is empty for an entry."""
        self._step(place, key)
        if key:
            self.watch.keyed(key)
        else:
            self.watch.entered()

    def _missed(self, place: str, step: str, times: int, key: str | None = None) -> bool:
        """A question was not answered. False: the caller has no further try.

        A worker that takes the call up knows of it.
        """
        self._step(place, step)
        self.watch.missed(key)
        if times >= PATIENCE or not self.watch.is_patient:
            return False
        self.mark()
        return True

    def _out_of_patience(self, words: Sequence[Utterance], pause: float = 0.0) -> NodeExit | None:
        """How the call goes on where these words are not to be said; None: they are.

        ``pause``: seconds of silence between them.
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
        """Have the caller show that a person is there, by a key that was not the last one."""
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
        """How long it takes to ask whether a person is there; 0: nobody has pressed a key."""
        if not self.call.progress.key or self.watch.is_missed:
            return 0.0
        return self._seconds(f"presence.{PRESENCE_KEYS[0]}") + self.timing.first_key

    @property
    def _closing(self) -> tuple[str, str]:
        """Texts of the goodbye to a caller who does not get on."""
        return ("dialplan.nobody" if self.call.progress.tried else "noinput.3", "dialplan.bye")

    @property
    def _closing_seconds(self) -> float:
        return sum(map(self._seconds, self._closing))

    def _seconds(self, key: str) -> float:
        languages = (self.call.language,) if self.call.language else self.languages
        return seconds_of(self.prompts.say(language, key) for language in languages)

    def _warning(self) -> list[Utterance]:
        """What is said before a question when the longest call is nearly over; once."""
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
        """What is said with the next question at first, and whenever it is repeated."""
        said = self._taken()
        first = one_voice([each.utterance for each in said])
        return first, one_voice([each.utterance for each in said if not each.once])

    def _taken(self) -> list[_Saying]:
        """What is to be said now; while no language is chosen, one language after another."""
        said, self._said = self._said, []
        if self.call.language:
            return said
        return sorted(said, key=lambda each: self.languages.index(each.utterance.language))

    def _place(self, part: str) -> str:
        return f"{self.call.node}/{part}" if part else self.call.node

    def _step(self, place: str, key: str) -> None:
        at = (self.clock.now() - self.call.started).total_seconds()
        self.call.path.append(Step(place, key, round(at, 2)))
