"""How far the goals are, in the voice that callers hear."""

from __future__ import annotations

from ivr.content.folder import ContentFolder
from ivr.content.simulation.walking import all_goal_paths
from ivr.settings import PROJECT
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts
from tests.speech.conftest import NotingVoice


def test_no_goal_is_further_than_a_minute(
    texts: Texts, shipped: tuple[Library, Manifest], voice: NotingVoice
) -> None:
    """By listening to every prompt to its end, with the identification by code word."""
    library, manifest = shipped
    content = ContentFolder.at(PROJECT).read()
    paths = all_goal_paths(content, SpokenPrompts(texts, manifest, library, voice))
    assert {path.language for path in paths} == set(content.flow.languages)
    assert {(path.goal, path.language): path.seconds for path in paths if path.seconds > 60} == {}
