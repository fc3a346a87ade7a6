"""What every Releases does: in memory and in each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from ivr.domain.content import StoredRelease
from ivr.testing.acting import by
from tests.contracts.records import Records

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class ReleasesContract:
    """Derive, and give a fixture ``records``."""

    def test_nothing_is_live_at_first(self, records: Records) -> None:
        assert records.releases.live() is None
        assert records.releases.get(1) is None
        assert records.releases.newest(5) == []

    def test_what_is_published_is_live_and_numbered(self, records: Records) -> None:
        assert records.releases.publish(*by("editor"), '{"flow": "ä"}', NOW) == 1
        assert records.releases.publish(*by("editor"), "{}", NOW) == 2
        assert records.releases.live() == 2
        assert records.releases.get(1) == StoredRelease(1, "operator editor", NOW, '{"flow": "ä"}')
        assert [release.number for release in records.releases.newest(5)] == [2, 1]

    def test_the_pointer_does_not_move_to_nothing(self, records: Records) -> None:
        records.releases.publish(*by("editor"), "{}", NOW)
        assert not records.releases.point(*by("chief"), 7, NOW)
        assert records.releases.live() == 1

    def test_the_next_number_follows_the_newest_after_a_rollback(self, records: Records) -> None:
        records.releases.publish(*by("editor"), "{}", NOW)
        records.releases.publish(*by("editor"), "{}", NOW)
        records.releases.point(*by("chief"), 1, NOW)
        assert records.releases.publish(*by("editor"), "{}", NOW) == 3

    def test_publishing_at_once_gives_each_its_number(self, records: Records) -> None:
        def publish(_index: int) -> int:
            return records.releases.publish(*by("editor"), "{}", NOW)

        with ThreadPoolExecutor(6) as pool:
            assert sorted(pool.map(publish, range(6))) == [1, 2, 3, 4, 5, 6]
