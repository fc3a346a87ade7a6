"""A dialogue with one caller: the questions that a node may ask.

The rules of input are those of VoiceXML 2.1 and ISO/IEC 13714: noinput and nomatch are counted
separately and escalate in three steps, 0 is an agent, ``*`` goes back, 9 repeats, ``#`` ends an
entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ivr.domain.dialogue import OPTIONS_AFTER, Utterance
from ivr.domain.values import Secret
from ivr.flow.progress import DialogueProgress
from ivr.flow.question import (
    AGENT_KEY,
    BACK_KEY,
    END_KEY,
    FIXED_KEYS,
    NUMBER_HINT,
    PATIENCE,
    REPEAT_KEY,
    REPEATS,
    WORD,
    Hint,
    NodeExit,
    Question,
    SecretForm,
)
from ivr.flow.voices import one_voice

T = TypeVar("T")


BROWSE_KEYS = END_KEY + "1" + FIXED_KEYS
"""Keys accepted after one item of a list."""


@dataclass
class Dialogue(DialogueProgress):
    """The dialogue of one call. Only the call's thread uses it."""

    asked: Callable[[Question], None] = lambda _question: None
    """Called with each question before it is asked."""
    _late_hash: bool = field(default=False, init=False)
    """The last entry was complete without ``#``: a following ``#`` is not a key of the next."""

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

    def _fixed(self, place: str, keyed: str) -> NodeExit | None:
        if keyed == AGENT_KEY:
            self._answered(place, AGENT_KEY)
            return self.to_agent("asked")
        if BACK_KEY in keyed:
            self._answered(place, BACK_KEY)
            return NodeExit.BACK
        return None

    def _ask(self, question: Question) -> None:
        if self._moved:
            self.mark()
        self.prompts = self.prompts.for_answer()
        self.asked(question)
