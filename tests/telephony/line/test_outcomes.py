"""What the dialplan and the journal are told of a call, whatever becomes of it."""

from __future__ import annotations

from datetime import datetime

import pytest
import structlog

from ivr.domain.call import Call, CallOutcome, Origin
from ivr.domain.values import Language
from ivr.errors import FlowBroken, TemporarilyUnavailable
from ivr.flow.document import Flow
from ivr.telephony.call_handler import CallHandler
from ivr.testing.demo import NUMBER, demo_operator, subscriber
from ivr.testing.journal import MemoryJournal
from tests.telephony.line.harness import CALL, BrokenPrompts, FakeSession, Harness, OneRelease


def test_a_caller_who_asks_for_an_agent_is_handed_over(harness: Harness) -> None:
    variables = harness.ring("1 0").variables
    assert (variables["IVR_DONE"], variables["IVR_NEXT"]) == ("1", "agent")
    assert (variables["IVR_REASON"], variables["IVR_LANGUAGE"]) == ("asked", "tk")
    assert harness.outcome == CallOutcome.AGENT


def test_a_caller_whom_the_line_said_goodbye_to_is_let_go(harness: Harness) -> None:
    session = harness.ring("1", IVR_RESUME="unanswered", IVR_PLACE="language=ru")
    assert (session.variables["IVR_DONE"], session.variables["IVR_NEXT"]) == ("1", "bye")
    assert session.telephone.words[-1] == "goodbye"
    assert harness.outcome == CallOutcome.ENDED


def test_a_caller_who_hangs_up_leaves_nothing_for_the_dialplan_to_do(harness: Harness) -> None:
    session = harness.ring("1")
    assert "IVR_DONE" not in session.variables
    assert harness.outcome == CallOutcome.HUNG_UP


@pytest.mark.parametrize("name", ["IVR_LANGUAGE", "IVR_REASON", "IVR_NEXT", "IVR_DONE"])
def test_a_hang_up_at_the_last_commands_is_a_hang_up(harness: Harness, name: str) -> None:
    assert "IVR_DONE" not in harness.ring("1 0", gone_at=name).variables
    assert harness.outcome == CallOutcome.HUNG_UP


def test_done_is_the_last_command(harness: Harness) -> None:
    """Without it the dialplan would take a half-told call for a whole one."""
    assert harness.ring("1 0").order[-1] == "IVR_DONE"
    session = FakeSession()
    harness.line.busy(session)
    assert session.order[-1] == "IVR_DONE"


def test_the_dialplan_knows_the_topic_for_the_agents(harness: Harness) -> None:
    session = harness.ring("3 5 1 1 0")
    assert session.variables["IVR_TOPIC"] == "payment"
    assert session.variables["IVR_NEXT"] == "agent"
    assert harness.ring("3 0").variables["IVR_TOPIC"] == ""


@pytest.mark.parametrize(("tariff", "first"), [("biznes", True), ("duet", False)])
def test_key_customers_go_first_once_they_are_identified(
    harness: Harness, tariff: str, first: bool
) -> None:
    harness.operator.add(subscriber(tariff=tariff))
    assert "QUEUE_PRIO" not in harness.ring("3 0").variables
    session = harness.ring("1 # 63753646# 0")
    assert session.variables.get("QUEUE_PRIO") == ("10" if first else None)


def test_the_journal_knows_who_rang_and_the_way_through_the_flow(harness: Harness) -> None:
    harness.ring("2 3 0")
    call = harness.journal.calls[CALL]
    assert (call.id, call.dialled, call.release) == (CALL, "0890", 7)
    assert (call.caller, call.language, call.subscriber) == (NUMBER, Language.RUSSIAN, None)
    assert [(step.node, step.key) for step in call.path] == [
        ("language", "2"),
        ("main", "3"),
        ("info", "0"),
    ]


@pytest.mark.parametrize("callerid", ["unknown", "", "anonymous", "12"])
def test_a_withheld_number_is_no_caller(harness: Harness, callerid: str) -> None:
    harness.ring("1 0", callerid=callerid)
    assert harness.journal.calls[CALL].caller is None


@pytest.mark.parametrize(
    ("callerid", "channel", "origin"),
    [
        ("99365123456", "PJSIP/trunk-0000001a", Origin(NUMBER, "99365123456", "trunk")),
        ("+99365123456", "PJSIP/trunk-2-0000001a", Origin(NUMBER, "99365123456", "trunk-2")),
        ("65123456", "PJSIP/agent1-0000001a", Origin(NUMBER, "65123456", "")),
        ("65123456", "PJSIP/agent-0000001a", Origin(NUMBER, "65123456", "")),
        ("65123456", "Local/0890@from-trunk-0000001a;2", Origin(NUMBER, "65123456", "")),
        ("65123456", "Message/ast_msg_queue", Origin(NUMBER, "65123456", "")),
        ("12345678", "PJSIP/trunk-0000001a", Origin(None, "12345678", "trunk")),
        ("unknown", "PJSIP/trunk-0000001a", Origin(None, "", "trunk")),
        ("", "", Origin()),
    ],
)
def test_a_call_knows_where_it_comes_from(
    harness: Harness, callerid: str, channel: str, origin: Origin
) -> None:
    harness.ring("1 0", callerid=callerid, channel=channel)
    call = harness.journal.calls[CALL]
    assert call.origin == origin
    assert call.origin.is_own_phone(NUMBER) == (origin.number == NUMBER and origin.trunk != "")


def test_without_a_database_the_caller_is_still_served(lost: Harness) -> None:
    with structlog.testing.capture_logs() as logs:
        variables = lost.ring("3 0").variables
    assert (variables["IVR_DONE"], variables["IVR_NEXT"]) == ("1", "agent")
    assert variables["IVR_LANGUAGE"] == "en"
    assert sum("not written" in line["event"] for line in logs) == 2


def test_a_fault_leaves_the_call_to_the_dialplan_and_is_in_the_journal(harness: Harness) -> None:
    harness.release_cache.prompts = BrokenPrompts()
    session = FakeSession("1 0")
    with pytest.raises(FlowBroken):
        harness.line.answer(session)
    assert "IVR_DONE" not in session.variables
    assert harness.outcome == CallOutcome.FAILED


def test_the_log_of_a_fault_has_the_id_of_its_call(harness: Harness) -> None:
    harness.release_cache.prompts = BrokenPrompts()
    with pytest.raises(FlowBroken):
        harness.line.answer(FakeSession("1 0"))
    assert structlog.contextvars.get_contextvars() == {"call": CALL}


def test_a_call_that_began_without_a_database_is_written_at_its_end(flow: Flow) -> None:
    class Late(MemoryJournal):
        away = True

        def begin(self, call: Call) -> None:
            if self.away:
                self.away = False
                raise TemporarilyUnavailable("database")
            super().begin(call)

        def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
            if call.id not in self.calls:
                raise LookupError(call.id)
            super().end(call, outcome, at)

    operator, journal = demo_operator(), Late()
    release_cache = OneRelease(flow, operator.care)
    line = CallHandler(release_cache, operator.care, journal, operator.clock)
    Harness(line, operator, journal, release_cache).ring("1 3 0")
    assert journal.outcomes[CALL] is CallOutcome.AGENT
    assert [step.node for step in journal.calls[CALL].path] == ["language", "main", "info"]


def test_a_secret_is_neither_logged_nor_in_the_journal(harness: Harness) -> None:
    with structlog.testing.capture_logs() as logs:
        harness.ring("1 1 # 63753646# 0")
    assert harness.journal.calls[CALL].identification
    assert "63753646" not in str(logs) + str(harness.journal.calls)
