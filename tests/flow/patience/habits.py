"""Callers who make no progress, and their ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from ivr.domain.call import Call, CallOutcome
from ivr.domain.dialogue import OPTIONS_AFTER, Utterance, Value
from ivr.domain.values import Language, Secret
from ivr.errors import CallerHungUp
from ivr.flow.checkpoint import CHECKPOINT, resume
from ivr.flow.dialogue import Dialogue
from ivr.flow.document import Flow
from ivr.flow.engine import run
from ivr.flow.patience import Patience
from ivr.testing.clock import FixedClock
from ivr.testing.demo import Operator
from ivr.testing.dial import CALLER
from ivr.testing.prompts import EchoPrompts
from ivr.testing.telephone import FakeTelephone

BOUNDS = Patience(seconds=120, queue=60, call=1800)
WORDS_SECONDS = 3.0
"""How long each text takes."""
BYE = "dialplan.bye"


class Spoken(EchoPrompts):
    """Texts that take their time."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        return Utterance(key, language, self.write(language, key, **values), (), WORDS_SECONDS)


class Habit(FakeTelephone):
    """A caller who presses what ``keys`` yields, None for silence, ``pause`` seconds after a
    question has begun; words that are not over then are cut off by the key."""

    def __init__(self, clock: FixedClock, keys: Iterator[str | None], pause: float = 1.0) -> None:
        super().__init__()
        self._clock, self._keys, self._pause = clock, keys, pause
        self.questions: list[list[str]] = []

    def play(self, utterances: Sequence[Utterance]) -> None:
        super().play(utterances)
        self._clock.sleep(sum(each.seconds for each in utterances))

    def ask_key(
        self,
        utterances: Sequence[Utterance],
        first: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        self.heard.extend(utterances)
        self.questions.append([each.key for each in utterances])
        try:
            key = next(self._keys)
        except StopIteration:
            raise CallerHungUp("no more keys") from None
        whole = sum(each.seconds for each in utterances) + first
        if options:
            whole += OPTIONS_AFTER + sum(each.seconds for each in options)
            self.heard.extend(options if key is None else ())
        self._clock.sleep(whole if key is None else min(self._pause, whole))
        return key

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        key = self.ask_key(utterances, first, options)
        if key is None:
            return None
        keys = ""
        while key not in ("#", None):
            keys += key
            if complete(keys) or len(keys) > 40:
                break
            self._clock.sleep(self._pause)
            key = next(self._keys)
        return keys

    def ask_secret(
        self,
        utterance: Utterance,
        most: int,
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> Secret | None:
        keys = self.ask_digits([utterance], lambda keys: len(keys) >= most, first, between, options)
        return None if keys is None else Secret(keys)


@dataclass
class Ended:
    """What became of a call."""

    call: Call
    keys: list[str]
    """Of all that was said."""
    seconds: float
    trips: int
    """Times that the caller waited for an agent."""
    answers: int
    languages: set[Language] = field(default_factory=set)
    """In which the last words were said."""


@dataclass
class Dead:
    """The line as callers have it whom no agent ever takes; each dialogue is another worker's."""

    flow: Flow
    operator: Operator
    patience: Patience = BOUNDS
    is_crashing: bool = False
    """A worker takes no more than one question."""
    phone: Habit = field(init=False)
    """Of the call that there is, or was."""

    def call(self, keys: Iterator[str | None], pause: float = 1.0, place: str = "") -> Ended:
        """A call to its end. It fails where the call would go on for ever."""
        clock, begun = self.operator.clock, self.operator.clock.now()
        self.phone = phone = Habit(clock, keys, pause)
        trips = 0
        for _ in range(2000):
            call = Call("call-1", "0890", clock.now(), caller=CALLER, begun=begun)
            at = resume(call, place) if place else ""
            if trips and at == self.flow.agent:
                call.progress.tried, at = True, "callback"
                call.heading = at
            talk = Dialogue(
                call,
                self._losing(phone),
                Spoken(),
                self.flow.languages,
                self.operator.care,
                clock,
                noted=place,
                patience=self.patience,
            )
            try:
                outcome = run(self.flow, talk, at)
            except Lost:
                place = phone.notes[CHECKPOINT]
                continue
            place = phone.notes.get(CHECKPOINT, "")
            if outcome is CallOutcome.AGENT:
                trips += 1
                clock.sleep(call.wait)
                continue
            spent = (clock.now() - begun).total_seconds()
            last = [each for each in phone.heard if each.key == BYE]
            return Ended(
                call,
                [each.key for each in phone.heard],
                spent,
                trips,
                len(phone.questions),
                {each.language for each in last},
            )
        raise AssertionError("the call does not end")

    def _losing(self, phone: Habit) -> FakeTelephone:
        return Losing(phone) if self.is_crashing else phone


class Lost(BaseException):
    """The worker has died."""


class Losing(FakeTelephone):
    """The telephone of a worker that dies at its second question."""

    def __init__(self, phone: Habit) -> None:
        super().__init__()
        self._phone, self._asked = phone, 0
        self.heard, self.notes = phone.heard, phone.notes

    def play(self, utterances: Sequence[Utterance]) -> None:
        self._phone.play(utterances)

    def ask_key(self, *asked: object) -> str | None:
        self._lose()
        return self._phone.ask_key(*asked)  # type: ignore[arg-type]

    def ask_digits(self, *asked: object) -> str | None:
        self._lose()
        return self._phone.ask_digits(*asked)  # type: ignore[arg-type]

    def ask_secret(self, *asked: object) -> Secret | None:
        self._lose()
        return self._phone.ask_secret(*asked)  # type: ignore[arg-type]

    def _lose(self) -> None:
        self._asked += 1
        if self._asked > 1:
            raise Lost


def silence() -> Iterator[str | None]:
    return repeat(None)


def jammed(key: str) -> Iterator[str | None]:
    return repeat(key)


SLOW = ("jammed 0", "jammed 5", "jammed 7", "jammed *", "jammed 9", "jammed #")
