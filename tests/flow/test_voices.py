"""A sentence that several texts make is said by one speaker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.flow.voices import one_voice
from ivr.ports import Speaker, Utterance
from ivr.values import Language

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
