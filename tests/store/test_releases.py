"""Releases as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from ivr.ports import StoredRelease
from ivr.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class TestReleases:
    def test_nothing_is_live_at_first(self, store: Store) -> None:
        assert store.releases.live() is None
        assert store.releases.get(1) is None
        assert store.releases.newest(5) == []

    def test_what_is_published_is_live_and_numbered(self, store: Store) -> None:
        assert store.releases.publish('{"flow": "ä"}', "editor", NOW) == 1
        assert store.releases.publish("{}", "editor", NOW) == 2
        assert store.releases.live() == 2
        assert store.releases.get(1) == StoredRelease(1, "editor", NOW, '{"flow": "ä"}')
        assert [release.number for release in store.releases.newest(5)] == [2, 1]

    def test_the_pointer_moves_back_and_is_audited(self, store: Store) -> None:
        store.releases.publish("{}", "editor", NOW)
        store.releases.publish("{}", "editor", NOW)
        assert store.releases.point(1, "chief", NOW)
        assert store.releases.live() == 1
        entry = store.audit.newest(1)[0]
        assert (entry.author, entry.action) == ("chief", "release.point 1")

    def test_the_pointer_does_not_move_to_nothing(self, store: Store) -> None:
        store.releases.publish("{}", "editor", NOW)
        assert not store.releases.point(7, "chief", NOW)
        assert store.releases.live() == 1

    def test_the_next_number_follows_the_newest_after_a_rollback(self, store: Store) -> None:
        store.releases.publish("{}", "editor", NOW)
        store.releases.publish("{}", "editor", NOW)
        store.releases.point(1, "chief", NOW)
        assert store.releases.publish("{}", "editor", NOW) == 3

    def test_publishing_at_once_gives_each_its_number(self, store: Store) -> None:
        def publish(_index: int) -> int:
            return store.releases.publish("{}", "editor", NOW)

        with ThreadPoolExecutor(6) as pool:
            assert sorted(pool.map(publish, range(6))) == [1, 2, 3, 4, 5, 6]

    def test_releases_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        store.releases.publish("{}", "editor", NOW)
        store.close()
        assert reopen().releases.live() == 1
