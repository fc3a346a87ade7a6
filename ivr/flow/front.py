"""The front of a flow: its questions that need nobody, so that Asterisk may ask them by itself.

It is found by walking the flow in memory, with the nodes that serve every call. A question belongs
to the front if it asks for one key, if nothing but information was wanted on the way to it, and if
a worker that takes a call up there asks the very same. Asterisk takes the keys that lead on; with
any other key, or with silence, the call comes to a worker as the answer to that question. So the
rules of input are in one place, the dialogue.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from ivr.domain.call import Call, Step
from ivr.domain.dialogue import Utterance
from ivr.domain.services import HeldChange
from ivr.domain.values import Language, Msisdn, Secret
from ivr.errors import FlowBroken
from ivr.flow.dialogue import Dialogue
from ivr.flow.engine import run
from ivr.flow.place import place_of, resume
from ivr.flow.question import Question
from ivr.flow.release import Release
from ivr.ports.care import Callers, Care
from ivr.ports.clock import Clock
from ivr.ports.dialogue import Telephone

WAY = "IVR_WAY"
"""What the dialplan says of the questions that Asterisk has asked: ``main+info:s3123411236``."""
DEEPEST = 12
"""Keys on the longest way in the front."""
MOST = 500
"""Questions of a front in one language."""
CYCLE = 10_000
"""The dialplan notes the last four digits of the second in which a key came (Unix time)."""

_SOMEBODY = Msisdn("99365000000")
_KEYED = re.compile(r"([0-9*#])([0-9]{4})")
_WAY = re.compile(r"((?:[a-z0-9/-]+\+)*[a-z0-9/-]+):s((?:[0-9*#]?[0-9]{4})*)")


@dataclass(frozen=True, slots=True)
class FrontQuestion:
    """A question that Asterisk can ask."""

    keys: str
    """Pressed on the way to it."""
    places: tuple[str, ...]
    """Where each of them was asked for, and in the end its own."""
    utterances: tuple[Utterance, ...]
    choices: str
    """The keys that lead on to other nodes."""
    seconds: float
    """How long to wait for a key after the last word."""
    place: str
    """Where the call is, as a worker takes it up."""
    options: tuple[Utterance, ...] = ()
    """Said to a caller who is silent for OPTIONS_AFTER."""

    @property
    def place_asked(self) -> str:
        """Where it is asked."""
        return self.places[-1]


def front_of(release: Release, clock: Clock, language: Language | None) -> list[FrontQuestion]:
    """The front for callers who speak a language, or who are to be asked for it (None).

    The shortest ways first; each question's parent is in it.
    """
    scout = _Scout(release, _nobody(release.care, language), clock)
    found: list[FrontQuestion] = []
    waiting = deque([""])
    while waiting and len(found) < MOST:
        question = scout.question(waiting.popleft())
        if question is None or question.place_asked in question.places[:-1]:
            continue  # what is asked once more is a worker's: the front has no circles
        found.append(question)
        if len(question.keys) < DEEPEST:
            waiting.extend(question.keys + key for key in question.choices)
    return found


@dataclass(frozen=True, slots=True)
class Way:
    """How a caller came through the front."""

    asked: tuple[str, ...]
    """Places of the questions, in order."""
    keyed: tuple[tuple[str, int], ...]
    """The answers that led on, each with its second, as the dialplan notes it."""

    @classmethod
    def read(cls, text: str) -> Way | None:
        """Of the dialplan's variable; None: the call has not been in the front."""
        match = _WAY.fullmatch(text)
        if match is None:
            return None
        asked = tuple(match[1].split("+"))
        return cls(asked, keys_in(match[2])[: len(asked) - 1])

    def steps(self, begun: datetime) -> list[Step]:
        """As the journal has them, of a call that began then."""
        first = int(begun.timestamp())
        steps = []
        for place, (key, second) in zip(self.asked, self.keyed, strict=False):
            at = begun.replace(microsecond=0) + timedelta(seconds=(second - first) % CYCLE)
            steps.append(Step(place, key, (max(at, begun) - begun).total_seconds()))
        return steps


