"""Agents' browser phones on a real Asterisk: members of queues, states, cards, hand-back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from ivr.contacts.handback import HandedBack
from ivr.domain.call import IdentificationMethod
from ivr.domain.card import Card, ProofKind
from ivr.domain.contacts import Result, Skills, WrapUp
from ivr.domain.presence import AgentState, SleepReason
from ivr.domain.values import Language
from ivr.testing.contacts import agent_session
from ivr.web.desk.phone import Relay, phone_router
from tests.telephony.asterisk.floor import ALL, Floor, running_floor
from tests.telephony.browser_phone import BrowserPhone
from tests.waiting import DEADLINE, until
from tests.web.serving import SESSION, serving, session_of

CALLER = "99365123456"


@pytest.fixture(scope="module")
def running() -> Iterator[Floor]:
    with running_floor() as floor:
        yield floor


@pytest.fixture
def floor(running: Floor) -> Floor:
    running.forget()
    return running


def test_the_card_is_there_before_the_answer_and_the_talk_becomes_a_conversation(
    floor: Floor,
) -> None:
    floor.line.checkpoint = (
        f"language=ru&release=1&node=account&step=3&subscriber={CALLER}&proof=0&means=codeword"
        "&topic=payments&reason=asked&goals=account/balance"
    )
    with floor.agent("gozel", 1) as phone, floor.caller(CALLER):
        seat, card = floor.cards.get(timeout=DEADLINE)
        invite = phone.rings()
        assert (seat, card.masked, card.language) == (
            "seat-01",
            "+993 65 •• •• 56",
            Language.RUSSIAN,
        )
        assert (card.proof.kind, card.proof.means) == (ProofKind.OWN, IdentificationMethod.CODEWORD)
        assert (card.topic, card.told) == ("payments", ("account/balance",))
        floor.waits_for("gozel", AgentState.RINGING)
        phone.accept(invite)
        floor.waits_for("gozel", AgentState.TALKING)
        assert not floor.is_free("seat-01")
        phone.hang_up(invite)
        floor.waits_for("gozel", AgentState.WRAP_UP)
        suggested = floor.desk.conversations.suggested("gozel", card.call)
        assert (suggested.result, suggested.topic) == (Result.SOLVED, "payments")
        assert floor.desk.conversations.describe(
            *floor.act("gozel"), card.call, WrapUp(Result.SOLVED, "payments", "heard the balance")
        )
        floor.waits_for("gozel", AgentState.READY)
        until(lambda: floor.is_free("seat-01"), floor.show)


def test_who_does_not_answer_is_asleep_and_the_caller_keeps_the_first_place(floor: Floor) -> None:
    with floor.agent("gozel", 1) as silent, floor.agent("merjen", 2) as busy:
        floor.describes("merjen", "seat-02")
        with floor.caller("99365000001"):
            silent.rings()
            with floor.caller("99365000002"):
                status = floor.waits_for("gozel", AgentState.ASLEEP)
                assert status.reason == SleepReason.NO_ANSWER
                assert floor.waiting() == ["99365000001", "99365000002"]
                assert busy.invites == []
                floor.desk.presence.ready(*floor.act("merjen"))
                assert "99365000001" in busy.rings()["from"]
        assert len(silent.invites) == 1


def test_an_agent_sends_the_caller_back_to_a_node_and_the_proof_stays(floor: Floor) -> None:
    floor.line.checkpoint = (
        f"language=tk&release=1&node=account&step=3&subscriber={CALLER}&proof=4&means=codeword"
    )
    with floor.agent("gozel", 1) as phone, floor.caller(CALLER):
        invite = phone.rings()
        phone.accept(invite)
        call = floor.waits_for("gozel", AgentState.TALKING).call
        act = floor.act("gozel")
        until(lambda: floor.container.store.contacts.get(call, "gozel"))
        assert floor.desk.handback.send_back(*act, call, "puk-nowhere") is HandedBack.UNKNOWN
        assert floor.desk.handback.send_back(*act, call, "number-puk") is HandedBack.SENT
        came = floor.line.back.get(timeout=DEADLINE)
        found = dict(pair.split("=", 1) for pair in came.split("&"))
        assert (found["node"], found["subscriber"], found["proof"]) == ("number-puk", CALLER, "4")
        floor.waits_for("gozel", AgentState.WRAP_UP)
        assert floor.desk.conversations.suggested("gozel", call).result is Result.SENT_BACK


def test_the_longest_waiting_caller_of_three_queues_is_next_and_key_customers_come_first(
    floor: Floor,
) -> None:
    """The queues are asked in the order of their names, which is not that of the callers."""
    callers = [
        ("99365000001", "agents-roaming-ru", {"IVR_TOPIC": "roaming"}),
        ("99365000002", "agents-ru", {}),
        ("99365000003", "agents-handset-data-ru", {"IVR_TOPIC": "handset-data"}),
        ("99365000004", "agents-ru", {"QUEUE_PRIO": "10"}),
    ]
    with floor.agent("gozel", 1) as phone, ExitStack() as stack:
        floor.describes("gozel", "seat-01")
        for number, queue, variables in callers:
            stack.enter_context(floor.caller(number, queue, **variables))
            until(partial(floor.has_waited_a_second, queue))
        order = []
        for taken in range(1, len(callers) + 1):
            floor.desk.presence.ready(*floor.act("gozel"))
            invite = phone.rings(taken)
            order += re.findall("99365[0-9]{6}", invite["from"])
            phone.accept(invite)
            floor.waits_for("gozel", AgentState.TALKING)
            phone.hang_up(invite)
            floor.waits_for("gozel", AgentState.WRAP_UP)
        assert order == ["99365000004", "99365000001", "99365000002", "99365000003"]


def test_a_phone_behind_the_relay_registers_is_rung_and_is_away_when_the_page_is_gone(
    floor: Floor,
) -> None:
    session = agent_session(7, "agent7")
    lent = floor.desk.seats.lend(session)
    assert lent is not None
    with serving(phone_router(Relay(floor.desk.seats), session_of)) as address:
        headers = {"Origin": f"http://{address}", SESSION: "7"}
        url = f"ws://{address}/phone"
        own = BrowserPhone(url, lent.name, lent.password, headers=headers)
        with own as phone, floor.beating("agent7"):
            phone.register()
            floor.desk.presence.check_in(*floor.act("agent7"), ALL)
            until(lambda: floor.is_free(lent.name), floor.show)
            with floor.caller(CALLER):
                phone.accept(phone.rings())
                floor.waits_for("agent7", AgentState.TALKING)
            floor.waits_for("agent7", AgentState.WRAP_UP)
            floor.desk.presence.ready(*floor.act("agent7"))
            until(lambda: floor.is_free(lent.name), floor.show)
        status = floor.waits_for("agent7", AgentState.ASLEEP)
        assert status.reason in (SleepReason.UNREACHABLE, SleepReason.HEARTBEAT)
    floor.desk.presence.check_out(*floor.act("agent7"))
    floor.desk.seats.give_back(7)


def test_members_of_nobody_leave_and_those_of_agents_come_back_after_a_restart(
    floor: Floor,
) -> None:
    presence = floor.desk.presence
    with floor.agent("gozel", 1):
        queues = presence.membership.queues
        queues.join("seat-04", "gone", {"agents": 0, "agents-ru": 5, "agents-none": 0})
        there = queues.members()
        assert there.members["seat-04"].queues == {"agents": 0, "agents-ru": 5}
        assert {"agents", "agents-ru", "agents-roaming-tk"} <= there.queues
        presence.reconcile()
        assert queues.members().members.keys() == {"seat-01"}
        floor.asterisk.stop()
        until(lambda: not floor.desk.link.connected.is_set())
        floor.asterisk.start_again()
        floor.asterisk.wait_ready()
        until(lambda: "gozel" in floor.show("agents-ru"), floor.show)


def test_a_caller_who_is_passed_on_rings_at_an_agent_of_the_topic_first(floor: Floor) -> None:
    with (
        floor.agent("gozel", 1, Skills(ALL.languages, frozenset({"gudok"}))) as first,
        floor.agent("merjen", 2, Skills(ALL.languages, frozenset({"roaming"}))) as expert,
    ):
        floor.describes("merjen", "seat-02")
        with floor.caller(CALLER):
            first.accept(first.rings())
            call = floor.waits_for("gozel", AgentState.TALKING).call
            until(lambda: floor.container.store.contacts.get(call, "gozel"))
            floor.desk.presence.ready(*floor.act("merjen"))
            act = floor.act("gozel")
            sent = floor.desk.handback.pass_on(*act, call, "roaming", Language.TURKMEN, "bill")
            assert sent is HandedBack.SENT
            assert "roaming, TK" in expert.rings()["from"]
            shown = until(lambda: _card_of(floor, "seat-02"))
            assert (shown.note, shown.call) == ("bill", call)
            assert len(first.invites) == 1


def _card_of(floor: Floor, seat: str) -> Card | None:
    """The next card that is shown at a seat, if one is there."""
    while not floor.cards.empty():
        shown, card = floor.cards.get()
        if shown == seat:
            return card
    return None
