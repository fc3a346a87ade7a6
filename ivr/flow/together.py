"""What a release says together, found before any call by walking its flow with nobody on the line.

The nodes that serve every call are visited in each language, and the start once more for a caller
who chooses a language. The walk stops at the first question, or where a node wants what only a call
can have. Besides, each text without values is found alone: it may have several sentences. The rest
is played sound by sound.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import cycle
from typing import Any, NoReturn

from ivr.domain.call import Call
from ivr.domain.dialogue import Utterance
from ivr.domain.identification import Proof
from ivr.domain.services import Change
from ivr.domain.values import Language, Msisdn, ServiceId
from ivr.errors import FlowBroken, IvrError
from ivr.flow.dialogue import Dialogue
from ivr.flow.engine import run
from ivr.flow.release import Release
from ivr.flow.review import needed_texts
from ivr.flow.voices import sentences
from ivr.ports.care import Callers, Care, Information
from ivr.ports.clock import Clock
from ivr.ports.dialogue import Telephone
from ivr.ports.services import Subscriptions

NOBODY = Msisdn("99365000000")
"""The calling number of the walk, and its subscriber."""
STATES = ("0", "1", "01", "10")
"""Which services of a menu are on, over and over: each is said in each of its ways."""
Said = list[Sequence[Utterance]]


class _Stopped(Exception):
    """The walk is at a question, or wants what is not there."""


class _Listener(Telephone):
    """Keeps what is said up to the first question."""

    def __init__(self) -> None:
        self.said: list[Sequence[Utterance]] = []

    def play(self, utterances: Sequence[Utterance]) -> None:
        self.said.append(utterances)

    def ask_key(
        self, utterances: Sequence[Utterance], _first: float, options: Sequence[Utterance] = ()
    ) -> NoReturn:
        self._stop(utterances, options)

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        _complete: Callable[[str], bool],
        _first: float,
        _between: float,
        options: Sequence[Utterance] = (),
    ) -> NoReturn:
        self._stop(utterances, options)

    def ask_secret(self, *_: object) -> NoReturn:
        raise _Stopped

    def forget_keys(self) -> None:
        """There are none."""

    def note(self, name: str, value: str) -> None:
        """Nobody reads it."""

    def _stop(self, *said: Sequence[Utterance]) -> NoReturn:
        self.said += said
        raise _Stopped


class _Absent:
    """A part of the care that only a call can have."""

    def __getattr__(self, _name: str) -> Callable[..., object]:
        raise _Stopped


class _Information:
    """What anyone may hear. An announcement comes and goes, and is no part of a release."""

    def __init__(self, information: Information) -> None:
        self._information = information

    def __getattr__(self, name: str) -> object:
        return getattr(self._information, name)

    def announcement(self) -> None:
        return None


class _Proved(_Absent):
    """The walk's number is its own subscriber."""

    def proof(self, _number: Msisdn) -> Proof:
        return Proof(version=0)


class _Services(_Absent):
    """Services that are on and off by a pattern; no change is held."""

    def __init__(self, subscriptions: Subscriptions, pattern: str) -> None:
        self._subscriptions, self._pattern = subscriptions, pattern
        self.was_asked = False
        """Whether the walk wanted to know which services are on."""

    def menu(self, group: str) -> tuple[ServiceId, ...]:
        return self._subscriptions.menu(group)

    def wanted(self, _number: Msisdn, services: Iterable[ServiceId]) -> tuple[Change, ...]:
        self.was_asked = True
        pattern = cycle(self._pattern)
        return tuple(
            Change(service, state == "0") for service, state in zip(services, pattern, strict=False)
        )

    def held(self, _number: Msisdn) -> tuple[()]:
        return ()


@dataclasses.dataclass(frozen=True)
class _Speaks(Callers):
    """The language that the walk's number has chosen before."""

    chosen: Language | None

    def language(self, _caller: Msisdn) -> Language | None:
        return self.chosen

    def remember(self, _caller: Msisdn, _language: Language) -> None:
        """Nobody will ask for it."""


@dataclasses.dataclass
class _Walk:
    """Visits a release in one language; None: none is chosen yet."""

    release: Release
    clock: Clock
    language: Language | None

    def from_the_start(self) -> Said:
        said, _ = self._visit("", STATES[0])
        return said

    def at(self, node: str) -> Iterator[Sequence[Utterance]]:
        """A menu of services is said in many ways: so its sentences are found, too."""
        for pattern in STATES:
            said, has_states = self._visit(node, pattern)
            yield from said
            if not has_states:
                return
            for each in said:
                yield from sentences(each)

    def _visit(self, at: str, pattern: str) -> tuple[Said, bool]:
        release, listener = self.release, _Listener()
        call = Call("", "", self.clock.now(), release=release.number, caller=NOBODY)
        if at:
            call.language, call.subscriber = self.language, NOBODY
        services = _Services(release.care.subscriptions, pattern)
        talk = Dialogue(
            call,
            listener,
            release.prompts,
            _care(release.care, services, self.language),
            self.clock,
            release.flow.languages,
        )
        with suppress(_Stopped, IvrError):
            run(release.flow, talk, at)
        return listener.said, services.was_asked


def said_together(release: Release, clock: Clock) -> Iterator[Sequence[Utterance]]:
    """What is played at once, with and without values; the same may come more than once."""
    yield from _Walk(release, clock, None).from_the_start()
    for language in release.flow.languages:
        walk = _Walk(release, clock, language)
        yield from walk.from_the_start()
        for node in release.flow.nodes:
            yield from walk.at(node)
        for key in needed_texts(release.flow, ()):
            with suppress(FlowBroken):  # it has values
                yield [release.prompts.say(language, key)]


def _care(care: Care, services: _Services, language: Language | None) -> Care:
    """Care that tells what anyone may hear, and nothing else."""
    parts: dict[str, Any] = {each.name: _Absent() for each in dataclasses.fields(care)}
    parts["information"] = _Information(care.information)
    parts["identification"] = _Proved()
    parts["subscriptions"] = services
    parts["callers"] = _Speaks(language)
    return Care(**parts)
