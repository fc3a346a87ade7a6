"""The record of calls as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ivr.domain.call import Call, CallOutcome, IdentificationMethod, Step
from ivr.domain.values import Language, Msisdn
from ivr.ports.journal import Journal
from ivr.store import Store
from ivr.store.journal import Record, StoredJournal
from ivr.store.snapshots import SnapshotWriter
from ivr.store.writer import JournalWriter

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SECONDS = 10.0
LATER = NOW + timedelta(seconds=90)


def call(id: str = "c1", **fields: Any) -> Call:
    return Call(**{"id": id, "dialled": "0890", "started": NOW, **fields})


def full() -> Call:
    return call(
        release=3,
        caller=Msisdn("99361000000"),
        language=Language.TURKMEN,
        subscriber=Msisdn("99365123456"),
        means=IdentificationMethod.CODEWORD,
        node="main",
        path=[Step("language", "1", 1.5), Step("main", "2", 4.0), Step("main", "2", 9.0)],
        goals=["account/balance", "services/mms"],
        identification=["codeword:no-match", "codeword:match"],
        orders=["o1", "o2"],
        reason="asked",
    )


@dataclass
class Book:
    """The journal as two workers write it, at once or behind, and as people read it."""

    store: Store
    first: Journal
    second: Journal

    def newest(self, most: int, since: datetime | None = None) -> Sequence[Record]:
        for writer in (self.first, self.second):
            if isinstance(writer, JournalWriter):
                writer.close(SECONDS)
        return self.store.journal.newest(most, since)

    def only(self) -> Record:
        (record,) = self.newest(10)
        return record


@pytest.fixture(params=["at once", "behind"])
def repository(request: pytest.FixtureRequest, store: Store) -> Book:
    def writer() -> Journal:
        if request.param == "at once":
            return StoredJournal(store.database)
        return JournalWriter(store.journal, store.callers)

    return Book(store, writer(), writer())


class TestJournal:
    def test_a_call_that_began_is_there_without_an_end(self, repository: Book) -> None:
        repository.first.begin(call())
        record = repository.only()
        assert (record.started, record.ended, record.outcome) == (NOW, None, None)
        assert record.seconds is None

    def test_a_call_that_ended_is_there_with_all_that_happened(self, repository: Book) -> None:
        made = full()
        repository.first.begin(call())
        repository.first.end(made, CallOutcome.AGENT, LATER)
        record = repository.only()
        assert record.path == tuple(made.path)
        assert record.goals == ("account/balance", "services/mms")
        assert record.identification == ("codeword:no-match", "codeword:match")
        assert record.orders == ("o1", "o2")
        assert (record.outcome, record.reason, record.seconds) == ("agent", "asked", 90.0)
        assert (record.language, record.means, record.release) == ("tk", "codeword", 3)
        assert (record.caller, record.subscriber) == ("99361000000", "99365123456")

    def test_the_same_end_twice_changes_nothing(self, repository: Book) -> None:
        """As when the answer to a commit was lost."""
        repository.first.begin(call())
        repository.first.end(full(), CallOutcome.ENDED, LATER)
        first = repository.only()
        repository.first.end(full(), CallOutcome.ENDED, LATER)
        assert repository.only() == first

    @pytest.mark.parametrize("order", ["AaBb", "ABab", "ABba", "BAab", "BAba", "BbAa"])
    def test_a_call_taken_up_again_goes_on_in_one_record(self, store: Store, order: str) -> None:
        """Begins and ends of two workers, in whichever order they are written."""
        first, second = SnapshotWriter(), SnapshotWriter()
        again = call(started=LATER)
        pages = {"A": first.begin(call()), "a": first.end(full(), CallOutcome.FAILED, LATER)}
        pages["B"] = second.begin(again)
        again.path = [Step("services", "1", 2.0)]
        again.goals = ["services/mms", "agent"]
        again.identification = ["passport:match"]
        pages["b"] = second.end(again, CallOutcome.ENDED, LATER + timedelta(seconds=10))
        for name in order:
            store.journal.write([pages[name]])
        (record,) = store.journal.newest(10)
        assert [step.node for step in record.path] == ["language", "main", "main", "services"]
        assert record.path[-1].at == 92.0
        assert record.goals == ("account/balance", "services/mms", "agent")
        assert record.identification == (
            "codeword:no-match",
            "codeword:match",
            "passport:match",
        )
        assert (record.outcome, record.started, record.seconds) == ("ended", NOW, 100.0)

    def test_a_call_that_was_taken_up_again_is_in_progress(self, repository: Book) -> None:
        repository.first.begin(call())
        repository.first.end(full(), CallOutcome.FAILED, LATER)
        repository.second.begin(call(started=LATER))
        record = repository.only()
        assert (record.outcome, record.ended, len(record.path)) == (None, None, 3)

    @pytest.mark.parametrize("is_lost", [False, True])
    def test_what_was_brought_along_is_not_written_twice(
        self, repository: Book, is_lost: bool
    ) -> None:
        """It stands in for what a worker that was killed could not write."""
        if not is_lost:
            repository.first.begin(call())
            repository.first.end(full(), CallOutcome.FAILED, LATER)
        brought = full()
        brought.started = LATER
        repository.second.begin(brought)
        brought.identification.append("passport:match")
        brought.goals.append("agent")
        repository.second.end(brought, CallOutcome.ENDED, LATER)
        record = repository.only()
        assert record.path == tuple(full().path) or is_lost
        assert [step.node for step in record.path] == ["language", "main", "main"]
        assert record.identification == (*full().identification, "passport:match")
        assert record.goals == ("account/balance", "services/mms", "agent")

    def test_a_call_whose_begin_was_lost_is_there(self, repository: Book) -> None:
        repository.first.end(full(), CallOutcome.ENDED, LATER)
        assert (repository.only().started, repository.only().outcome) == (NOW, "ended")

    def test_what_a_killed_worker_had_reached_is_there_once(self, repository: Book) -> None:
        """It wrote no end; the next one brings along what the call's place kept."""
        repository.first.begin(call())
        brought = full()
        brought.started, brought.path = LATER, []
        repository.second.begin(brought)
        brought.path = [Step("services", "1", 2.0)]
        brought.goals.append("agent")
        brought.orders.append("o3")
        brought.identification.append("passport:match")
        repository.second.end(brought, CallOutcome.AGENT, LATER)
        record = repository.only()
        assert record.goals == ("account/balance", "services/mms", "agent")
        assert record.orders == ("o1", "o2", "o3")
        assert record.identification == (*full().identification, "passport:match")
        assert record.path == (Step("services", "1", 92.0),)

    def test_what_both_workers_know_is_not_written_twice(self, repository: Book) -> None:
        repository.first.begin(call())
        repository.first.end(full(), CallOutcome.FAILED, LATER)
        brought = full()
        brought.started, brought.path, brought.identification = LATER, [], ["codeword:match"]
        repository.second.begin(brought)
        brought.identification.append("passport:match")
        repository.second.end(brought, CallOutcome.ENDED, LATER)
        record = repository.only()
        assert record.goals == ("account/balance", "services/mms")
        assert record.orders == ("o1", "o2")
        assert record.identification == (*full().identification, "passport:match")
        assert [step.node for step in record.path] == ["language", "main", "main"]

    def test_the_late_end_of_a_worker_that_hung_is_not_the_call_s(self, repository: Book) -> None:
        repository.first.begin(call())
        second = full()
        second.started = LATER
        repository.second.begin(second)
        repository.second.end(second, CallOutcome.AGENT, LATER)
        first = call(path=[Step("language", "1", 1.5)], goals=["info/news"], orders=["o3"])
        repository.first.end(first, CallOutcome.HUNG_UP, LATER + timedelta(seconds=60))
        record = repository.only()
        assert (record.outcome, record.seconds) == ("agent", 90.0)
        assert record.goals == ("info/news", "account/balance", "services/mms")
        assert record.orders == ("o3", "o1", "o2")

    def test_what_agents_did_is_kept_once(self, repository: Book) -> None:
        repository.first.begin(call())
        repository.first.agent("c1", "connected", "agent1", NOW)
        repository.first.agent("c1", "connected", "agent1", LATER)
        (event,) = repository.only().agents
        assert (event.event, event.agent, event.at) == ("connected", "agent1", NOW)

    def test_agents_may_get_a_call_that_no_line_took(self, repository: Book) -> None:
        repository.first.agent("elsewhere", "abandoned", "", NOW)
        assert repository.newest(10) == []

    def test_calls_come_newest_first_and_since_a_time(self, repository: Book) -> None:
        for minute in range(3):
            repository.first.begin(call(f"c{minute}", started=NOW + timedelta(minutes=minute)))
        assert [record.id for record in repository.newest(2)] == ["c2", "c1"]
        since = NOW + timedelta(minutes=1)
        assert [record.id for record in repository.newest(10, since)] == ["c2", "c1"]

    def test_more_calls_than_one_query_takes_are_listed(self, repository: Book) -> None:
        for index in range(502):
            repository.first.begin(call(f"c{index}"))
        assert len(repository.newest(1000)) == 502

    def test_times_are_kept_in_utc_whatever_their_zone(self, repository: Book) -> None:
        ashgabat = timezone(timedelta(hours=5))
        repository.first.begin(call(started=NOW.astimezone(ashgabat)))
        started = repository.only().started
        assert started == NOW
        assert started.utcoffset() == timedelta(0)

    def test_a_time_without_a_zone_is_refused(self, repository: Book) -> None:
        with pytest.raises(Exception, match="zone"):
            repository.first.begin(call(started=NOW.replace(tzinfo=None)))

    def test_the_journal_outlives_a_restart(
        self, repository: Book, reopen: Callable[[], Store]
    ) -> None:
        repository.first.begin(call())
        assert repository.only().id == "c1"
        repository.store.close()
        (record,) = reopen().journal.newest(10)
        assert record.id == "c1"
