"""What anyone may hear: news, tariffs, prices, and an announcement before the menu."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from ivr.care.news import read_news
from ivr.domain.content import Announcement
from ivr.domain.values import Language
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.flow.document import Flow
from ivr.testing.acting import by
from ivr.testing.demo import Operator
from ivr.testing.dial import dial
from tests.flow.conftest import Ring

NEWS, TARIFFS, PRICES = "3 3 1", "3 3 2", "3 3 3"
WORDS = {language: f"words in {language}" for language in Language}


class TestNews:
    def test_the_newest_comes_first_and_the_next_by_itself(self, ring: Ring) -> None:
        call = ring(f"{NEWS} -")
        told = [key for key in call.keys if key.startswith("news.")]
        assert told == ["news.packages-by-telephone", "news.three-languages"]
        assert call.call.goals == ["info/news"]

    def test_hash_goes_on_and_nine_repeats(self, ring: Ring) -> None:
        assert "news.three-languages" in ring(f"{NEWS} #").keys
        again = ring("3 1 9", call_id="call-2").keys
        assert again.count("news.packages-by-telephone") == 2
        assert "news.three-languages" not in again

    def test_fixed_keys_leave(self, ring: Ring) -> None:
        assert ring(f"{NEWS} 0").call.node == "agent"
        assert ring("3 1 *", call_id="call-2").call.node == "info"
        assert ring("3 1 1", call_id="call-3").call.node == "main"

    def test_wrong_keys_are_said_to_be_so(self, ring: Ring) -> None:
        call = ring(f"{NEWS} 5 5 5")
        assert [key for key in call.keys if key.startswith("nomatch")] == [
            "nomatch.1",
            "nomatch.2",
            "nomatch.3",
        ]

    def test_what_has_ended_is_told_no_more(self, flow: Flow, operator: Operator) -> None:
        operator.clock.sleep(timedelta(days=100).total_seconds())
        call = dial(flow, operator.care, operator.clock, NEWS)
        assert [key for key in call.keys if key.startswith("news.")] == ["news.three-languages"]
        operator.clock.sleep(timedelta(days=400).total_seconds())
        later = dial(flow, operator.care, operator.clock, "3 1")
        assert "info.news.none" in later.keys

    @pytest.mark.parametrize(
        ("entry", "problem"),
        [
            ("- {id: a, since: 2026-01-02, until: 2026-01-01}", "'a' ends before it begins"),
            ("- {id: a, since: 2026-01-02}", "until"),
            ("- {id: a, since: soon, until: 2026-01-01}", "entry 1.since"),
            ("- {id: A B, since: 2026-01-02, until: 2026-01-03}", "entry 1.id"),
            (
                "- {id: a, since: 2026-01-02, until: 2026-01-03}\n"
                "- {id: a, since: 2026-01-02, until: 2026-01-03}",
                "'a' is given twice",
            ),
            ("- [", "line 1: the bracket [ or ] has no partner"),
        ],
    )
    def test_a_wrong_entry_is_named(self, tmp_path: Path, entry: str, problem: str) -> None:
        file = tmp_path / "news.yaml"
        file.write_text(entry, encoding="utf-8")
        with pytest.raises(Unusable, match="news"):
            read_news(file)
        with pytest.raises(Unusable) as refusal:
            read_news(file)
        assert problem in str(refusal.value)

    def test_an_empty_file_is_no_news(self, tmp_path: Path) -> None:
        file = tmp_path / "news.yaml"
        file.write_text("", encoding="utf-8")
        assert read_news(file) == ()

    def test_a_day_is_the_operators(self, operator: Operator) -> None:
        """19:00 in UTC is the next day in Ashgabat."""
        operator.clock.sleep(timedelta(hours=9).total_seconds())
        assert operator.clock.local().date() == date(2026, 11, 23)


def test_tariffs_are_told_with_their_prices(ring: Ring) -> None:
    call = ring(f"{TARIFFS} - - - -")
    assert "info.tariff tariff=tariff.oba fee=5.00" in call.heard
    assert "info.tariff tariff=tariff.biznes fee=60.00" in call.heard
    assert "tariff.duet.about" in call.keys
    assert call.keys[-2:] == ["info.tariffs.change", "after"]
    assert call.call.subscriber is None


def test_prices_are_those_of_the_catalogue(ring: Ring) -> None:
    heard = ring(f"{PRICES} {'- ' * 30}").heard
    assert any(words.startswith("info.price.free service=service.mms") for words in heard)
    assert any("service.international once=3.00" in words for words in heard)
    assert any("service.clir once=0.00 monthly=0.20" in words for words in heard)
    package = "info.package.megabytes service=service.internet-package volume=200 days=30"
    assert f"{package} price=10.00" in heard
    assert not any("service.hold" in words for words in heard)


class TestAnnouncement:
    def switch_on(self, operator: Operator, hours: float = 1) -> None:
        now = operator.clock.now()
        operator.announcements.set(
            *by("engineer"), Announcement(WORDS, now + timedelta(hours=hours)), now
        )
        operator.announcement_cache.refresh()

    def test_it_is_said_once_before_the_menu(self, ring: Ring, operator: Operator) -> None:
        self.switch_on(operator)
        call = ring("3 3 * 1 *")
        assert call.heard.count("announcement words=words in en") == 1
        assert call.keys.index("announcement") < call.keys.index("menu.main.account")

    def test_it_ends_by_itself(self, ring: Ring, operator: Operator) -> None:
        self.switch_on(operator)
        operator.clock.sleep(3600)
        assert "announcement" not in ring("3").keys

    def test_nothing_is_said_where_there_is_none(self, ring: Ring) -> None:
        assert "announcement" not in ring("3").keys

    def test_without_a_database_the_last_one_holds(self, ring: Ring, operator: Operator) -> None:
        self.switch_on(operator)

        def gone() -> None:
            raise TemporarilyUnavailable("database")

        operator.announcements.newest = gone  # type: ignore[method-assign]
        operator.announcement_cache.refresh()
        assert "announcement" in ring("3").keys
