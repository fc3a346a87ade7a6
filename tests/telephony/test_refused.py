"""Calls that were not let in: the dialplan's events in the journal and the metrics."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.domain.call import Call, CallOutcome
from ivr.domain.values import Language
from ivr.errors import TemporarilyUnavailable
from ivr.telephony.refused import journal_of_refused
from ivr.testing.demo import NUMBER, demo_operator
from ivr.testing.journal import MemoryJournal
from tests.metrics.exposed import samples, value

CALL = "ivr83aa05-1795531970.12"
BEGUN = datetime.fromtimestamp(1795531970, UTC)
TOLD = {
    "UserEvent": "IvrRefused",
    "Uniqueid": CALL,
    "How": "told",
    "Caller": str(NUMBER),
    "Dialled": "0890",
    "Language": "ru",
}


def hear(event: dict[str, str], journal: MemoryJournal, *, is_shedding: bool = False) -> None:
    operator = demo_operator()
    listen = journal_of_refused(
        journal, operator.care.numbering, operator.clock, lambda: is_shedding
    )
    listen("UserEvent", event)


def refused(reason: str) -> float:
    """How many are counted."""
    return value(samples(), "ivr_calls_refused_total", reason=reason)


def test_who_was_told_is_in_the_journal() -> None:
    journal = MemoryJournal()
    hear(TOLD, journal)
    call = journal.calls[CALL]
    assert (call.caller, call.dialled, call.language) == (NUMBER, "0890", Language.RUSSIAN)
    assert (call.reason, call.path) == ("overload", [])
    assert call.started == min(BEGUN, demo_operator().clock.now())
    assert journal.outcomes[CALL] is CallOutcome.AGENT


def test_a_caller_of_whom_nothing_is_known_is_too() -> None:
    journal = MemoryJournal()
    hear({**TOLD, "Caller": "", "Language": ""}, journal)
    call = journal.calls[CALL]
    assert (call.caller, call.language) == (None, None)


@pytest.mark.parametrize(
    ("how", "is_shedding", "reason"),
    [
        ("told", False, "max-calls"),
        ("told", True, "cpu"),
        ("unanswered", True, "unanswered"),
        ("caller", False, "caller"),
    ],
)
def test_all_are_counted(how: str, is_shedding: bool, reason: str) -> None:
    before = refused(reason)
    hear({**TOLD, "How": how}, MemoryJournal(), is_shedding=is_shedding)
    assert refused(reason) == before + 1


@pytest.mark.parametrize("how", ["unanswered", "caller", "", "other"])
def test_only_who_was_told_is_in_the_journal(how: str) -> None:
    journal = MemoryJournal()
    hear({**TOLD, "How": how}, journal)
    assert journal.calls == {}


def test_other_events_are_none_of_them() -> None:
    journal = MemoryJournal()
    hear({**TOLD, "UserEvent": "Other"}, journal)
    assert journal.calls == {}


def test_without_a_database_the_link_goes_on() -> None:
    class Lost(MemoryJournal):
        def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
            raise TemporarilyUnavailable("database")

    before = refused("max-calls")
    hear(TOLD, Lost())
    assert refused("max-calls") == before + 1
