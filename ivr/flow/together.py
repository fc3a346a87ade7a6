"""Finds the prompts that a release plays together, by walking its flow without a caller.

The walk visits the nodes that serve every call, in each language, and the start once more for a
caller who chooses a language. It stops at the first question, or when a node needs data of a real
call. In addition, each text without values is found alone, because it may have several sentences.
All other prompts are played sound by sound.
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
"""Repeating patterns of the services that are on, so that each is said both as on and as off."""
Said = list[Sequence[Utterance]]


class _Stopped(Exception):
    """The walk reached a question, or needs data that only a call has."""


class _Listener(Telephone):
    """Collects what is said before the first question."""

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
        """Do nothing: there are no keys."""

    def note(self, name: str, value: str) -> None:
        """Do nothing: there is no channel."""

    def _stop(self, *said: Sequence[Utterance]) -> NoReturn:
        self.said += said
        raise _Stopped


class _Absent:
    """A part of care that only a call can use."""

    def __getattr__(self, _name: str) -> Callable[..., object]:
        raise _Stopped


class _Information:
    """Public information without announcements, which are not part of a release."""

    def __init__(self, information: Information) -> None:
        self._information = information

    def __getattr__(self, name: str) -> object:
        return getattr(self._information, name)

    def announcement(self) -> None:
        return None


class _Proved(_Absent):
    """Identification that accepts the walk's number as its own subscriber."""

    def proof(self, _number: Msisdn) -> Proof:
        return Proof(version=0)


class _Services(_Absent):
    """Services that are on or off by a pattern; no change is held."""

    def __init__(self, subscriptions: Subscriptions, pattern: str) -> None:
        self._subscriptions, self._pattern = subscriptions, pattern
        self.was_asked = False
        """Whether the walk asked which services are on."""

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
    """Returns the language that the walk's number chose before."""

    chosen: Language | None

    def language(self, _caller: Msisdn) -> Language | None:
        return self.chosen

    def remember(self, _caller: Msisdn, _language: Language) -> None:
        """Do nothing: the language is fixed."""


@dataclasses.dataclass
class _Walk:
    """Walks through a release in one language; None: none is chosen yet."""

    release: Release
    clock: Clock
    language: Language | None

    def from_the_start(self) -> Said:
        said, _ = self._visit("", STATES[0])
        return said

    def at(self, node: str) -> Iterator[Sequence[Utterance]]:
        """Yield what a node says, with several patterns of services that are on."""
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
            release.flow.languages,
            _care(release.care, services, self.language),
            self.clock,
        )
        with suppress(_Stopped, IvrError):
            run(release.flow, talk, at)
        return listener.said, services.was_asked


def said_together(release: Release, clock: Clock) -> Iterator[Sequence[Utterance]]:
    """Yield the prompts that are played together, with and without values; may repeat."""
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
    """Return a care that gives public information only."""
    parts: dict[str, Any] = {each.name: _Absent() for each in dataclasses.fields(care)}
    parts["information"] = _Information(care.information)
    parts["identification"] = _Proved()
    parts["subscriptions"] = services
    parts["callers"] = _Speaks(language)
    return Care(**parts)
