"""Calls of which there are too many."""

from __future__ import annotations

import pytest

from ivr.domain.values import Language
from ivr.testing.demo import NUMBER
from tests.telephony.line.house import CALL, FakeSession, House


def test_a_caller_who_was_one_too_many_is_spoken_to_in_the_known_language(house: House) -> None:
    session = FakeSession("1", IVR_RESUME="unanswered", IVR_REASON="overload")
    session.environment["agi_language"] = "ru"
    house.line.answer(session)
    assert (session.variables["IVR_LANGUAGE"], session.telephone.words[-1]) == ("ru", "goodbye")
    assert house.journal.calls[CALL].reason == "overload"


def test_busy_tells_the_dialplan_why_and_in_which_language(house: House) -> None:
    house.operator.callers.languages[NUMBER] = Language.RUSSIAN
    session = FakeSession()
    house.line.busy(session)
    assert (session.variables["IVR_NEXT"], session.variables["IVR_DONE"]) == ("busy", "1")
    assert session.variables["IVR_REASON"] == "overload"
    assert session.variables["IVR_LANGUAGE"] == "ru"
    assert session.telephone.heard == []


def test_the_journal_has_a_busy_call_from_the_dialplan(house: House) -> None:
    house.line.busy(FakeSession())
    assert house.journal.calls == {}


@pytest.mark.parametrize("callerid", ["865123456", "anonymous"])
def test_busy_leaves_the_language_alone_where_none_is_known(house: House, callerid: str) -> None:
    session = FakeSession(callerid=callerid)
    house.line.busy(session)
    assert "IVR_LANGUAGE" not in session.variables
    assert session.variables["IVR_DONE"] == "1"


def test_busy_needs_no_database(lost: House) -> None:
    session = FakeSession()
    lost.line.busy(session)
    assert (session.variables["IVR_NEXT"], session.variables["IVR_DONE"]) == ("busy", "1")
