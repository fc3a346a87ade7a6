"""Releases as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

from ivr.store import Store
from tests.contracts.releases_contract import NOW, ReleasesContract


class TestReleases(ReleasesContract):
    def test_the_pointer_moves_back_and_is_audited(self, store: Store) -> None:
        store.releases.publish("{}", "editor", NOW)
        store.releases.publish("{}", "editor", NOW)
        assert store.releases.point(1, "chief", NOW)
        assert store.releases.live() == 1
        entry = store.audit.newest(1)[0]
        assert (entry.author, entry.action) == ("chief", "release.point 1")

    def test_releases_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        store.releases.publish("{}", "editor", NOW)
        store.close()
        assert reopen().releases.live() == 1
