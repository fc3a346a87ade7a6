"""Figures that are read at each scrape: backlog, queues and agents, workers, free space.

They show the present state and belong to no call.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from ivr import metrics
from ivr.domain.backlog import Backlog
from ivr.domain.orders import OrderState
from ivr.metrics.registry import ENDED, WAITING
from ivr.ports.clock import Clock
from ivr.web.health import BackgroundProbe

STAT = Path("/proc/stat")
RESTARTS = ("killed", "hung", "rolling")
WORKER_STATES = ("starting", "ready", "serving", "draining", "ending")
CALLBACK_STATES = ("open", "taken")
OPEN_STATES = tuple(state for state in OrderState if state not in ENDED)


@dataclass(frozen=True)
class Figures(Collector):
    """A source of figures as a collector of the Prometheus library."""

    source: Callable[[], Iterable[Metric]]

    def collect(self) -> Iterable[Metric]:
        return self.source()


def build_figures(version: str) -> Figures:
    """Return the version of the program."""
    return Figures(lambda: [_labelled("ivr_build_info", "The version.", "version", {version: 1})])


@dataclass(frozen=True)
class LineState:
    """The present state of a line; each field is read at a scrape."""

    calls: Callable[[], int]
    """Calls in progress."""
    workers: Callable[[], Mapping[str, int]]
    """Number of processes by state: ``starting``, ``ready``, ``serving`` …"""
    restarts: Callable[[], Mapping[str, int]] = dict
    """Number of replaced processes by reason: ``killed``, ``hung``, ``rolling``."""
    slots: Callable[[], Container[str]] | None = None
    """Slots in use, if several processes count into one folder."""


def line_figures(line: LineState, most_calls: Callable[[], int], bound: int) -> Figures:
    """Return calls and workers. ``most_calls``: the present bound; ``bound``: that of settings."""

    def read() -> Iterable[Metric]:
        if line.slots is not None:
            metrics.forget(line.slots())
        yield _one("ivr_calls_in_progress", "Calls in the line.", line.calls())
        yield _one("ivr_calls_allowed", "Calls that the line takes at once.", most_calls())
        yield _one("ivr_calls_bound", "Calls that it takes when it is not too busy.", bound)
        states = {**dict.fromkeys(WORKER_STATES, 0), **line.workers()}
        yield _labelled("ivr_workers", "Workers by what they do.", "state", states)
        restarts = CounterMetricFamily(
            "ivr_worker_restarts_total", "Workers that were replaced.", labels=["reason"]
        )
        for reason, count in {**dict.fromkeys(RESTARTS, 0), **line.restarts()}.items():
            restarts.add_metric([reason], count)
        yield restarts

    return Figures(read)


def asterisk_figures(is_linked: Callable[[], bool]) -> Figures:
    """Return whether the management link is up."""
    return Figures(
        lambda: [_one("ivr_asterisk_linked", "1: the management link is up.", int(is_linked()))]
    )


class Queue(Protocol):
    """The present state of one agents' queue."""

    @property
    def name(self) -> str: ...
    @property
    def waiting(self) -> int:
        """Callers."""
        ...

    @property
    def longest_wait(self) -> int:
        """Seconds that the first caller has waited."""
        ...

    @property
    def available(self) -> int:
        """Free agents."""
        ...

    @property
    def busy(self) -> int:
        """Logged-in agents who are not free."""
        ...


def queue_figures(queues: Callable[[], Sequence[Queue]]) -> Figures:
    """Return the agents' queues; empty without a link to Asterisk. An agent counts in each of their
    queues."""

    def read() -> Iterable[Metric]:
        found = queues()
        waiting = {queue.name: queue.waiting for queue in found}
        longest = {queue.name: queue.longest_wait for queue in found}
        agents = GaugeMetricFamily(
            "ivr_agents", "Agents by what they do.", labels=["queue", "state"]
        )
        for queue in found:
            agents.add_metric([queue.name, "available"], queue.available)
            agents.add_metric([queue.name, "busy"], queue.busy)
        yield _labelled("ivr_queue_waiting", "Callers who wait for an agent.", "queue", waiting)
        yield _labelled(
            "ivr_queue_longest_wait_seconds",
            "How long the first of them has waited.",
            "queue",
            longest,
        )
        yield agents

    return Figures(read)


