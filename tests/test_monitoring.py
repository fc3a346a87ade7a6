"""The dashboard and the alert rules ask for what there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from ivr import metrics
from ivr.domain.backlog import Backlog
from ivr.settings import PROJECT
from ivr.testing.clock import FixedClock
from ivr.web.figures import (
    LineState,
    asterisk_figures,
    backlog_figures,
    build_figures,
    care_figures,
    line_figures,
    machine_figures,
    queue_figures,
)
from ivr.web.health import BackgroundProbe

MONITORING = PROJECT / "docs" / "monitoring"
DASHBOARD = json.loads((MONITORING / "grafana-dashboard.json").read_text())
ALERTS = yaml.safe_load((MONITORING / "alerts.yaml").read_text())
SCRAPES = yaml.safe_load((MONITORING / "prometheus.yaml").read_text())["scrape_configs"]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
ROWS = ["Calls", "Speed", "Identification", "Orders", "Agents", "Machine", "Faxes"]
QUEUE = {"name": "agents", "waiting": 0, "longest_wait": 0, "available": 1, "busy": 0}
OF_PROMETHEUS = {"job", "instance", "process"}
"""Labels that Prometheus adds, the last by docs/monitoring/prometheus.yaml."""
GRAMMAR = {
    *("sum", "max", "min", "rate", "increase", "topk", "histogram_quantile"),
    *("by", "ignoring", "on", "and", "or"),
}
LISTS = re.compile(r"\b(?:by|ignoring|on) ?\(([^)]*)\)")
SELECTOR = re.compile(r"(\w+)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)(=~|!=|=)"([^"]*)"')
SPAN = re.compile(r"\[(\d+[smh]|\$__rate_interval)\]")
WORD = re.compile(r"\b[a-z_]\w*")


def exprs() -> Iterator[Any]:
    for panel in PANELS:
        for target in panel["targets"]:
            yield pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
    for rule in RULES:
        yield pytest.param(rule["expr"], id=rule["alert"])


@pytest.fixture(scope="module")
def known() -> Mapping[str, dict[str, set[str]]]:
    """Every name that can be asked for, with its labels and the values that these have now."""
    metrics.call_ended("ended", "tk", ["info/news"], 1.0)
    metrics.command("SET VARIABLE", 0.001)
    metrics.circuit("network", "closed")
    clock = FixedClock(datetime(2026, 11, 27, tzinfo=UTC))
    text = metrics.exposition(
        [
            build_figures("0"),
            line_figures(LineState(lambda: 0, dict), lambda: 1, 1),
            asterisk_figures(lambda: True),
            backlog_figures(BackgroundProbe(Backlog), clock),
            machine_figures(Path("/")),
            queue_figures(lambda: [SimpleNamespace(**QUEUE)]),
            care_figures(lambda: 1, lambda: {"line": 1, "agent": 1}, 1800.0),
        ]
    ).decode()
    found: dict[str, dict[str, set[str]]] = {"up": {}}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


@pytest.mark.parametrize("expr", list(exprs()))
def test_what_is_asked_for_is_counted(expr: str, known: Mapping[str, dict[str, set[str]]]) -> None:
    assert expr.count("(") == expr.count(")")
    asked = set()
    for name, matchers in SELECTOR.findall(expr):
        found = MATCHER.findall(matchers)
        assert ", ".join(f'{label}{how}"{value}"' for label, how, value in found) == matchers
        for label, _, value in found:
            assert label in known[name].keys() | OF_PROMETHEUS
            if label in known[name]:
                assert set(value.split("|")) <= known[name][label]
        asked.add(name)
    bare = SPAN.sub("", SELECTOR.sub(r"\1", expr))
    assert "[" not in bare
    rest = LISTS.sub("", bare)
    asked |= {word for word in WORD.findall(rest) if word not in GRAMMAR}
    assert asked
    assert asked <= known.keys()
    labels = {label for name in asked for label in known[name]} | OF_PROMETHEUS
    for listed in LISTS.findall(bare):
        assert {each.strip() for each in listed.split(",") if each.strip()} <= labels


def test_the_dashboard_can_be_imported() -> None:
    (source,) = DASHBOARD["templating"]["list"]
    assert (source["type"], source["query"]) == ("datasource", "prometheus")
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert [title.split(",")[0] for title in rows] == ROWS
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in PANELS:
        assert panel["datasource"]["uid"] == "${datasource}"
        assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])


def test_panels_do_not_lie_on_each_other() -> None:
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert all(x < 24 for x, _ in cells)


def test_no_panel_shows_one_thing_by_a_label_that_it_has_not() -> None:
    for panel in PANELS:
        for target in panel["targets"]:
            shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            listed = {
                each.strip() for part in LISTS.findall(target["expr"]) for each in part.split(",")
            }
            assert shown <= listed, panel["title"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert len(rule["annotations"]["summary"]) < 120
    assert len(rule["annotations"]["description"]) > 60
    assert "\n" not in rule["annotations"]["description"]


@pytest.mark.parametrize(
    "asked",
    [
        'ivr_messages_settled_total{state="failed"}',
        'ivr_messages_put_off_total{why="setting"}',
        "ivr_message_oldest_age_seconds",
    ],
)
def test_text_messages_that_do_not_go_are_told(asked: str) -> None:
    assert [rule["alert"] for rule in RULES if asked in rule["expr"]] != []


@pytest.mark.parametrize(
    ("asked", "alert"),
    [
        ("ivr_callbacks", "IvrManyCallbacks"),
        ("ivr_callback_oldest_age_seconds", "IvrOldCallback"),
        ("ivr_call_oldest_seconds", "IvrOldCall"),
        ("ivr_call_oldest_seconds", "IvrLongTalk"),
        ("ivr_call_bound_seconds", "IvrOldCall"),
        ("ivr_network_misunderstood_total", "IvrNetworkMisunderstood"),
    ],
)
def test_what_waits_too_long_or_is_not_understood_is_shown_and_rings(
    asked: str, alert: str
) -> None:
    (rule,) = (rule for rule in RULES if rule["alert"] == alert)
    assert asked in rule["expr"]
    shown = [target["expr"] for panel in PANELS for target in panel["targets"]]
    assert [expr for expr in shown if asked in expr] != []


def test_a_call_is_old_by_the_setting_and_not_by_a_number_of_ours() -> None:
    (figure,) = (
        metric
        for metric in care_figures(lambda: 0, lambda: {"line": 1900}, 1800.0).collect()
        if metric.name == "ivr_call_bound_seconds"
    )
    assert [sample.value for sample in figure.samples] == [1800.0]


@pytest.mark.parametrize(
    ("allowed", "bound", "fires"),
    [
        *((0, 500, True), (125, 500, True), (249, 500, True), (250, 500, False), (500, 500, False)),
        *((1, 4, True), (1, 1, False), (0, 0, False)),
    ],
)
def test_an_alert_tells_of_few_allowed_calls_whatever_calls_there_are(
    allowed: int, bound: int, fires: bool
) -> None:
    """It was calls divided by those that are allowed: 0 / 0 is no number, and fires nothing."""
    (rule,) = (rule for rule in RULES if rule["alert"] == "IvrFewCallsAllowed")
    names = {"ivr_calls_allowed": allowed, "ivr_calls_bound": bound}
    assert eval(rule["expr"], {}, names) is fires


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_no_alert_divides_by_the_allowed_calls_where_they_may_be_none(rule: dict[str, Any]) -> None:
    assert not re.search(r"/ *ivr_calls_allowed", rule["expr"])


def test_alerts_have_names_of_their_own() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))


def test_prometheus_is_told_of_every_process() -> None:
    (scrape,) = SCRAPES
    assert scrape["job_name"] == "ivr"
    processes = {each["labels"]["process"] for each in scrape["static_configs"]}
    assert processes == {"line", "orders", "messages", "desk"}
