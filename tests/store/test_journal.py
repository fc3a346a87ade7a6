"""The record of calls as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ivr.call import Call, Means, Outcome, Step
from ivr.store import Store
from ivr.store.journal import Record
from ivr.values import Language, Msisdn

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=90)


def call(id: str = "c1", **fields: Any) -> Call:
    return Call(**{"id": id, "dialled": "0890", "started": NOW, **fields})


def full() -> Call:
    return call(
        release=3,
        caller=Msisdn("99361000000"),
        language=Language.TURKMEN,
        subscriber=Msisdn("99365123456"),
        means=Means.CODEWORD,
        node="main",
        path=[Step("language", "1", 1.5), Step("main", "2", 4.0), Step("main", "2", 9.0)],
        goals=["account/balance", "services/mms"],
        identification=["codeword:no-match", "codeword:match"],
        orders=["o1", "o2"],
        reason="asked",
    )


def only(store: Store) -> Record:
    (record,) = store.journal.newest(10)
    return record


class TestJournal:
    def test_a_call_that_began_is_there_without_an_end(self, store: Store) -> None:
        store.journal.begin(call())
        record = only(store)
        assert (record.started, record.ended, record.outcome) == (NOW, None, None)
        assert record.seconds is None

    def test_a_call_that_ended_is_there_with_all_that_happened(self, store: Store) -> None:
        made = full()
        store.journal.begin(call())
        store.journal.end(made, Outcome.AGENT, LATER)
        record = only(store)
        assert record.path == tuple(made.path)
        assert record.goals == ("account/balance", "services/mms")
        assert record.identification == ("codeword:no-match", "codeword:match")
        assert record.orders == ("o1", "o2")
        assert (record.outcome, record.reason, record.seconds) == ("agent", "asked", 90.0)
        assert (record.language, record.means, record.release) == ("tk", "codeword", 3)
        assert (record.caller, record.subscriber) == ("99361000000", "99365123456")

    def test_the_same_end_twice_changes_nothing(self, store: Store) -> None:
        store.journal.begin(full())
        store.journal.end(full(), Outcome.ENDED, LATER)
        first = only(store)
        store.journal.end(full(), Outcome.ENDED, LATER)
        assert only(store) == first

    def test_a_call_taken_up_again_goes_on_in_one_record(self, store: Store) -> None:
        store.journal.begin(call())
        store.journal.end(full(), Outcome.FAILED, LATER)
        again = call(started=LATER)
        store.journal.begin(again)
        assert only(store).outcome is None
        again.path = [Step("services", "1", 2.0)]
        again.goals = ["services/mms", "agent"]
        again.identification = ["passport:match"]
        store.journal.end(again, Outcome.ENDED, LATER + timedelta(seconds=10))
        record = only(store)
        assert [step.node for step in record.path] == ["language", "main", "main", "services"]
        assert record.path[-1].at == 92.0
        assert record.goals == ("account/balance", "services/mms", "agent")
        assert record.identification == (
            "codeword:no-match",
            "codeword:match",
            "passport:match",
        )
        assert (record.outcome, record.seconds) == ("ended", 100.0)

    def test_a_path_that_was_brought_along_is_not_written_twice(self, store: Store) -> None:
        store.journal.begin(call())
        store.journal.end(full(), Outcome.FAILED, LATER)
        brought = full()
        store.journal.begin(brought)
        brought.path.append(Step("services", "1", 95.0))
        store.journal.end(brought, Outcome.ENDED, LATER)
        assert only(store).path == tuple(brought.path)

    def test_what_a_killed_worker_had_reached_is_there_once(self, store: Store) -> None:
        """It wrote no end; the next one brings along what the call's place kept."""
        store.journal.begin(call())
        brought = full()
        brought.started, brought.path = LATER, []
        store.journal.begin(brought)
        brought.path = [Step("services", "1", 2.0)]
        brought.goals.append("agent")
        brought.orders.append("o3")
        brought.identification.append("passport:match")
        store.journal.end(brought, Outcome.AGENT, LATER)
        record = only(store)
        assert record.goals == ("account/balance", "services/mms", "agent")
        assert record.orders == ("o1", "o2", "o3")
        assert record.identification == (
            "codeword:no-match",
            "codeword:match",
            "passport:match",
        )
        assert record.path == (Step("services", "1", 92.0),)

    def test_what_both_workers_know_is_not_written_twice(self, store: Store) -> None:
        store.journal.begin(call())
        store.journal.end(full(), Outcome.FAILED, LATER)
        brought = full()
        brought.started, brought.path, brought.identification = LATER, [], ["codeword:match"]
        store.journal.begin(brought)
        brought.identification.append("passport:match")
        store.journal.end(brought, Outcome.ENDED, LATER)
        record = only(store)
        assert record.goals == ("account/balance", "services/mms")
        assert record.orders == ("o1", "o2")
        assert record.identification == (
            "codeword:no-match",
            "codeword:match",
            "passport:match",
        )
        assert [step.node for step in record.path] == ["language", "main", "main"]

    def test_the_late_end_of_a_worker_that_hung_is_not_the_call_s(self, store: Store) -> None:
        store.journal.begin(call())
        second = full()
        store.journal.begin(second)
        store.journal.end(second, Outcome.AGENT, LATER)
        first = call(path=[Step("language", "1", 1.5)], goals=["info/news"], orders=["o3"])
        store.journal.end(first, Outcome.HUNG_UP, LATER + timedelta(seconds=60))
        record = only(store)
        assert (record.outcome, record.seconds) == ("agent", 90.0)
        assert record.path == tuple(second.path)
        assert record.goals == ("account/balance", "services/mms", "info/news")
        assert record.orders == ("o1", "o2", "o3")

    def test_a_call_that_never_began_cannot_end(self, store: Store) -> None:
        with pytest.raises(LookupError, match="c1"):
            store.journal.end(call(), Outcome.ENDED, LATER)

    def test_what_agents_did_is_kept_once(self, store: Store) -> None:
        store.journal.begin(call())
        store.journal.agent("c1", "connected", "agent1", NOW)
        store.journal.agent("c1", "connected", "agent1", LATER)
        (event,) = only(store).agents
        assert (event.event, event.agent, event.at) == ("connected", "agent1", NOW)

    def test_agents_may_get_a_call_that_no_line_took(self, store: Store) -> None:
        store.journal.agent("elsewhere", "abandoned", "", NOW)
        assert store.journal.newest(10) == []

    def test_calls_come_newest_first_and_since_a_time(self, store: Store) -> None:
        for minute in range(3):
            store.journal.begin(call(f"c{minute}", started=NOW + timedelta(minutes=minute)))
        assert [record.id for record in store.journal.newest(2)] == ["c2", "c1"]
        since = NOW + timedelta(minutes=1)
        assert [record.id for record in store.journal.newest(10, since)] == ["c2", "c1"]

    def test_more_calls_than_one_query_takes_are_listed(self, store: Store) -> None:
        for index in range(502):
            store.journal.begin(call(f"c{index}"))
        assert len(store.journal.newest(1000)) == 502

    def test_times_are_kept_in_utc_whatever_their_zone(self, store: Store) -> None:
        ashgabat = timezone(timedelta(hours=5))
        store.journal.begin(call(started=NOW.astimezone(ashgabat)))
        started = only(store).started
        assert started == NOW
        assert started.utcoffset() == timedelta(0)

    def test_a_time_without_a_zone_is_refused(self, store: Store) -> None:
        with pytest.raises(Exception, match="zone"):
            store.journal.begin(call(started=NOW.replace(tzinfo=None)))

    def test_the_journal_outlives_a_restart(
        self, store: Store, reopen: Callable[[], Store]
    ) -> None:
        store.journal.begin(call())
        store.close()
        assert only(reopen()).id == "c1"
