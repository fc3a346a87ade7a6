"""What every RequestBook does: in memory and in each database."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

from ivr.ports import Request
from ivr.values import Language, Msisdn
from tests.contracts.records import NUMBER, Records

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
NUMBERS = (NUMBER, Msisdn("99366300890"))


def asked(reference: str = "c1:1", at: datetime = NOW) -> Request:
    return Request(reference, "merge-accounts", NUMBERS, None, Language.RUSSIAN, at)


class RequestsContract:
    """Derive, and give a fixture ``records``."""

    def test_a_request_is_numbered_and_read_as_it_was_written(self, records: Records) -> None:
        first = records.requests.write(asked())
        second = records.requests.write(
            dataclasses.replace(asked("c1:2"), asker=NUMBER, language=None)
        )
        assert second.number == first.number + 1
        assert first == dataclasses.replace(asked(), number=first.number)
        assert records.requests.newest(5) == [second, first]

    def test_the_same_reference_is_written_once(self, records: Records) -> None:
        first = records.requests.write(asked())
        again = dataclasses.replace(asked(), kind="split-account", at=LATER)
        assert records.requests.write(again) == first

    def test_it_is_found_by_its_reference(self, records: Records) -> None:
        first = records.requests.write(asked())
        records.requests.write(asked("c1:2"))
        assert records.requests.find("c1:1") == first
        assert records.requests.find("c1:3") is None

    def test_those_without_a_ticket_wait(self, records: Records) -> None:
        first, second = (records.requests.write(asked(f"c1:{step}")) for step in (1, 2))
        assert records.requests.unsent(NOW, 5) == [first, second]
        assert records.requests.unsent(NOW, 1) == [first]
        assert records.requests.unsent(NOW - timedelta(seconds=1), 5) == []
        records.requests.sent(first.number, "T-1")
        records.requests.sent(first.number, "T-2")
        assert records.requests.unsent(LATER, 5) == [second]
        assert records.requests.newest(5)[1].ticket == "T-1"

    def test_one_that_was_tried_waits_longer(self, records: Records) -> None:
        first = records.requests.write(asked())
        records.requests.tried(first.number, LATER)
        assert records.requests.unsent(LATER - timedelta(seconds=1), 5) == []
        (again,) = records.requests.unsent(LATER, 5)
        assert (again.tries, again.tried) == (1, LATER)
