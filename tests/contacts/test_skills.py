"""The queues of an agent follow from languages and topics."""

from __future__ import annotations

from dataclasses import replace

from ivr.contacts.skills import OTHER_LANGUAGE, OTHER_TOPIC, memberships, skills_of
from ivr.domain.contacts import Skills
from ivr.domain.staff import Limits
from ivr.domain.values import Language
from ivr.testing.contacts import agent_session

TOPICS = ("payments", "handset-data")
RUSSIAN = frozenset({Language.RUSSIAN})


def test_an_agent_who_knows_everything_serves_all_topics_of_the_own_languages() -> None:
    assert memberships(Skills(RUSSIAN | {Language.TURKMEN}), TOPICS) == {
        "agents": 0,
        "agents-ru": 0,
        "agents-tk": 0,
        "agents-payments-ru": 0,
        "agents-payments-tk": 0,
        "agents-handset-data-ru": 0,
        "agents-handset-data-tk": 0,
    }


def test_skills_are_those_of_the_user_within_the_limits() -> None:
    user = agent_session(1, "gozel").user
    assert skills_of(user) == Skills(frozenset(Language), None)
    limits = Limits(topics=frozenset({"payments"}), languages=RUSSIAN)
    limited = skills_of(replace(user, limits=limits))
    assert limited == Skills(RUSSIAN, frozenset({"payments"}), is_strict=True)


def test_other_topics_come_to_an_agent_last_or_never() -> None:
    knows = frozenset({"payments"})
    helps = memberships(Skills(RUSSIAN, knows), TOPICS)
    assert (helps["agents-payments-ru"], helps["agents-handset-data-ru"]) == (0, OTHER_TOPIC)
    strict = memberships(Skills(RUSSIAN, knows, is_strict=True), TOPICS)
    assert strict == {"agents": 0, "agents-ru": 0, "agents-payments-ru": 0}


def test_other_languages_come_after_a_time_if_the_operator_wants() -> None:
    wide = memberships(Skills(RUSSIAN, frozenset({"payments"})), TOPICS, is_widened=True)
    assert wide["agents-ru"] == wide["agents-payments-ru"] == 0
    assert wide["agents-tk"] == wide["agents-payments-en"] == OTHER_LANGUAGE
    assert wide["agents-handset-data-tk"] == OTHER_LANGUAGE + OTHER_TOPIC
