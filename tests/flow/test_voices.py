"""A sentence that several texts make is said by one speaker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.domain.dialogue import Speaker, Utterance, Value
from ivr.domain.values import Language
from ivr.flow.voices import one_voice
from ivr.testing.prompts import EchoPrompts
from tests.flow.conftest import Ring

TK, EN = Language.TURKMEN, Language.ENGLISH
R, K, P = Speaker


def text(words: str, *speakers: Speaker, able: Speaker = R, language: Language = EN) -> Utterance:
    """An utterance; ``able``: the first speaker who can say it."""

    def by(speaker: Speaker) -> Utterance:
        return replace(said, speakers=frozenset({max(speaker, able)}))

    said = Utterance(words, language, words, speakers=frozenset(speakers), by=by)
    return said


@pytest.mark.parametrize(
    ("utterances", "speakers"),
    [
        ([text("Balance,", R), text("press one.", R)], [{R}, {R}]),
        ([text("Balance,", R), text("press one.", K)], [{K}, {K}]),
        ([text("Balance,", K), text("press one.", R)], [{K}, {K}]),
        ([text("Balance,", K), text("press one.", K)], [{K}, {K}]),
        ([text("Balance,", R), text("press one.", P)], [{P}, {P}]),
        ([text("Balance,", R, able=P), text("press one.", K)], [{P}, {P}]),
        ([text("A,", R), text("B,", R), text("press one.", K)], [{K}, {K}, {K}]),
        ([text("One. For two,", R, K), text("press two.", R)], [{K}, {K}]),
        ([text("Welcome.", R), text("Balance,", K), text("press one.", K)], [{R}, {K}, {K}]),
        ([text("Welcome!", R), text("Which?", K), text("Now.", R)], [{R}, {K}, {R}]),
        ([text("One. Two {x}.", R, K)], [{R, K}]),
        ([text("Balans,", R, language=TK), text("press one.", K)], [{R}, {K}]),
        ([text("Balance,", R), Utterance("echo", EN, "echo.")], [{R}, set()]),
        ([text("For balance,", K), text("press one", R)], [{K}, {K}]),
        ([], []),
    ],
)
def test_it_is_said_by_the_first_who_can_say_all_of_it(
    utterances: list[Utterance], speakers: list[set[Speaker]]
) -> None:
    said = one_voice(utterances)
    assert [each.speakers for each in said] == speakers
    assert said == utterances  # the words are the same


class Half(EchoPrompts):
    """A person has recorded all texts but the keys to press; every text goes on."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        return text(key, K if key.startswith("press.") else R, language=language)


def test_a_menu_with_a_recorded_name_and_a_synthetic_key_is_synthetic(ring: Ring) -> None:
    call = ring("2 3", prompts=Half())
    assert "press.1" in call.keys
    menu = [each for each in call.utterances if each.key.startswith(("menu.", "press."))]
    assert {each.speakers for each in menu} == {frozenset({K})}
