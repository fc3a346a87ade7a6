"""What pruning of attempts keeps: in memory and in each database."""

from __future__ import annotations

from datetime import timedelta

from tests.contracts.attempts_contract import NOW, OTHER, OWN, counts, fail, match
from tests.contracts.records import Records

DAY = 24 * 60


class PruningContract:
    """What no rule needs goes; what locks a number stays. Derive, as above."""

    def prune(self, records: Records) -> int:
        now = NOW + timedelta(days=400)
        return records.attempts.prune(now - timedelta(days=30), now - timedelta(days=365))

    def test_matches_and_forgotten_failures_go_after_a_month(self, records: Records) -> None:
        fail(records)
        match(records)
        fail(records, 380 * DAY)
        assert self.prune(records) == 2
        assert counts(records, 380 * DAY).in_row == 1

    def test_a_failure_counts_for_a_year(self, records: Records) -> None:
        fail(records, 0)
        fail(records, 36 * DAY)
        fail(records, 399 * DAY, number=OTHER)
        assert self.prune(records) == 1
        assert counts(records).in_row == 1

    def test_what_holds_a_number_at_the_office_stays(self, records: Records) -> None:
        for index in range(20):
            fail(records, index, call=f"c{index}")
            fail(records, index, call=f"d{index}", number=OTHER, kind=OWN)
        fail(records, number=OTHER)
        fail(records, 399 * DAY, number=OTHER)
        assert self.prune(records) == 1
        assert counts(records).in_row == 20
        assert counts(records, number=OTHER, kind=OWN).in_row == 20

    def test_what_is_left_is_numbered_on(self, records: Records) -> None:
        last = match(records)
        self.prune(records)
        assert fail(records, 380 * DAY) > last
