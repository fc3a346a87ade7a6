"""Calls of which there are too many."""

from __future__ import annotations

import pytest

from ivr.domain.values import Language
from ivr.testing.demo import NUMBER
from tests.telephony.line.harness import CALL, FakeSession, Harness


def test_a_caller_who_was_one_too_many_is_spoken_to_in_the_known_language(harness: Harness) -> None:
    session = FakeSession("1", IVR_RESUME="unanswered", IVR_REASON="overload")
    session.environment["agi_language"] = "ru"
    harness.line.answer(session)
    assert (session.variables["IVR_LANGUAGE"], session.telephone.words[-1]) == ("ru", "goodbye")
    assert harness.journal.calls[CALL].reason == "overload"


def test_busy_tells_the_dialplan_why_and_in_which_language(harness: Harness) -> None:
    harness.operator.callers.languages[NUMBER] = Language.RUSSIAN
    session = FakeSession()
    harness.line.busy(session)
    assert (session.variables["IVR_NEXT"], session.variables["IVR_DONE"]) == ("busy", "1")
    assert session.variables["IVR_REASON"] == "overload"
    assert session.variables["IVR_LANGUAGE"] == "ru"
    assert session.telephone.heard == []


def test_the_journal_has_a_busy_call_from_the_dialplan(harness: Harness) -> None:
    harness.line.busy(FakeSession())
    assert harness.journal.calls == {}


@pytest.mark.parametrize("callerid", ["865123456", "anonymous"])
def test_busy_leaves_the_language_alone_where_none_is_known(
    harness: Harness, callerid: str
) -> None:
    session = FakeSession(callerid=callerid)
    harness.line.busy(session)
    assert "IVR_LANGUAGE" not in session.variables
    assert session.variables["IVR_DONE"] == "1"


def test_busy_needs_no_database(lost: Harness) -> None:
    session = FakeSession()
    lost.line.busy(session)
    assert (session.variables["IVR_NEXT"], session.variables["IVR_DONE"]) == ("busy", "1")
