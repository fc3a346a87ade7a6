"""A call always ends: whoever does not get on hears a goodbye in bounded time, whatever the reason.

The callers here are those that real lines have: silence, a key that jams, noise that presses keys,
somebody who walks round; each with the agents closed, away, or never free. Time is told by the
telephone: words last, and whoever is silent is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import chain, cycle, repeat
from random import Random

import pytest

from ivr.domain.call import Call, CallOutcome
from ivr.domain.dialogue import OPTIONS_AFTER, Utterance, Value
from ivr.domain.values import Language, Secret
from ivr.errors import CallerHungUp
from ivr.flow.checkpoint import CHECKPOINT, checkpoint_of, resume
from ivr.flow.dialogue import Dialogue
from ivr.flow.document import Flow, parse_flow
from ivr.flow.engine import run
from ivr.flow.patience import MOST_IDLE, MOST_MISSES, Patience
from ivr.flow.question import PATIENCE
from ivr.testing.clock import FixedClock
from ivr.testing.demo import Operator
from ivr.testing.dial import CALLER
from ivr.testing.prompts import EchoPrompts
from ivr.testing.telephone import FakeTelephone

SMALL = {
    "name": "small",
    "languages": ["tk", "en"],
    "start": "language",
    "main": "main",
    "identification": "identification",
    "agent": "agent",
    "nodes": {
        "language": {"kind": "language", "next": "main"},
        "main": {
            "kind": "menu",
            "choices": [{"text": "menu.info.news", "to": "round"}],
        },
        "round": {"kind": "menu", "choices": [{"text": "menu.info.news", "to": "main"}]},
        "identification": {"kind": "identify", "next": "main"},
        "agent": {"kind": "agent", "unanswered": "goodbye"},
        "goodbye": {"kind": "goodbye"},
    },
}
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
                self.operator.care,
                clock,
                self.flow.languages,
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


def noise(seed: int) -> Iterator[str | None]:
    random = Random(seed)
    while True:
        yield random.choice([*"0123456789*#", None, None, None])


ROUNDS: dict[str, Callable[[], Iterator[str | None]]] = {
    "silence": silence,
    **{f"jammed {key}": partial(jammed, key) for key in "0123456789*#"},
    "every other question": lambda: cycle(["7", None]),
    "a key, then gone": lambda: chain(["3", "3"], silence()),
    "agent, then gone": lambda: chain(["0"], silence()),
    "round and back": lambda: cycle(["3", "*"]),
    "languages": lambda: cycle(["1", "*", "2", "*"]),
    "again and again": lambda: chain(["3", "3", "1"], jammed("9")),
    "waiting": lambda: chain(["3", "0"], jammed("0")),
}
SLOW = ("jammed 0", "jammed 5", "jammed 7", "jammed *", "jammed 9", "jammed #")


@pytest.fixture
def dead(flow: Flow, operator: Operator) -> Dead:
    return Dead(flow, operator)


@pytest.mark.parametrize("habit", ROUNDS)
def test_who_does_not_get_on_hears_a_goodbye_within_two_minutes(dead: Dead, habit: str) -> None:
    """Two minutes after the last word or key that was new; those here have 45 s of them."""
    ended = dead.call(ROUNDS[habit]())
    assert ended.keys[-1] in (BYE, "goodbye")
    assert ended.seconds <= 165
    assert ended.answers <= 2 * MOST_IDLE + PATIENCE


@pytest.mark.parametrize("habit", ["silence", "jammed 5", "jammed 0", "jammed #", "jammed *"])
@pytest.mark.parametrize("pause", [0.1, 5.0])
def test_who_never_does_anything_is_there_for_two_minutes_at_most(
    dead: Dead, habit: str, pause: float
) -> None:
    ended = dead.call(ROUNDS[habit](), pause)
    assert ended.seconds <= 120
    assert ended.call.ended_by == "no-progress"


def test_the_silent_caller_has_the_agents_for_a_while_and_is_told_in_three_languages(
    dead: Dead,
) -> None:
    ended = dead.call(silence())
    assert ended.trips == 1
    assert ended.call.reason == "noinput"
    assert ended.keys[-6:].count("dialplan.nobody") == 3
    assert ended.languages == set(Language)


def test_who_has_a_language_is_told_in_it(dead: Dead) -> None:
    assert dead.call(chain(["2"], silence())).languages == {Language.RUSSIAN}


@pytest.mark.parametrize("seed", range(12))
def test_noise_that_presses_keys_ends(dead: Dead, seed: int) -> None:
    ended = dead.call(noise(seed), 0.5)
    assert ended.keys[-1] in (BYE, "goodbye")
    assert ended.seconds <= BOUNDS.call + 60


@pytest.mark.parametrize("habit", ROUNDS)
def test_it_ends_too_when_every_worker_dies_at_its_second_question(dead: Dead, habit: str) -> None:
    dead.is_crashing = True
    ended = dead.call(ROUNDS[habit]())
    assert ended.keys[-1] in (BYE, "goodbye")
    assert ended.seconds <= 180


@pytest.mark.parametrize("hours", ["01:00-01:05"])
def test_it_ends_at_night_when_no_agent_is_at_work(
    flow: Flow, operator: Operator, hours: str
) -> None:
    document = flow.model_dump(mode="json")
    closed = parse_flow(
        {
            **document,
            "nodes": {**document["nodes"], "agent": {**document["nodes"]["agent"]} | _week(hours)},
        },
        "closed",
    )
    for habit in ("silence", "jammed 0", "jammed 5", "waiting"):
        ended = Dead(closed, operator).call(ROUNDS[habit]())
        assert ended.trips == 0
        assert ended.seconds <= 150, habit


def _week(hours: str) -> dict[str, object]:
    return {"hours": {"weekdays": hours}}


def test_a_menu_that_leads_round_by_one_key_is_no_progress(operator: Operator) -> None:
    small = parse_flow(SMALL, "small")
    ended = Dead(small, operator).call(chain(["1"], jammed("1")))
    assert ended.answers <= MOST_IDLE + 2 * PATIENCE
    assert ended.call.ended_by == "no-progress"


def persons(dead: Dead, keys: Iterator[str | None]) -> Iterator[str | None]:
    """Somebody who presses these keys, and the one that is asked for to show a person."""
    while True:
        asked = dead.phone.questions[-1]
        shown = [key for key in "12" if f"presence.{key}" in asked]
        key = shown[0] if shown else next(keys, "gone")
        if key == "gone":
            return
        yield key


def test_whoever_is_there_says_so_and_goes_on(dead: Dead) -> None:
    """One who walks round is asked for a key, and an agent takes over who walks round again."""
    walks = chain(["3"], cycle(["3", "*"]))
    ended = dead.call(persons(dead, walks))
    asked = [key for key in ended.keys if key.startswith("presence")]
    assert len(asked) == 1
    assert (ended.trips, ended.call.reason) == (1, "nomatch")


def test_whoever_comes_to_something_new_starts_afresh(dead: Dead) -> None:
    """Between two new nodes one may walk about for a good while, without a question."""
    nodes = [["3"], ["3", "1", "*"], ["2", "*"], ["*", "5"], ["3", "*"]]
    about = ["*", "*"] * 3
    ended = dead.call(
        persons(dead, chain(["3"], *(chain(each, about) for each in nodes), ["0"], silence()))
    )
    assert not [key for key in ended.keys if key.startswith("presence")]
    assert ended.trips == 1


def test_one_who_waits_for_an_agent_may_wait_on(dead: Dead) -> None:
    """Asked now and then whether somebody is there; half an hour is possible."""
    ended = dead.call(persons(dead, chain(["3"], jammed("0"))))
    assert ended.call.ended_by == "too-long"
    assert ended.trips >= 10
    assert BOUNDS.call <= ended.seconds <= BOUNDS.call + BOUNDS.seconds


def test_listening_is_no_idleness(dead: Dead) -> None:
    """A list that lasts longer than the patience is heard to its end, and every choice after it."""
    dead.patience = Patience(seconds=40, queue=10, call=1800)
    ended = dead.call(chain(["3", "3", "3"], silence()))
    first, last = ended.keys.index("info.price.free"), ended.keys.index("after")
    assert (last - first) * WORDS_SECONDS > dead.patience.seconds
    assert "noinput.1" in ended.keys[last:]


class TestTries:
    def test_misses_are_counted_over_all_questions(self, dead: Dead) -> None:
        """Two wrong keys at each question, then a right one: an agent at the tenth."""
        ended = dead.call(
            chain(*(["7", "7", key] for key in "33"), ["7", "7", "*"], *(["7", "7", "*"],) * 9)
        )
        assert ended.call.progress.misses >= MOST_MISSES
        assert ended.call.reason == "nomatch"
        assert ended.trips >= 1

    def test_a_checkpoint_keeps_them(self) -> None:
        call = Call("call-1", "0890", FixedClock().now())
        call.progress.misses, call.progress.idle, call.progress.seen = 7, 12, 0x1F3
        call.progress.key, call.progress.tried = "*", True
        call.progress.since = call.started + timedelta(seconds=31)
        read = Call("call-1", "0890", call.started)
        resume(read, checkpoint_of(call))
        assert read.progress == call.progress

    @pytest.mark.parametrize(
        "bad", ["seen=xyz", "idle=-1", "misses=a", "key=ab", "since=x", "tried=y", "since=9e9"]
    )
    def test_a_checkpoint_that_is_spoilt_is_none(self, bad: str) -> None:
        call = Call("call-1", "0890", FixedClock().now())
        assert resume(call, f"release=1&node=main&step=0&{bad}") == ""


class TestLongestCall:
    def test_it_is_announced_and_ends_between_two_questions(self, dead: Dead) -> None:
        dead.patience = Patience(seconds=120, queue=60, call=90)

        def busy() -> Iterator[str | None]:
            yield "3"
            yield from cycle(["3", "*", "1", "*", "2", "*"])

        ended = dead.call(busy(), 10.0)
        assert ended.call.ended_by == "too-long"
        assert ended.keys.count("limit.soon") == 1
        assert ended.keys[-2:] == ["limit.reached", BYE]
        assert 90 <= ended.seconds <= 90 + 40

    def test_it_counts_from_the_first_worker_on(self, dead: Dead) -> None:
        dead.patience = Patience(seconds=120, queue=60, call=90)
        dead.is_crashing = True
        ended = dead.call(chain(["3"], cycle(["3", "*", "1", "*"])), 10.0)
        assert ended.call.ended_by == "too-long"
        assert ended.seconds <= 90 + 40
