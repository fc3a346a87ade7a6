"""Every path of the shipped flow, in every language."""

from __future__ import annotations

import pytest

from ivr.content.folder import ContentFolder
from ivr.content.model import Content
from ivr.content.simulation.walking import ANSWERS, all_goal_paths, walker
from ivr.flow.paths import every_path
from ivr.settings import PROJECT
from ivr.testing.prompts import EchoPrompts

GOALS = {
    *(f"account/{topic}" for topic in ("balance", "tariff", "services", "bill", "payments")),
    "account/invoice",
    *(f"services/{id}" for id in ("sms", "gprs", "mms", "clir", "clir-override")),
    *(f"services/{id}" for id in ("waiting", "conference", "international", "forwarding")),
    *(f"services/{id}" for id in ("internet-package", "sms-package")),
    *(f"info/{topic}" for topic in ("news", "tariffs", "services")),
    "number/suspend",
    "number/resume",
    "number/puk",
    "number/inactivity",
    "number/favourite",
    "number/discount",
    *(f"advice/{topic}" for topic in ("accounts", "payment", "vip", "roaming", "gudok")),
    *(f"advice/{topic}" for topic in ("handset-services", "handset-data", "bill-splitting")),
    "advice/finance",
    "agent",
}


@pytest.fixture(scope="module")
def content() -> Content:
    return ContentFolder.at(PROJECT).read()


def test_every_path_is_walked_and_none_is_a_dead_end(content: Content) -> None:
    walked = list(every_path(walker(content, EchoPrompts(), identified=False), ANSWERS))
    assert {w.call.language for w in walked} >= {"tk", "ru", "en"}
    for each in walked:
        ends = each.question is None and each.call.node in ("agent", "goodbye")
        assert ends or each.question is not None
    assert len(walked) > 300


def test_every_goal_is_reached_in_every_language(content: Content) -> None:
    found = all_goal_paths(content, EchoPrompts())
    assert {(path.goal, path.language) for path in found} == {
        (goal, language) for goal in GOALS for language in content.flow.languages
    }


def test_a_path_tells_its_keys_and_whether_it_needs_identification(content: Content) -> None:
    found = {(path.goal, path.language): path for path in all_goal_paths(content, EchoPrompts())}
    news = found["info/news", content.flow.languages[2]]
    assert news.steps == (("language", "3"), ("main", "3"), ("info", "1"))
    assert not news.needs_identification
    mms = found["services/mms", content.flow.languages[0]]
    assert [key for _, key in mms.steps] == ["1", "2", "1", "2", "1"]
    assert mms.needs_identification