def care_figures(
    paused: Callable[[], int | None], oldest: Callable[[], Mapping[str, int]], longest: float
) -> Figures:
    """Return paused agents and the ages of the oldest calls; nothing without a link to Asterisk.

    ``longest`` is the longest duration in seconds of a call without an agent.
    """

    def read() -> Iterable[Metric]:
        count = paused()
        if count is not None:
            yield _one(
                "ivr_agents_paused", "Agents who have a pause, as after a missed call.", count
            )
        yield _labelled(
            "ivr_call_oldest_seconds",
            "How long the oldest call has lasted: in the line, and with an agent.",
            "where",
            oldest(),
        )
        yield _one("ivr_call_bound_seconds", "The longest call without an agent.", longest)

    return Figures(read)


def backlog_figures(backlog: BackgroundProbe[Backlog], clock: Clock) -> Figures:
    """Return the backlog in the database; while it does not answer, only that."""

    def read() -> Iterable[Metric]:
        found = backlog.answer()
        yield _one("ivr_database_available", "1: the database answers.", int(found is not None))
        if found is None:
            return
        now = clock.now()
        orders = {state.value: found.orders.get(state, 0) for state in OPEN_STATES}
        messages = {state.value: found.messages.get(state, 0) for state in WAITING}
        yield _labelled("ivr_orders", "Orders that are not settled.", "state", orders)
        yield _one(
            "ivr_order_oldest_age_seconds",
            "How long the oldest of them waits; 0: there is none.",
            _age(found.oldest_order, now),
        )
        yield _labelled("ivr_messages", "Text messages that have not left.", "state", messages)
        yield _one(
            "ivr_message_oldest_age_seconds",
            "How long the oldest that is not capped waits; 0: there is none.",
            _age(found.oldest_message, now),
        )
        yield _one(
            "ivr_requests_waiting",
            "Requests that the back office has not received.",
            found.requests,
        )
        callbacks = {state: found.callbacks.get(state, 0) for state in CALLBACK_STATES}
        yield _labelled(
            "ivr_callbacks", "Requested call-backs that are not done.", "state", callbacks
        )
        yield _one(
            "ivr_callback_oldest_age_seconds",
            "How long the oldest of them waits; 0: there is none.",
            _age(found.oldest_callback, now),
        )

    return Figures(read)


def machine_figures(home: Path) -> Figures:
    """Return the whole machine's processor time, and the free space in IVR_HOME."""

    def read() -> Iterable[Metric]:
        busy, idle = processor_seconds(STAT.read_text())
        cpu = CounterMetricFamily(
            "ivr_machine_cpu_seconds_total",
            "Processor time of the whole machine.",
            labels=["mode"],
        )
        cpu.add_metric(["busy"], busy)
        cpu.add_metric(["idle"], idle)
        yield cpu
        free = shutil.disk_usage(home).free
        yield _one("ivr_home_free_bytes", "Free space in IVR_HOME.", free)

    return Figures(read)


def processor_seconds(stat: str) -> tuple[float, float]:
    """Return busy and idle seconds of all processors since the machine's start (/proc/stat)."""
    ticks = [int(each) for each in stat.split("\n", 1)[0].split()[1:9]]
    idle = ticks[3] + ticks[4]  # idle, and waiting for a disk
    hertz = os.sysconf("SC_CLK_TCK")
    return (sum(ticks) - idle) / hertz, idle / hertz


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for each, value in values.items():
        family.add_metric([each], value)
    return family
