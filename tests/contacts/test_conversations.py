"""Conversations are stored as they happen, and their description is filled in."""

from __future__ import annotations

from datetime import timedelta

from ivr.contacts.handback import HandedBack
from ivr.domain.contacts import AgentCompleted, AgentConnected, QueuesStarted, Result, WrapUp
from ivr.domain.presence import AgentState
from ivr.domain.values import Language
from tests.contacts.office import ALL, CHANNEL, Office

NUMBER = "99365123456"
TALK = AgentConnected("c1", "seat-01", "agents-ru", 3)
OVER = AgentCompleted("c1", "seat-01")
CHECKPOINT = (
    f"language=ru&release=1&node=account&step=3&subscriber={NUMBER}&proof=2&means=codeword"
    "&reason=asked&hand=puk&trail=main&goals=account/balance+agent"
)


def talked(checkpoint: str = CHECKPOINT, *, is_over: bool = True) -> Office:
    """An agent has talked to a caller."""
    office = Office()
    office.control.checkpoints["c1"] = checkpoint
    office.comes()
    office.rings()
    office.later(2)
    office.hear(TALK, *[OVER] * is_over)
    return office


def test_a_talk_is_stored_with_what_the_card_knows() -> None:
    office = talked()
    found = office.contacts.talks[0]
    assert (found.agent, found.seat, found.queue) == ("aygul", "seat-01", "agents-ru")
    assert (found.number, found.language, found.channel) == (NUMBER, Language.RUSSIAN, CHANNEL)
    assert found.rang is not None
    assert found.answered is not None
    assert found.answered - found.rang == timedelta(seconds=2)
    assert found.ended is not None


def test_the_description_is_filled_in_and_ends_the_wrap_up() -> None:
    office = talked()
    suggested = office.conversations.suggested("aygul", "c1")
    assert suggested == WrapUp(Result.SOLVED, "account", goals=("account/balance", "agent"))
    act = office.act()
    for _ in range(2):
        assert office.conversations.describe(*act, "c1", suggested)
    assert office.state() is AgentState.READY
    assert not office.conversations.describe(*office.act(), "c1", WrapUp(Result.REFUSED))
    assert not office.conversations.describe(*office.act("merdan"), "c1", suggested)


def test_what_is_forgotten_is_stored_as_not_described_and_may_be_described_later() -> None:
    office = talked()
    for _ in range(14):
        office.later(2)
    assert office.contacts.said == {}
    office.later(2)
    assert office.state() is AgentState.READY
    said = office.conversations.suggested("aygul", "c1")
    assert (said.result, said.topic) == (Result.NOT_DESCRIBED, "account")
    assert office.conversations.describe(*office.act(), "c1", WrapUp(Result.SOLVED))


def test_a_desk_that_starts_again_loses_no_description() -> None:
    office = talked()
    office.open()
    office.center.restore(lambda _agent: ALL)
    office.later(2)
    assert office.contacts.said == {}
    for _ in range(15):
        office.later(2)
    assert office.contacts.said[1][1].result is Result.NOT_DESCRIBED


def test_a_caller_who_could_not_identify_is_noted_so() -> None:
    office = talked("language=ru&release=1&node=main&step=3&reason=identification")
    assert office.conversations.suggested("aygul", "c1").result is Result.NOT_IDENTIFIED


def test_a_caller_goes_back_to_a_node_with_the_proof_and_nothing_pending() -> None:
    office = talked(is_over=False)
    act = office.act()
    for _ in range(2):
        assert office.handback.send_back(*act, "c1", "number-puk") is HandedBack.SENT
    call, channel, checkpoint = office.control.sent[0]
    found = dict(pair.split("=") for pair in checkpoint.split("&"))
    assert (call, channel, found["node"]) == ("c1", CHANNEL, "number-puk")
    assert (found["subscriber"], found["proof"], found["means"]) == (NUMBER, "2", "codeword")
    assert found.keys().isdisjoint({"hand", "trail", "tried", "about"})
    office.hear(OVER)
    assert office.conversations.suggested("aygul", "c1").result is Result.SENT_BACK


def test_only_the_agent_of_the_call_sends_it_only_to_nodes_that_there_are() -> None:
    office = talked(is_over=False)
    assert office.handback.send_back(*office.act(), "c1", "agent") is HandedBack.UNKNOWN
    assert office.handback.send_back(*office.act(), "c9", "main") is HandedBack.GONE
    merdan = office.act("merdan")
    assert office.handback.send_back(*merdan, "c1", "main") is HandedBack.GONE
    office.control.gone.add("c1")
    assert office.handback.send_back(*office.act(), "c1", "main") is HandedBack.GONE
    assert office.control.sent == []


def test_a_talk_that_ended_while_the_desk_was_down_is_ended_and_described() -> None:
    office = talked(is_over=False)
    office.open()
    office.center.restore(lambda _agent: ALL)
    office.hear(QueuesStarted())
    assert office.state() is AgentState.WRAP_UP
    office.later(2)
    assert office.contacts.talks[0].ended is not None
    assert office.conversations.describe(*office.act(), "c1", WrapUp(Result.SOLVED))


def test_a_caller_is_passed_on_to_another_agent_with_a_note() -> None:
    office = talked(is_over=False)
    pass_on = office.handback.pass_on
    assert pass_on(*office.act(), "c1", "unknown") is HandedBack.UNKNOWN
    assert pass_on(*office.act("merdan"), "c1", "payments") is HandedBack.GONE
    sent = pass_on(*office.act(), "c1", "payments", Language.TURKMEN, "asks for a bill")
    assert sent is HandedBack.SENT
    assert office.control.passed == [(CHANNEL, "payments", Language.TURKMEN)]
    office.hear(OVER)
    assert office.conversations.suggested("aygul", "c1").result is Result.PASSED_ON
    office.comes("merdan", 2)
    office.rings(seat="seat-02")
    seat, card = office.shown[-1]
    assert (seat, card.note) == ("seat-02", "asks for a bill")


def test_a_talk_during_an_outage_of_the_database_is_stored_later() -> None:
    office = Office()
    office.comes()
    office.rings()
    office.contacts.is_away = True
    office.hear(TALK)
    assert (office.state(), office.contacts.talks) == (AgentState.TALKING, [])
    office.later(3)
    office.hear(OVER)
    office.contacts.is_away = False
    office.later(1)
    (talk,) = office.contacts.talks
    assert talk.answered is not None
    assert talk.ended is not None
    assert talk.ended - talk.answered == timedelta(seconds=3)
