"""What every RequestBook does: in memory and in each database."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.domain.actor import caller
from ivr.domain.callbacks import Bound
from ivr.domain.requests import NoRequest, Request
from ivr.domain.values import Language, Msisdn
from ivr.errors import KeyTaken
from ivr.ports.requests import RequestRepository
from tests.contracts.records import NUMBER, Records

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
NUMBERS = (NUMBER, Msisdn("99366300891"))


AMPLE = Bound(NOW - timedelta(days=1), 100, 100)


def asked(reference: str = "c1:1", at: datetime = NOW, party: Msisdn | None = None) -> Request:
    call = reference.partition(":")[0]
    return Request(
        reference,
        "merge-accounts",
        NUMBERS,
        None,
        Language.RUSSIAN,
        at,
        party=party,
        actor=caller(call),
    )


def write(repository: RequestRepository, request: Request) -> Request:
    written = repository.write(request, AMPLE, 100)
    assert isinstance(written, Request)
    return written


class RequestsContract:
    """Derive, and give a fixture ``records``."""

    def test_a_request_is_numbered_and_read_as_it_was_written(self, records: Records) -> None:
        first = write(records.requests, asked())
        second = write(
            records.requests, dataclasses.replace(asked("c1:2"), asker=NUMBER, language=None)
        )
        assert second.number == first.number + 1
        assert first == dataclasses.replace(asked(), number=first.number)
        assert records.requests.newest(5) == [second, first]

    def test_the_same_reference_is_written_once(self, records: Records) -> None:
        first = write(records.requests, asked())
        again = dataclasses.replace(asked(), kind="split-account", at=LATER)
        assert write(records.requests, again) == first

    def test_it_is_found_by_its_reference(self, records: Records) -> None:
        first = write(records.requests, asked())
        write(records.requests, asked("c1:2"))
        assert records.requests.find("c1:1") == first
        assert records.requests.find("c1:3") is None

    def test_those_without_a_ticket_wait(self, records: Records) -> None:
        first, second = (write(records.requests, asked(f"c1:{step}")) for step in (1, 2))
        assert records.requests.unsent(NOW, 5) == [first, second]
        assert records.requests.unsent(NOW, 1) == [first]
        assert records.requests.unsent(NOW - timedelta(seconds=1), 5) == []
        records.requests.sent(first.number, "T-1")
        records.requests.sent(first.number, "T-2")
        assert records.requests.unsent(LATER, 5) == [second]
        assert records.requests.newest(5)[1].ticket == "T-1"

    def test_one_that_was_tried_waits_longer(self, records: Records) -> None:
        first = write(records.requests, asked())
        records.requests.tried(first.number, LATER)
        assert records.requests.unsent(LATER - timedelta(seconds=1), 5) == []
        (again,) = records.requests.unsent(LATER, 5)
        assert (again.tries, again.tried) == (1, LATER)

    def test_a_call_leaves_so_many_and_the_same_one_again(self, records: Records) -> None:
        repository = records.requests
        first, _ = (write(repository, asked(f"c1:{step}")) for step in (1, 2))
        assert repository.write(asked("c1:3"), AMPLE, 2) is NoRequest.IN_CALL
        assert repository.room(caller("c1"), None, AMPLE, 2) is NoRequest.IN_CALL
        assert repository.write(asked("c1:1"), AMPLE, 2) == first
        assert repository.room(caller("c2"), None, AMPLE, 2) is None

    def test_a_party_leaves_so_many_a_day_over_all_calls(self, records: Records) -> None:
        repository, bound = records.requests, Bound(NOW - timedelta(days=1), 2, 1)
        for call in ("old", "c1", "c2"):
            at = NOW - timedelta(days=1) if call == "old" else NOW
            assert isinstance(repository.write(asked(f"{call}:1", at, NUMBER), bound, 3), Request)
        assert repository.write(asked("c3:1", NOW, NUMBER), bound, 3) is NoRequest.MANY
        assert repository.room(caller("c3"), NUMBER, bound, 3) is NoRequest.MANY
        assert repository.room(caller("c3"), NUMBERS[1], bound, 3) is None

    def test_unknown_callers_share_one_bound(self, records: Records) -> None:
        repository, bound = records.requests, Bound(NOW - timedelta(days=1), 9, 1)
        assert isinstance(repository.write(asked("c1:1"), bound, 3), Request)
        assert repository.write(asked("c2:1"), bound, 3) is NoRequest.MANY
        assert isinstance(repository.write(asked("c2:1", NOW, NUMBER), bound, 3), Request)

    def test_many_at_once_keep_the_bound(self, records: Records) -> None:
        bound = Bound(NOW - timedelta(days=1), 3, 3)

        def leave(index: int) -> Request | NoRequest:
            return records.requests.write(asked(f"c{index}:1", NOW, NUMBER), bound, 3)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(leave, range(8)))
        assert answers.count(NoRequest.MANY) == 5
        assert len(records.requests.newest(9)) == 3

    def test_what_is_done_and_old_is_forgotten(self, records: Records) -> None:
        old, open_one, fresh = (
            write(records.requests, asked(f"c{index}:1", at))
            for index, at in enumerate((NOW, NOW, LATER))
        )
        for done in (old, fresh):
            records.requests.sent(done.number, "T-1")
        assert records.requests.forget(LATER) == 1
        assert [each.number for each in records.requests.newest(9)] == [
            fresh.number,
            open_one.number,
        ]

    def test_one_worker_has_a_request_in_hand(self, records: Records) -> None:
        repository, end = records.requests, LATER + timedelta(seconds=60)
        left = write(repository, asked())
        assert repository.claim(left, LATER, end)
        assert not repository.claim(left, end - timedelta(seconds=1), end)
        assert repository.claim(left, end, end + timedelta(seconds=60)), "the first worker has died"
        repository.tried(left.number, end)
        assert not repository.claim(left, end, end), "it was tried since it was read"
        (again,) = repository.unsent(end, 5)
        assert repository.claim(again, end, end + timedelta(seconds=60))
        repository.sent(left.number, "T-1")
        assert not repository.claim(again, end + timedelta(hours=1), end + timedelta(hours=2))

    @pytest.mark.parametrize(
        "change",
        [
            {"numbers": (NUMBER, Msisdn("99361000000"))},
            {"asker": Msisdn("99361000000")},
            {"numbers": (NUMBERS[0],)},
        ],
        ids=["another number", "another caller", "fewer numbers"],
    )
    def test_a_reference_of_another_s_request_is_no_request_of_this_one(
        self, records: Records, change: dict[str, Any]
    ) -> None:
        first = write(records.requests, asked())
        with pytest.raises(KeyTaken):
            write(records.requests, dataclasses.replace(asked(), **change))
        assert records.requests.newest(5) == [first]