def keys_in(way: str) -> tuple[tuple[str, int], ...]:
    """The keys of a way and their seconds, up to what is none."""
    found = []
    at = 0
    while match := _KEYED.match(way, at):
        found.append((match[1], int(match[2])))
        at = match.end()
    return tuple(found)


class _Stopped(Exception):
    """The walk has come to a question for one key."""

    def __init__(
        self, utterances: Sequence[Utterance], options: Sequence[Utterance], seconds: float
    ) -> None:
        self.utterances, self.options, self.seconds = tuple(utterances), tuple(options), seconds


class _NeedsSomebody(Exception):
    """The walk wants what Asterisk cannot give."""


class _Nobody:
    """A part of the care that is not there."""

    def __getattr__(self, _name: str) -> Callable[..., object]:
        raise _NeedsSomebody


class _HoldsNothing(_Nobody):
    """Of callers for whom something is held, Asterisk asks nothing by itself."""

    def held(self, _number: Msisdn) -> tuple[HeldChange, ...]:
        return ()


@dataclass(frozen=True)
class _Speaks(Callers):
    """They all speak one language, or nobody knows which."""

    tongue: Language | None

    def language(self, _caller: Msisdn) -> Language | None:
        return self.tongue

    def remember(self, _caller: Msisdn, _language: Language) -> None:
        if self.tongue:
            raise _NeedsSomebody  # what Asterisk knows it would have to change


def _nobody(care: Care, language: Language | None) -> Care:
    """Care that tells what anyone may hear, and nothing else."""
    gone: dict[str, Any] = {
        each.name: _Nobody() for each in fields(care) if each.name != "information"
    }
    known = {"callers": _Speaks(language), "subscriptions": _HoldsNothing()}
    return replace(care, **{**gone, **known})


class _Keys(Telephone):
    """Presses the keys it is given, and stops at the next."""

    def __init__(self, keys: str) -> None:
        self._keys: Iterator[str] = iter(keys)
        self._said: list[Utterance] = []

    def play(self, utterances: Sequence[Utterance]) -> None:
        self._said += utterances

    def ask_key(
        self,
        utterances: Sequence[Utterance],
        first: float,
        options: Sequence[Utterance] = (),
    ) -> str:
        said, self._said = [*self._said, *utterances], []
        for key in self._keys:
            return key
        raise _Stopped(said, options, first)

    def ask_digits(self, *_: object) -> str:
        raise _NeedsSomebody

    def ask_secret(self, *_: object) -> Secret:
        raise _NeedsSomebody

    def forget_keys(self) -> None:
        raise _NeedsSomebody

    def note(self, _name: str, _value: str) -> None:
        """Nobody reads it."""


@dataclass
class _Scout:
    """Walks to a question and looks at it."""

    release: Release
    care: Care
    clock: Clock
    _asked: list[Question] = field(default_factory=list)

    def question(self, keys: str) -> FrontQuestion | None:
        """The one behind ``keys``; None: it is not of the front."""
        call = self._call()
        stopped = self._walk(call, keys)
        if stopped is None:
            return None
        asked = self._asked[-1]
        call.progress.since = None  # the caller's time is told by when the last key came
        place = place_of(call)
        if not self._is_asked_at(place, asked):
            return None
        return FrontQuestion(
            keys,
            (*(step.node for step in call.path), asked.place),
            stopped.utterances,
            "".join(key for key in asked.keys if key.isdigit()),
            stopped.seconds,
            place,
            stopped.options,
        )

    def _is_asked_at(self, place: str, asked: Question) -> bool:
        """Whether a worker that takes a call up there asks the same."""
        call = self._call()
        return self._walk(call, "", resume(call, place)) is not None and self._asked[-1] == asked

    def _walk(self, call: Call, keys: str, at: str = "") -> _Stopped | None:
        release = self.release
        talk = Dialogue(
            call,
            _Keys(keys),
            release.prompts,
            self.care,
            self.clock,
            release.flow.languages,
            self._asked.append,
        )
        try:
            run(release.flow, talk, at)
        except _Stopped as stopped:
            return stopped
        except (_NeedsSomebody, FlowBroken):
            pass
        return None

    def _call(self) -> Call:
        return Call("front", "", self.clock.now(), release=self.release.number, caller=_SOMEBODY)
