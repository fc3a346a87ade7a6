"""Health and metrics of a line that runs: a call moves them, an outage is named, nobody is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest

from ivr.domain.values import Language
from tests.e2e.installation import short_folder
from tests.e2e.line import KEY_OF, RunningLine, running_line
from tests.metrics.exposed import Sample, names, samples, value
from tests.postgres import running
from tests.waiting import until

PROMISED = frozenset(
    {
        "ivr_calls_total",
        "ivr_calls_in_progress",
        "ivr_calls_allowed",
        "ivr_calls_refused_total",
        "ivr_calls_resumed_total",
        "ivr_call_seconds_bucket",
        "ivr_goals_total",
        "ivr_key_to_prompt_seconds_bucket",
        "ivr_agi_commands_total",
        "ivr_agi_command_seconds_bucket",
        "ivr_identification_total",
        "ivr_queue_waiting",
        "ivr_queue_longest_wait_seconds",
        "ivr_agents",
        "ivr_orders",
        "ivr_orders_placed_total",
        "ivr_orders_settled_total",
        "ivr_order_oldest_age_seconds",
        "ivr_messages",
        "ivr_messages_settled_total",
        "ivr_message_oldest_age_seconds",
        "ivr_requests_waiting",
        "ivr_workers",
        "ivr_worker_restarts_total",
        "ivr_asterisk_linked",
        "ivr_network_circuit",
        "ivr_database_available",
        "ivr_database_pool_in_use",
        "ivr_database_pool_size",
        "ivr_process_cpu_seconds_total",
        "ivr_process_resident_bytes",
        "ivr_process_threads",
        "ivr_process_open_files",
        "ivr_machine_cpu_seconds_total",
        "ivr_home_free_bytes",
        "ivr_build_info",
    }
)


def get(line: RunningLine, path: str) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.get(f"http://{line.settings.health_bind}{path}")


def figures(line: RunningLine) -> dict[Sample, float]:
    answer = get(line, "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return samples(answer.text)


def test_a_line_that_runs_is_live_and_ready(line: RunningLine) -> None:
    assert get(line, "/health/live").json() == {"status": "live"}
    ready = get(line, "/health/ready")
    assert ready.status_code == 200
    assert set(ready.json()["parts"]) == {"workers", "calls", "database", "asterisk"}


def test_a_call_moves_what_is_counted(line: RunningLine, language: Language) -> None:
    before = figures(line)
    with line.call(line.subscriber()) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#")
        caller.proves()
        caller.press("1")
        caller.hears("after", 40)
        assert value(figures(line), "ivr_calls_in_progress") >= 1
    ended = {"outcome": "hung-up", "language": language.value}

    def rise(name: str, **labels: str) -> float:
        return value(figures(line), name, **labels) - value(before, name, **labels)

    until(lambda: rise("ivr_calls_total", **ended) >= 1)
    assert rise("ivr_call_seconds_count") >= 1
    assert rise("ivr_goals_total", goal="account/balance") >= 1
    assert rise("ivr_identification_total", means="codeword", verdict="match") >= 1
    for after in ("key", "entry", "secret"):
        assert rise("ivr_key_to_prompt_seconds_count", after=after) >= 1
    played = sum(
        rise("ivr_agi_commands_total", command=command) for command in ("STREAM FILE", "GET OPTION")
    )
    assert played >= 3
    with line.call(line.number()) as caller:
        caller.press(f"{KEY_OF[language]}0")
        until(lambda: rise("ivr_agi_command_seconds_count", command="SET VARIABLE") >= 1)


def test_every_promised_name_is_there_and_none_names_anybody(line: RunningLine) -> None:
    with line.call(line.subscriber()) as caller:
        caller.language = Language.ENGLISH
        caller.press("31#")
        caller.proves()
        caller.press("1")
        caller.hears("after", 40)
    until(lambda: value(figures(line), "ivr_goals_total", goal="account/balance") >= 1)
    found = figures(line)
    assert names(found) >= PROMISED
    labels = {
        f"{label}={text}"
        for _, pairs in found
        for label, text in pairs
        if label not in ("le", "version")
    }
    assert [each for each in labels if re.search(r"\d", each)] == []


@pytest.mark.nightly
@pytest.mark.timeout(240)
def test_a_database_that_is_away_is_named_and_menus_are_ready() -> None:
    folder: Path = short_folder()
    with (
        running() as server,
        running_line(folder / "home", database_url=server.url(server.create())) as line,
    ):
        assert get(line, "/health/ready").json()["status"] == "ready"
        server.stop()
        ready = get(line, "/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert ready.json()["parts"]["database"] == {"well": False, "detail": "does not answer"}
        found = figures(line)
        assert found["ivr_database_available", ()] == 0
        assert "ivr_orders" not in names(found)
        assert value(found, "ivr_workers", state="serving") == 1
        server.start()
        until(lambda: figures(line)["ivr_database_available", ()] == 1)
        assert "ivr_orders" in names(figures(line))
    shutil.rmtree(folder)
