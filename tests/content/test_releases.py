"""Releases in memory: followed by the pointer; a broken one leaves the old one serving."""

from __future__ import annotations

import json

import pytest

from ivr.content.folder import ContentFolder
from ivr.content.model import Document, read_document
from ivr.content.releases import KEPT, ReleaseCache
from ivr.domain.values import Language
from ivr.errors import FlowBroken, TemporarilyUnavailable, Unusable
from ivr.flow.document import Flow, read_flow
from ivr.ports.care import Care
from ivr.ports.dialogue import Prompts
from ivr.settings import PROJECT
from ivr.testing.acting import by
from ivr.testing.clock import FixedClock
from ivr.testing.content import MemoryReleases
from ivr.testing.demo import demo_operator
from ivr.testing.prompts import EchoPrompts

CLOCK = FixedClock()
NOTHING: dict[str, dict[str, str]] = {language: {} for language in Language}
OWN = ContentFolder.at(PROJECT)


class Texts(EchoPrompts):
    """Prompts that know of which parts they were made."""

    def __init__(self, parts: Document) -> None:
        if parts.get("broken"):
            raise FlowBroken("a recording is damaged")
        self.parts = parts


def made(document: Document, source: str) -> tuple[Flow, Prompts, Care]:
    flow = read_document(document, OWN.read, source).flow
    return flow, Texts(document), demo_operator().care


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read_flow(PROJECT / "prompts" / "0890.yaml")


@pytest.fixture
def releases() -> MemoryReleases:
    return MemoryReleases()


@pytest.fixture
def release_cache(releases: MemoryReleases) -> ReleaseCache:
    return ReleaseCache(releases, made)


def put(releases: MemoryReleases, flow: Flow, word: str, *, broken: bool = False) -> int:
    speech = {"texts": {"words": NOTHING, "lexicon": NOTHING}}
    document = {"flow": flow.model_dump(mode="json"), "speech": speech, "word": word}
    text = json.dumps(document | ({"broken": True} if broken else {}))
    return releases.publish(*by("editor"), text, CLOCK.now())


def word(release_cache: ReleaseCache, number: int | None = None) -> object:
    release = release_cache.live() if number is None else release_cache.get(number)
    assert isinstance(release.prompts, Texts)
    return release.prompts.parts["word"]


class TestShelf:
    def test_nothing_published_says_what_to_do(self, release_cache: ReleaseCache) -> None:
        with pytest.raises(Unusable, match="run `ivr flow publish`"):
            release_cache.live()

    def test_gives_the_flow_as_it_was_published(
        self, releases: MemoryReleases, release_cache: ReleaseCache, flow: Flow
    ) -> None:
        put(releases, flow, "one")
        assert release_cache.live().flow == flow

    def test_follows_the_pointer_only_when_asked_to(
        self, releases: MemoryReleases, release_cache: ReleaseCache, flow: Flow
    ) -> None:
        put(releases, flow, "one")
        assert word(release_cache) == "one"
        put(releases, flow, "two")
        assert word(release_cache) == "one"
        release_cache.refresh()
        assert word(release_cache) == "two"

    def test_a_roll_back_moves_the_pointer(
        self, releases: MemoryReleases, release_cache: ReleaseCache, flow: Flow
    ) -> None:
        put(releases, flow, "one")
        put(releases, flow, "two")
        assert word(release_cache) == "two"
        assert releases.point(*by("editor"), 1, CLOCK.now())
        release_cache.refresh()
        assert word(release_cache) == "one"

    def test_a_call_keeps_the_release_that_it_began_with(
        self, releases: MemoryReleases, release_cache: ReleaseCache, flow: Flow
    ) -> None:
        put(releases, flow, "one")
        begun = release_cache.live()
        put(releases, flow, "two")
        release_cache.refresh()
        assert release_cache.get(begun.number) is begun

    def test_another_worker_finds_the_release_of_a_call(
        self, releases: MemoryReleases, release_cache: ReleaseCache, flow: Flow
    ) -> None:
        put(releases, flow, "one")
        put(releases, flow, "two")
        assert word(release_cache, 1) == "one"

    def test_a_release_that_is_gone_is_replaced_by_the_live_one(
        self, releases: MemoryReleases, release_cache: ReleaseCache, flow: Flow
    ) -> None:
        put(releases, flow, "one")
        assert word(release_cache, 77) == "one"

    def test_one_that_does_not_load_leaves_the_old_one_serving(
        self, releases: MemoryReleases, release_cache: ReleaseCache, flow: Flow
    ) -> None:
        put(releases, flow, "one")
        assert word(release_cache) == "one"
        put(releases, flow, "two", broken=True)
        release_cache.refresh()
        assert word(release_cache) == "one"
        put(releases, flow, "three")
        release_cache.refresh()
        assert word(release_cache) == "three"

    @pytest.mark.parametrize(
        "document", ["", "[]", "{}", '{"flow": {}}', '{"flow": {}, "speech": {}}']
    )
    def test_a_damaged_first_one_is_told(
        self, releases: MemoryReleases, release_cache: ReleaseCache, document: str
    ) -> None:
        releases.publish(*by("editor"), document, CLOCK.now())
        with pytest.raises(FlowBroken, match="release 1"):
            release_cache.live()

    def test_a_database_that_is_away_leaves_the_old_one_serving(self, flow: Flow) -> None:
        class Away(MemoryReleases):
            away = False

            def live(self) -> int | None:
                if self.away:
                    raise TemporarilyUnavailable("database")
                return super().live()

        releases = Away()
        release_cache = ReleaseCache(releases, made)
        put(releases, flow, "one")
        assert word(release_cache) == "one"
        releases.away = True
        release_cache.refresh()
        assert word(release_cache) == "one"

    def test_only_so_many_are_kept_in_memory(
        self, releases: MemoryReleases, release_cache: ReleaseCache, flow: Flow
    ) -> None:
        for number in range(KEPT + 3):
            put(releases, flow, f"word {number}")
            release_cache.refresh()
        first = release_cache.get(1)
        assert first.number == 1
        assert len(release_cache._kept) == KEPT
