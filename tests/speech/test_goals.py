"""How far the goals are, in the voice that callers hear."""

from __future__ import annotations

from ivr.flow.document import read_flow
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts
from ivr.testing.walking import all_goal_paths
from tests.speech.conftest import PROMPTS, NotingVoice


def test_no_goal_is_further_than_a_minute(
    texts: Texts, shipped: tuple[Library, Manifest], voice: NotingVoice
) -> None:
    """By listening to every prompt to its end, with the identification by code word."""
    library, manifest = shipped
    flow = read_flow(PROMPTS / "0890.yaml")
    paths = all_goal_paths(flow, SpokenPrompts(texts, manifest, library, voice))
    assert {path.language for path in paths} == set(flow.languages)
    assert {(path.goal, path.language): path.seconds for path in paths if path.seconds > 60} == {}
