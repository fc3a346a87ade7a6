"""Releases as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

from ivr.domain.audit import Tag
from ivr.store import Store
from ivr.testing.acting import by
from tests.contracts.releases_contract import NOW, ReleasesContract


class TestReleases(ReleasesContract):
    def test_the_pointer_moves_back_and_is_audited(self, store: Store) -> None:
        store.releases.publish(*by("editor"), "{}", NOW)
        store.releases.publish(*by("editor"), "{}", NOW)
        assert store.releases.point(*by("chief"), 1, NOW)
        assert store.releases.live() == 1
        entry = store.audit.newest(1)[0]
        assert (entry.author, entry.action) == ("operator chief", Tag.RELEASE_POINT)
        assert (entry.before, entry.after) == ({"live": 2}, {"live": 1})

    def test_releases_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        store.releases.publish(*by("editor"), "{}", NOW)
        store.close()
        assert reopen().releases.live() == 1
