"""Health and metrics over real HTTP, of parts that are well, ill, or do not answer."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from ivr.domain.backlog import Backlog
from ivr.domain.messages import MessageState
from ivr.domain.orders import OrderState
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.settings import PROJECT
from ivr.testing.clock import FixedClock
from ivr.web.figures import (
    LineState,
    backlog_figures,
    line_figures,
    machine_figures,
    processor_seconds,
    queue_figures,
)
from ivr.web.health import BackgroundProbe, HealthCheck, Parts, health_app
from ivr.web.server import HttpServer
from tests.e2e.installation import free_port
from tests.metrics.exposed import names, samples, value
from tests.waiting import until

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
WELL = HealthCheck(True, "answers")
ILL = HealthCheck(False, "does not answer")


@contextmanager
def serving(parts: Parts = dict, *figures: object) -> Iterator[httpx.Client]:
    """A client of a running server."""
    port = free_port()
    app = health_app(parts, figures)  # type: ignore[arg-type]
    with (
        HttpServer(app, "127.0.0.1", port, "IVR_HEALTH_BIND"),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


def answers(backlog: Backlog) -> BackgroundProbe[Backlog]:
    return BackgroundProbe(lambda: backlog)


def away() -> Backlog:
    raise TemporarilyUnavailable("database")


class TestReady:
    @pytest.mark.parametrize(
        ("parts", "code", "status"),
        [
            ({"workers": replace(WELL, is_vital=True), "database": WELL}, 200, "ready"),
            ({"workers": replace(WELL, is_vital=True), "database": ILL}, 200, "degraded"),
            ({"workers": replace(ILL, is_vital=True), "database": WELL}, 503, "not ready"),
        ],
    )
    def test_it_is_not_ready_only_without_what_is_vital(
        self, parts: dict[str, HealthCheck], code: int, status: str
    ) -> None:
        with serving(lambda: parts) as client:
            answer = client.get("/health/ready")
            assert client.get("/health/live").status_code == 200
        assert (answer.status_code, answer.json()["status"]) == (code, status)
        assert answer.json()["parts"] == {
            name: {"well": part.is_well, "detail": part.detail} for name, part in parts.items()
        }

    def test_a_taken_port_is_named_with_its_setting(self) -> None:
        with serving() as client:
            second = HttpServer(
                health_app(dict), "127.0.0.1", client.base_url.port or 0, "IVR_HEALTH_BIND"
            )
            with pytest.raises(Unusable, match="set IVR_HEALTH_BIND to a free port"):
                second.start()


class TestContainers:
    @pytest.mark.parametrize(("is_well", "status"), [(True, 0), (False, 1)])
    def test_a_container_asks_whether_it_is_ready(self, is_well: bool, status: int) -> None:
        with serving(lambda: {"workers": HealthCheck(is_well, "", is_vital=True)}) as client:
            bind = str(client.base_url).removeprefix("http://").rstrip("/")
            ended = subprocess.run(
                [sys.executable, PROJECT / "db" / "healthy.py", "IVR_HEALTH_BIND"],
                env={"IVR_HEALTH_BIND": bind, "http_proxy": "http://127.0.0.1:1"},
                capture_output=True,
                check=False,
            )
        assert ended.returncode == status, ended.stderr


class TestBacklog:
    def test_what_waits_is_told_by_state_and_age(self) -> None:
        found = Backlog(
            orders={OrderState.ACKNOWLEDGED: 3, OrderState.IN_PROGRESS: 1},
            oldest_order=NOW - timedelta(minutes=12),
            messages={MessageState.WAITING: 2},
            oldest_message=NOW - timedelta(seconds=5),
            requests=7,
        )
        with serving(dict, backlog_figures(answers(found), FixedClock(NOW))) as client:
            now = samples(client.get("/metrics").text)
        assert value(now, "ivr_orders", state="acknowledged") == 3
        assert value(now, "ivr_orders", state="inProgress") == 1
        assert now["ivr_orders", (("state", "held"),)] == 0
        assert value(now, "ivr_order_oldest_age_seconds") == 720
        assert value(now, "ivr_messages", state="waiting") == 2
        assert value(now, "ivr_message_oldest_age_seconds") == 5
        assert value(now, "ivr_requests_waiting") == 7
        assert value(now, "ivr_database_available") == 1

    def test_without_a_database_it_is_left_out_and_the_rest_is_told(self) -> None:
        with serving(dict, backlog_figures(BackgroundProbe(away), FixedClock(NOW))) as client:
            now = samples(client.get("/metrics").text)
        assert now["ivr_database_available", ()] == 0
        assert "ivr_orders" not in names(now)
        assert "ivr_calls_total" in names(now)


class TestInTime:
    def test_one_that_does_not_answer_is_asked_by_one_thread_only(self) -> None:
        asked, answer = threading.Semaphore(0), threading.Event()

        def ask() -> str:
            asked.release()
            assert answer.wait(30)
            return "late"

        slow = BackgroundProbe(ask, 0.01)
        assert [slow.answer() for _ in range(5)] == [None] * 5
        assert asked.acquire(timeout=30)
        assert not asked.acquire(blocking=False)
        answer.set()
        until(lambda: slow.answer() == "late")

    def test_each_time_it_is_asked_anew(self) -> None:
        answered = iter(range(5))
        quick = BackgroundProbe(lambda: next(answered), 30)
        assert [quick.answer() for _ in range(3)] == [0, 1, 2]

    def test_what_is_not_available_has_no_answer(self) -> None:
        assert BackgroundProbe(away, 30).answer() is None

    def test_a_fault_is_not_hidden(self) -> None:
        with pytest.raises(ZeroDivisionError):
            BackgroundProbe(lambda: 1 // 0, 30).answer()


class TestLine:
    def test_calls_workers_and_restarts(self) -> None:
        state = LineState(lambda: 41, lambda: {"serving": 2, "draining": 1}, lambda: {"hung": 3})
        with serving(dict, line_figures(state, lambda: 250, 500)) as client:
            now = samples(client.get("/metrics").text)
        assert value(now, "ivr_calls_in_progress") == 41
        assert value(now, "ivr_calls_allowed") == 250
        assert value(now, "ivr_calls_bound") == 500
        assert value(now, "ivr_workers", state="serving") == 2
        assert now["ivr_workers", (("state", "starting"),)] == 0
        assert value(now, "ivr_worker_restarts_total", reason="hung") == 3
        assert now["ivr_worker_restarts_total", (("reason", "killed"),)] == 0


class TestQueues:
    def test_who_waits_and_who_is_there(self) -> None:
        queue = SimpleNamespace(
            name="agents-tariffs-tk", waiting=3, longest_wait=41, available=1, busy=2
        )
        with serving(dict, queue_figures(lambda: [queue])) as client:
            now = samples(client.get("/metrics").text)
        assert value(now, "ivr_queue_waiting", queue=queue.name) == 3
        assert value(now, "ivr_queue_longest_wait_seconds", queue=queue.name) == 41
        assert value(now, "ivr_agents", queue=queue.name, state="busy") == 2

    def test_while_asterisk_does_not_tell_nothing_is_known(self) -> None:
        with serving(dict, queue_figures(tuple)) as client:
            now = samples(client.get("/metrics").text)
        assert names(now).isdisjoint({"ivr_queue_waiting", "ivr_agents"})


class TestMachine:
    def test_processors_and_disk(self, tmp_path: Path) -> None:
        with serving(dict, machine_figures(tmp_path)) as client:
            now = samples(client.get("/metrics").text)
        assert value(now, "ivr_machine_cpu_seconds_total", mode="busy") > 0
        assert value(now, "ivr_home_free_bytes") > 0

    def test_waiting_for_a_disk_is_idle(self) -> None:
        stat = "cpu  100 20 30 4000 500 6 7 8 90 10\ncpu0 1 2 3\n"
        assert processor_seconds(stat) == (1.71, 45.0)
