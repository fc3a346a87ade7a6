"""The words of the live release, for what is written outside of calls."""

from __future__ import annotations

import json

import pytest

from ivr.content.live import Live
from ivr.content.model import Document
from ivr.domain.dialogue import Value
from ivr.domain.values import Language
from ivr.errors import FlowBroken, Unusable
from ivr.ports.dialogue import TextSource
from ivr.testing.acting import by
from ivr.testing.clock import FixedClock
from ivr.testing.content import MemoryReleases

NOW = FixedClock().now()


class Named:
    """Texts that say which release they are of."""

    def __init__(self, parts: Document) -> None:
        self.name = str(parts["name"])

    def write(self, language: Language, key: str, **values: Value) -> str:
        return self.name


def said(wording: TextSource) -> str:
    return wording.write(Language.TURKMEN, "any")


def test_before_the_first_release_there_are_none() -> None:
    with pytest.raises(Unusable, match="ivr flow publish"):
        Live(MemoryReleases(), Named).now()


def test_they_follow_the_live_release_forward_and_back() -> None:
    releases = MemoryReleases()
    live = Live(releases, Named)
    for name in ("first", "second"):
        releases.publish(*by("editor"), json.dumps({"name": name}), NOW)
        assert said(live.now()) == name
    releases.point(*by("chief"), 1, NOW)
    assert said(live.now()) == "first"


def test_they_are_read_once_a_release() -> None:
    releases = MemoryReleases()
    releases.publish(*by("editor"), '{"name": "first"}', NOW)
    live = Live(releases, Named)
    assert live.now() is live.now()


@pytest.mark.parametrize("document", ["", "[]", "{}", "null"])
def test_a_damaged_release_is_told(document: str) -> None:
    releases = MemoryReleases()
    releases.publish(*by("editor"), document, NOW)
    with pytest.raises(FlowBroken, match="release 1 is damaged"):
        Live(releases, Named).now()
