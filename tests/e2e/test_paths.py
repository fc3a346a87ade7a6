"""How far the goals are, in the voice that callers hear."""

from __future__ import annotations

from ivr.content.simulation.walking import all_goal_paths
from tests.e2e.line import RunningLine


def test_no_goal_is_further_than_a_minute(line: RunningLine) -> None:
    """By listening to every prompt to its end, with the identification by code word."""
    content = line.house.publishing.live()
    paths = all_goal_paths(content, line.prompts)
    assert {path.language for path in paths} == set(content.flow.languages)
    assert {(path.goal, path.language): path.seconds for path in paths if path.seconds > 60} == {}
