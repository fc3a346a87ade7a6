"""A live release of before an upgrade: what it lacks, or says with other values, is ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.content.folder import ContentFolder
from ivr.content.simulation.walking import ANSWERS, walker
from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import FlowBroken, Unusable
from ivr.flow.paths import every_path
from ivr.flow.release import Release
from ivr.flow.review import DIALPLAN_TEXTS, WRITTEN_OUTSIDE_OF_CALLS
from ivr.ports.dialogue import Prompts
from ivr.settings import PROJECT
from ivr.speech.manifest import Manifest
from ivr.speech.texts import Texts, read_texts
from ivr.testing.acting import by
from ivr.testing.demo import CODEWORD_KEYS, demo_operator
from ivr.testing.dial import dial
from ivr.testing.prompts import EchoPrompts
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.nightly import nightly

SAID = (
    "the live release lacks texts of this version, so the program's own texts are used: run `ivr"
    " flow publish`"
)
NOTHING = Manifest({each: {} for each in Language}, {each: {} for each in Language})
"""Every sound is made when it is asked for."""
Lacks = Callable[[str], bool]
LACKING: dict[str, Lacks] = {
    "one without values": lambda key: key == "presence.1",
    "one with values": lambda key: key == "account.balance",
    "one that is named in others": lambda key: key == "service.mms",
    "a whole family, with values and without": lambda key: key.startswith("change."),
    "all of identification": lambda key: key.startswith("identify."),
    "what Asterisk says by itself": lambda key: key in DIALPLAN_TEXTS,
    "the menus": lambda key: key.startswith("menu."),
    "what is written": lambda key: key in WRITTEN_OUTSIDE_OF_CALLS,
    "all": lambda _key: True,
}


class Noting(EchoPrompts):
    """Texts of a release in writing; every key that was asked for is noted."""

    def __init__(self, prompts: Prompts) -> None:
        self.prompts, self.keys = prompts, set[str]()

    def write(self, language: Language, key: str, **values: Value) -> str:
        self.keys.add(key)
        return self.prompts.write(language, key, **values)


@pytest.fixture(scope="module")
def document() -> str:
    """The shipped release, without sounds."""
    shipped = ContentFolder.at(PROJECT).read().to_document()
    shipped["speech"]["audio"] = NOTHING.to_document()
    return json.dumps(shipped, ensure_ascii=False)


def publish(container: Container, document: str, change: Callable[[dict[str, str]], None]) -> None:
    """Make a release live in whose texts something was changed, in every language."""
    parts: dict[str, Any] = json.loads(document)
    for texts in parts["speech"]["texts"]["words"].values():
        change(texts)
    text = json.dumps(parts, ensure_ascii=False)
    container.store.releases.publish(*by("an earlier version"), text, container.clock.now())


def lacking(lacks: Lacks) -> Callable[[dict[str, str]], None]:
    def change(texts: dict[str, str]) -> None:
        gone = [key for key in texts if lacks(key)]
        assert gone
        for key in gone:
            del texts[key]

    return change


def walked(release: Release, *, identified: bool) -> set[str]:
    """Every path of a release; the keys of all that was said."""
    prompts = Noting(release.prompts)
    content = replace(ContentFolder.at(PROJECT).read(), flow=release.flow)
    walk = walker(content, prompts, identified=identified)
    assert len(list(every_path(walk, ANSWERS))) > 300
    return prompts.keys


@pytest.mark.parametrize(
    "name", [name if index % 3 == 0 else nightly(name) for index, name in enumerate(LACKING)]
)
def test_what_a_release_lacks_is_said_by_the_program(
    container: Container, document: str, name: str
) -> None:
    lacks = LACKING[name]
    publish(container, document, lacking(lacks))
    with capture_logs() as logs:
        release = container.release_cache.live()
    gone = sorted(key for key in container.shipped.texts().keys if lacks(key))
    ((said, listed),) = [(each["event"], each["texts"]) for each in logs if "texts" in each]
    assert (said, listed) == (SAID, gone)
    operator = demo_operator()
    call = dial(release.flow, operator.care, operator.clock, "3 3 1 *", prompts=release.prompts)
    assert call.heard[0].startswith(release.prompts.write(Language.TURKMEN, "welcome"))
    sounds = telephony.dialplan_sounds(release.prompts)
    assert sounds
    assert (
        container.write(Language.RUSSIAN, "sms.order.done")
        == (container.shipped.texts().by_language[Language.RUSSIAN]["sms.order.done"])
    )


def test_every_path_of_a_release_that_lacks_much_is_walked(
    container: Container, document: str
) -> None:
    """Every other text is missing, so that old ones and new ones name each other."""
    lost = set(container.shipped.texts().keys[::2])
    publish(container, document, lacking(lambda key: key in lost))
    release = container.release_cache.live()
    said = walked(release, identified=True) | walked(release, identified=False)
    assert len(said & lost) > 50
    assert len(said - lost) > 50


def test_a_release_s_own_words_come_first(container: Container, document: str) -> None:
    def change(texts: dict[str, str]) -> None:
        del texts["presence.1"]
        texts["presence.2"] = "Two."

    publish(container, document, change)
    prompts = container.release_cache.live().prompts
    assert prompts.say(Language.ENGLISH, "presence.2").words == "Two."
    assert (
        prompts.write(Language.ENGLISH, "presence.1")
        == (container.shipped.texts().by_language[Language.ENGLISH]["presence.1"])
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You have {balance:money}.", "You have 45.30 manat."),
        ("You have {balance:money} and {bonus:money}.", ""),
        ("You have {balance:number}.", ""),
        ("You have some money.", "You have some money."),
    ],
)
def test_a_text_that_wants_what_is_not_given_any_more_gives_way(
    container: Container, document: str, text: str, words: str
) -> None:
    """A text that does not use a new value is still said; one that wants another is not."""
    publish(container, document, lambda texts: texts.update({"account.balance": text}))
    said = container.release_cache.live().prompts.write(
        Language.ENGLISH, "account.balance", balance=Money(4530), number=Msisdn("99365123456")
    )
    own = container.shipped.texts().by_language[Language.ENGLISH]["account.balance"]
    assert said == (
        words
        or own.replace("{balance:money}", "45.30 manat").replace("{number:phone}", "65 12 34 56")
    )


def test_it_is_said_once(container: Container, document: str) -> None:
    publish(container, document, lacking(lambda key: key == "sms.code"))
    with capture_logs() as logs:
        container.release_cache.live()
        container.release_cache.refresh()
        container.write(Language.ENGLISH, "goodbye")
        container.live_wording.now()
    assert [each["event"] for each in logs].count(SAID) == 1


def test_where_nothing_is_missing_no_file_of_texts_is_read(
    container: Container, document: str
) -> None:
    def refused() -> Texts:
        raise AssertionError

    container.backing.read = refused
    publish(container, document, lambda _texts: None)
    with capture_logs() as logs:
        assert container.release_cache.live().number == 1
    assert [each for each in logs if each["event"] == SAID] == []


def test_files_that_are_being_edited_are_named(
    container: Container, document: str, tmp_path: Path
) -> None:
    container.backing.read = lambda: read_texts(tmp_path)
    publish(container, document, lacking(lambda key: key == "confirm"))
    with pytest.raises(Unusable, match=r"lacks the text 'confirm'.*pronunciation\.yaml.*go back"):
        container.release_cache.live()


def test_what_nobody_has_is_named(container: Container, document: str) -> None:
    parts = json.loads(document)
    parts["flow"]["nodes"]["advice-vip"]["text"] = "of-nobody"
    container.store.releases.publish(
        *by("an earlier version"), json.dumps(parts), container.clock.now()
    )
    with pytest.raises(FlowBroken, match="nor this version has the text 'of-nobody'"):
        container.release_cache.live()


WORD = f"# {CODEWORD_KEYS}#"
FORMER = {
    "a new caller": ("w", "language.press", "1"),
    "the bill": (f"1 1 {WORD} 3 w w", "account.bill.press-last", "ikä"),
    "a PUK": (f"1 4 {WORD} 3 1 w w", "puk.press", "ikä"),
    "advice": ("1 5 1 2 w w", "after.press-request", "üçe"),
}
"""Keys of a call, a text that is said in it, and the key that it tells."""


@pytest.mark.parametrize("name", FORMER)
def test_with_the_texts_of_0_1_every_key_is_told(
    container: Container, document: str, name: str
) -> None:
    """Version 0.1 said these keys by texts of their own."""
    keys, said, told = FORMER[name]
    parts: dict[str, Any] = json.loads(document)
    former = read_texts(PROJECT / "tests" / "data" / "prompts-0.1")
    parts["speech"]["texts"]["words"] = former.to_document()["words"]
    container.store.releases.publish(*by("version 0.1"), json.dumps(parts), container.clock.now())
    release = container.release_cache.live()
    operator = demo_operator()
    prompts = Noting(release.prompts)
    call = dial(release.flow, operator.care, operator.clock, keys, prompts=prompts)
    assert [each for each in call.utterances if each.key == said and told in each.words]
