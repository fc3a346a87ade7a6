"""The front: which questions Asterisk may ask by itself, and that nobody hears a difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.call import Call, Outcome, Step
from ivr.domain.content import Announcement
from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.errors import CallerHungUp
from ivr.flow.dialogue import Dialogue
from ivr.flow.document import Flow, parse_flow
from ivr.flow.engine import run
from ivr.flow.front import CYCLE, FrontQuestion, Way, front_of
from ivr.flow.place import resume
from ivr.flow.release import Release
from ivr.testing.demo import Operator
from ivr.testing.dial import CALLER
from ivr.testing.prompts import EchoPrompts
from ivr.testing.telephone import FakeTelephone

EVERY_ANSWER = (*"0123456789*#", "-")
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


class Asked(FakeTelephone):
    """A caller whom Asterisk has asked the first question, and who has answered it."""

    def __init__(self, keys: str) -> None:
        super().__init__(keys)
        self._is_asked = True

    def ask_key(self, *asked: object) -> str | None:
        if self._is_asked:
            self._is_asked = False
            return self._next()
        return super().ask_key(*asked)  # type: ignore[arg-type]


def front(flow: Flow, operator: Operator, language: Language | None) -> list[FrontQuestion]:
    release = Release(7, flow, EchoPrompts(), operator.care)
    return front_of(release, operator.clock, language)


def call(operator: Operator, language: Language | None) -> Call:
    operator.callers.languages.clear()
    if language:
        operator.callers.remember(CALLER, language)
    return Call("call-1", "0890", operator.clock.now(), release=7, caller=CALLER)


def talk(
    flow: Flow, operator: Operator, call: Call, phone: FakeTelephone, at: str = ""
) -> Outcome | None:
    dialogue = Dialogue(call, phone, EchoPrompts(), operator.care, operator.clock, flow.languages)
    try:
        return run(flow, dialogue, at)
    except CallerHungUp:
        return None


def keys(utterances: tuple[Utterance, ...]) -> list[str]:
    return [utterance.key for utterance in utterances]


def test_the_front_is_what_anyone_may_hear(flow: Flow, operator: Operator) -> None:
    ways = {
        question.keys: question.place_asked for question in front(flow, operator, Language.TURKMEN)
    }
    assert ways[""] == "main"
    assert (ways["3"], ways["5"], ways["31"]) == ("info", "advice", "info-news/item-1")
    assert ways["523"] == "advice-roaming/after"
    assert ways["5123"] == "request"
    assert not {way for way in ways if way[:1] in ("1", "2", "4")}, "these need identification"
    assert not {way for way in ways if way[:-1] not in ways and way}


def test_strangers_choose_a_language_and_have_the_same_front(
    flow: Flow, operator: Operator
) -> None:
    asked, *chosen = front(flow, operator, None)
    assert (asked.keys, asked.place_asked, asked.choices) == ("", "language", "123")
    for key, language in zip(asked.choices, flow.languages, strict=True):
        known = front(flow, operator, language)
        strangers = [each for each in chosen if each.keys.startswith(key)]
        assert [each.keys[1:] for each in strangers] == [each.keys for each in known]
        for one, other in zip(strangers[1:], known[1:], strict=True):
            assert one.utterances == other.utterances
        assert all(each.place.startswith(f"language={language}&") for each in strangers)


@pytest.mark.parametrize("language", [*Language, None])
def test_whoever_goes_on_from_the_front_hears_what_he_would_have_heard(
    flow: Flow, operator: Operator, language: Language | None
) -> None:
    """At every question of the front, whatever the caller does there and at the next one."""
    for question in front(flow, operator, language):
        for answer in EVERY_ANSWER:
            for later in ("", "-", "0"):
                way = " ".join(question.keys)
                whole = FakeTelephone(f"{way} {answer} {later}")
                begun = call(operator, language)
                outcome = talk(flow, operator, begun, whole)

                resumed = call(operator, language)
                at = resume(resumed, question.place)
                rest = Asked(f"{answer} {later}")
                assert talk(flow, operator, resumed, rest, at) is outcome
                where = f"{question.keys} {answer} {later}"
                assert whole.heard[-len(rest.heard) :] == rest.heard or not rest.heard, where
                path = [(step.node, step.key) for step in begun.path]
                walked = list(zip(question.places, question.keys, strict=False))
                assert path == [*walked, *((step.node, step.key) for step in resumed.path)], where
                for name in ("goals", "reason", "topic", "language", "node", "trail"):
                    assert getattr(begun, name) == getattr(resumed, name), (where, name)
                for name in ("seen", "idle", "rounds", "misses", "key", "tried"):
                    one, other = getattr(begun.progress, name), getattr(resumed.progress, name)
                    assert one == other, (where, name)


@pytest.mark.parametrize("language", [*Language, None])
def test_a_question_has_the_words_and_the_options_that_a_worker_says(
    flow: Flow, operator: Operator, language: Language | None
) -> None:
    questions = front(flow, operator, language)
    for question in questions:
        phone = FakeTelephone(" ".join(question.keys))
        talk(flow, operator, call(operator, language), phone)
        said = [*question.utterances, *question.options]
        assert phone.heard[-len(said) :] == said, question.keys
    with_options = {question.place_asked for question in questions if question.options}
    assert {"advice-roaming/after", "advice-accounts/after"} <= with_options
    assert not with_options & {"language", "info", "request"}


def test_what_is_said_first_is_what_a_known_caller_hears(flow: Flow, operator: Operator) -> None:
    now = operator.clock.now()
    words = {language: f"words {language}" for language in Language}
    operator.announcements.set(Announcement(words, now + timedelta(hours=1)), now)
    operator.board.refresh()
    first = front(flow, operator, Language.RUSSIAN)[0]
    phone = FakeTelephone("")
    talk(flow, operator, call(operator, Language.RUSSIAN), phone)
    assert [*first.utterances, *first.options] == phone.heard
    assert "announcement" in keys(first.utterances)


def test_a_front_that_is_written_later_is_the_same(flow: Flow, operator: Operator) -> None:
    """So nothing in it may tell the time: a caller would have lost it who comes an hour later."""
    first = front(flow, operator, Language.TURKMEN)
    operator.clock.sleep(3600)
    assert front(flow, operator, Language.TURKMEN) == first
    assert "since=" not in "".join(question.place for question in first)


def test_a_circle_ends(operator: Operator) -> None:
    found = front(parse_flow(SMALL, "small"), operator, Language.ENGLISH)
    assert [question.keys for question in found] == ["", "1"]


BEGUN = datetime(2026, 11, 28, 1, 0, 9, 600_000, tzinfo=UTC)


def test_a_way_is_read_with_its_seconds() -> None:
    first = int(BEGUN.timestamp()) % CYCLE
    way = Way.read(
        f"main+advice+advice-vip/after:s5{first + 2:04d}3{first + 7:04d}{first + 20:04d}"
    )
    assert way is not None
    assert way.steps(BEGUN) == [Step("main", "5", 1.4), Step("advice", "3", 6.4)]


def test_the_last_key_is_an_answer_that_is_not_given_yet() -> None:
    way = Way.read("main+advice:s5123401240")
    assert way is not None
    assert way.keyed == (("5", 1234),)


def test_the_seconds_go_round() -> None:
    begun = datetime.fromtimestamp(1_795_829_998, UTC)
    way = Way.read("main+advice:s5000310004")
    assert way is not None
    assert way.steps(begun) == [Step("main", "5", 5.0)]


@pytest.mark.parametrize(
    "text",
    ["", ":", "main", "main:", "main:x", "main:s5", "main:s51", "Main:s", "main;x:s51234", "+:s"],
)
def test_what_is_no_way_is_none(text: str) -> None:
    assert Way.read(text) is None
