"""The health of each process: what it cannot do without, and what it does without."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from ivr.domain.values import Msisdn
from ivr.processes import health
from ivr.settings import Settings
from ivr.system.hardening import die_with_parent
from ivr.telephony.management import Manager
from ivr.web.figures import LineState
from ivr.wiring import telephony
from ivr.wiring.container import Container, prepare_database
from tests.e2e.installation import environment, own_settings
from tests.e2e.line import STOP_SECONDS
from tests.metrics.exposed import names, samples
from tests.waiting import until


def get(bind: str, path: str = "/health/ready") -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.get(f"http://{bind}{path}")


def line(serving: int, calls: int = 0) -> LineState:
    return LineState(lambda: calls, lambda: {"serving": serving})


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(own_settings(tmp_path / "home", max_calls=10))


def cut(container: Container) -> None:
    """Its database is a folder now: nothing can be read."""
    container.store.close()
    (container.settings.home / "ivr.sqlite").mkdir(parents=True)


class TestParts:
    def test_a_message_that_waits_too_long_is_told(self, container: Container) -> None:
        prepare_database(container)
        long_ago = container.clock.now() - timedelta(hours=2)
        outbox = replace(container.store.outbox, now=lambda: long_ago)
        with health.of_messages(container):
            assert get(container.settings.messages_health_bind).json()["status"] == "ready"
            outbox.put(Msisdn("99365123456"), "Done.", "order:1")
            answer = get(container.settings.messages_health_bind)
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert not answer.json()["parts"]["messages"]["well"]

    def test_without_a_database_nothing_is_carried_out_and_nothing_is_sent(
        self, container: Container
    ) -> None:
        cut(container)
        with (
            health.of_orders(container, telephony.manager(container, Manager.FAX)),
            health.of_messages(container),
        ):
            assert get(container.settings.orders_health_bind).status_code == 503
            assert get(container.settings.messages_health_bind).status_code == 503


class TestLine:
    def test_with_everything_but_asterisk_it_takes_calls(self, container: Container) -> None:
        prepare_database(container)
        with health.of_line(container, line(1), telephony.manager(container, Manager.HEALTH)):
            answer = get(container.settings.health_bind)
        assert answer.status_code == 200
        assert answer.json()["status"] == "degraded"
        ill = [name for name, part in answer.json()["parts"].items() if not part["well"]]
        assert ill == ["asterisk"]

    def test_without_a_database_it_takes_calls(self, container: Container) -> None:
        cut(container)
        with health.of_line(container, line(1), telephony.manager(container, Manager.HEALTH)):
            answer = get(container.settings.health_bind)
            metrics = samples(get(container.settings.health_bind, "/metrics").text)
        assert answer.status_code == 200
        assert not answer.json()["parts"]["database"]["well"]
        assert metrics["ivr_database_available", ()] == 0
        assert metrics["ivr_asterisk_linked", ()] == 0
        assert metrics["ivr_workers", (("state", "serving"),)] == 1

    def test_without_a_worker_it_takes_none(self, container: Container) -> None:
        prepare_database(container)
        with health.of_line(container, line(0), telephony.manager(container, Manager.HEALTH)):
            assert get(container.settings.health_bind).status_code == 503

    def test_a_full_line_says_so_and_is_ready(self, container: Container) -> None:
        prepare_database(container)
        with health.of_line(container, line(1, 10), telephony.manager(container, Manager.HEALTH)):
            answer = get(container.settings.health_bind)
        assert answer.status_code == 200
        assert answer.json()["parts"]["calls"] == {"well": False, "detail": "10 of 10"}

    def test_a_busy_machine_takes_fewer_calls_and_says_so(self, container: Container) -> None:
        prepare_database(container)
        bounds = iter((9, 7))
        with health.of_line(
            container,
            line(1, 8),
            telephony.manager(container, Manager.HEALTH),
            most_calls=lambda: next(bounds),
        ):
            free, full = (get(container.settings.health_bind).json()["parts"] for _ in range(2))
        assert free["calls"] == {"well": True, "detail": "8 of 9"}
        assert full["calls"] == {"well": False, "detail": "8 of 7"}


@contextmanager
def running(settings: Settings, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A part in a process of its own, ended by SIGTERM."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", *command],
        env=environment(settings),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=STOP_SECONDS)
        assert process.returncode == 0, said


@pytest.mark.parametrize(
    ("setting", "command"),
    [("orders_health_bind", ("orders",)), ("messages_health_bind", ("messages", "send"))],
)
def test_a_part_in_a_process_of_its_own(
    tmp_path: Path, setting: str, command: tuple[str, ...]
) -> None:
    settings = own_settings(tmp_path / "home")
    bind = getattr(settings, setting)

    def is_ready() -> bool:
        try:
            return get(bind).status_code == 200
        except httpx.ConnectError:
            return False

    with running(settings, *command) as first:
        until(is_ready)
        found = names(samples(get(bind, "/metrics").text))
        assert {"ivr_orders", "ivr_messages", "ivr_build_info"} <= found
        assert "ivr_workers" not in found
        # A second one on the same machine does its work without being asked how it is.
        other = own_settings(tmp_path / "home", **{setting: bind})
        with running(other, *command) as second:
            assert second.stderr is not None
            line = second.stderr.readline()
            assert f"set IVR_{setting.upper()} to a free port" in line
        assert first.poll() is None
        assert get(bind, "/health/live").status_code == 200
