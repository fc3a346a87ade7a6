"""Agents' states are kept, stored, and told to Asterisk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.domain.contacts import (
    AgentCompleted,
    AgentConnected,
    AgentNotAnswered,
    CallLeft,
    QueuesStarted,
    SeatUnreachable,
    Skills,
)
from ivr.domain.presence import AgentState, PauseReason, SleepReason
from ivr.domain.values import Language
from ivr.errors import Forbidden
from ivr.testing.contacts import agent_session
from tests.contacts.office import ALL, Office

TALK = AgentConnected("c1", "seat-01", "agents-ru", 3)
OVER = AgentCompleted("c1", "seat-01")


def test_a_day_of_an_agent_is_told_to_asterisk_and_stored() -> None:
    office = Office()
    office.comes(skills=Skills(frozenset({Language.RUSSIAN})))
    assert office.queues.joined["seat-01"] == {
        "agents": 0,
        "agents-ru": 0,
        "agents-payments-ru": 0,
    }
    assert office.queues.agents["seat-01"] == "aygul"
    told = [office.queues.how["seat-01"]]
    office.rings()
    for step in (
        lambda: office.hear(TALK),
        lambda: office.hear(OVER),
        lambda: office.presence.described("aygul", "c1"),
        lambda: office.presence.pause(*office.act(), PauseReason.LUNCH),
        lambda: office.presence.ready(*office.act()),
    ):
        step()
        told.append(office.queues.how["seat-01"])
    assert told == ["free", "busy", "busy", "free", "paused", "free"]
    office.presence.check_out(*office.act())
    assert office.queues.joined == {}
    assert [each.state for each in office.contacts.kept] == [
        AgentState.READY,
        AgentState.RINGING,
        AgentState.TALKING,
        AgentState.WRAP_UP,
        AgentState.READY,
        AgentState.PAUSED,
        AgentState.READY,
        AgentState.OFFLINE,
    ]


def test_a_page_that_stops_is_paused_within_seven_seconds_and_comes_back_by_itself() -> None:
    office = Office()
    office.comes()
    for _ in range(3):
        office.later(2)
    assert office.queues.how["seat-01"] == "free"
    office.later(7, beats=())
    assert (office.state(), office.status().reason) == (AgentState.ASLEEP, SleepReason.HEARTBEAT)
    assert office.queues.reasons["seat-01"] == "heartbeat"
    office.later(0)
    assert (office.state(), office.queues.how["seat-01"]) == (AgentState.READY, "free")


def test_who_does_not_answer_is_asleep_until_the_agent_says_otherwise() -> None:
    office = Office()
    office.comes()
    office.rings()
    office.hear(AgentNotAnswered("c1", "seat-01"))
    office.later(2)
    assert (office.state(), office.queues.how["seat-01"]) == (AgentState.ASLEEP, "paused")
    office.presence.ready(*office.act())
    assert (office.state(), office.queues.how["seat-01"]) == (AgentState.READY, "free")


def test_a_caller_who_hangs_up_while_it_rings_costs_nothing() -> None:
    office = Office()
    office.comes()
    office.rings()
    office.hear(CallLeft("c1", is_abandoned=True))
    assert office.state() is AgentState.READY


def test_a_phone_that_is_not_reached_sleeps() -> None:
    office = Office()
    office.comes()
    office.hear(SeatUnreachable("seat-01"), SeatUnreachable("seat-02"))
    assert office.status().reason == SleepReason.UNREACHABLE


def test_the_same_form_acts_once() -> None:
    office = Office()
    office.comes()
    actor, key = office.act()
    office.presence.pause(actor, key, PauseReason.LUNCH)
    office.presence.beat("aygul")
    before = len(office.contacts.kept)
    office.presence.pause(actor, key, PauseReason.BREAK)
    assert office.status().reason == PauseReason.LUNCH
    assert len(office.contacts.kept) == before


def test_asterisk_that_was_away_is_told_later() -> None:
    office = Office()
    office.comes()
    office.queues.is_away = True
    office.presence.pause(*office.act(), PauseReason.LUNCH)
    assert office.state() is AgentState.PAUSED
    office.queues.is_away = False
    office.later(1)
    assert office.queues.how["seat-01"] == "paused"


def test_an_asterisk_that_has_started_again_gets_its_members_back() -> None:
    office = Office()
    office.comes()
    office.queues.joined.clear()
    office.queues.how.clear()
    office.hear(QueuesStarted())
    assert (office.queues.how, len(office.queues.joined["seat-01"])) == ({"seat-01": "free"}, 7)


def test_members_of_nobody_leave() -> None:
    office = Office()
    office.queues.join("seat-02", "gone", {"agents": 0})
    office.comes()
    office.hear(QueuesStarted())
    assert office.queues.joined.keys() == {"seat-01"}


def test_a_desk_that_has_started_again_knows_its_agents() -> None:
    office = Office()
    office.comes()
    office.comes("merdan", 2)
    office.rings()
    office.hear(TALK)
    office.queues.talking = {"seat-01"}
    office.open()
    office.center.restore(lambda _agent: ALL)
    office.hear(QueuesStarted())
    assert (office.state(), office.status().call) == (AgentState.TALKING, "c1")
    office.later(7)
    assert office.state() is AgentState.TALKING
    assert office.state("merdan") is AgentState.ASLEEP


def test_a_talk_that_ended_while_nobody_heard_is_over() -> None:
    office = Office()
    office.comes()
    office.rings()
    office.hear(TALK)
    office.open()
    office.center.restore(lambda _agent: ALL)
    office.hear(QueuesStarted())
    assert office.state() is AgentState.WRAP_UP


def test_a_ring_that_ended_while_nobody_heard_is_over() -> None:
    office = Office()
    office.comes()
    office.rings()
    office.hear(QueuesStarted())
    assert office.state() is AgentState.READY
    office.rings()
    office.queues.ringing = {"seat-01"}
    office.hear(QueuesStarted())
    assert office.state() is AgentState.RINGING
    office.queues.talking = {"seat-01"}
    office.hear(QueuesStarted())
    assert office.state() is AgentState.TALKING


def test_a_seat_that_is_lent_to_nobody_changes_nothing() -> None:
    office = Office()
    office.hear(TALK, OVER)
    assert office.contacts.kept == []
    assert office.contacts.talks == []


def test_a_seat_that_is_lent_after_the_check_in_joins_then() -> None:
    office = Office()
    office.presence.check_in(*office.act(), ALL)
    assert office.queues.joined == {}
    office.seats.lend(agent_session(1, "aygul"))
    office.later(1)
    assert office.queues.how == {"seat-01": "free"}


def test_who_stays_away_gives_the_seat_to_others() -> None:
    office = Office()
    office.comes()
    office.later(7, beats=())
    office.later(601, beats=())
    assert (office.state(), office.loans.lent) == (AgentState.OFFLINE, {})


def test_only_who_may_take_calls_checks_in() -> None:
    office = Office()
    actor, key = office.act()
    with pytest.raises(Forbidden):
        office.presence.check_in(replace(actor, rights=frozenset()), key, ALL)
    assert office.state() is AgentState.OFFLINE


def test_new_skills_and_a_pause_by_asterisk_are_put_right() -> None:
    office = Office()
    office.comes()
    office.comes(skills=Skills(frozenset({Language.RUSSIAN})))
    office.queues.how["seat-01"] = "paused"
    office.hear(QueuesStarted())
    assert office.queues.how == {"seat-01": "free"}
    assert office.queues.joined["seat-01"].keys() == {"agents", "agents-ru", "agents-payments-ru"}


def test_a_topic_that_asterisk_does_not_know_yet_disturbs_nothing() -> None:
    office = Office()
    office.queues.names = frozenset({"agents", "agents-ru"})
    office.comes()
    joined = office.queues.joined["seat-01"]
    office.hear(QueuesStarted())
    assert office.queues.joined["seat-01"] is joined, "it has not left"
    assert joined.keys() == {"agents", "agents-ru"}


def test_what_the_database_cannot_store_is_stored_later_in_order() -> None:
    office = Office()
    office.comes()
    office.contacts.is_away = True
    office.presence.pause(*office.act(), PauseReason.LUNCH)
    office.presence.ready(*office.act())
    assert len(office.contacts.kept) == 1
    office.contacts.is_away = False
    office.later(1)
    states = [each.state for each in office.contacts.kept]
    assert states == [AgentState.READY, AgentState.PAUSED, AgentState.READY]
