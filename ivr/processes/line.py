"""``ivr line``: supervises the workers that take calls, and the process that serves health.

This process imports little; the workers import the rest.
"""

from __future__ import annotations

import sys

from ivr import log, metrics
from ivr.settings import Settings, read_settings
from ivr.supervision.listener import open_listener
from ivr.supervision.starting import IVR
from ivr.supervision.status_process import StatusProcess
from ivr.supervision.supervisor import Supervisor
from ivr.supervision.systemd import Systemd, passed_listener
from ivr.system.filemodes import check_home, narrow_tree

WORKER = (*IVR, "line-worker")
HEALTH = (*IVR, "line-health")
METRICS = "metrics"
"""The folder in IVR_HOME with the metrics of all processes of the line."""
LISTENER_PATIENCE = 10.0
"""Seconds that workers of a killed line have to close the port: one may still be loading."""


def run(workers: int | None = None) -> int:
    """Take calls until SIGINT or SIGTERM; return the exit status. ``workers`` overrides
    IVR_WORKERS."""
    settings = read_settings()
    check_home(settings.home)
    narrow_tree(settings.home)
    passed = passed_listener(settings.agi_bind)
    listener = passed or open_listener(settings.agi_bind, LISTENER_PATIENCE)
    health = open_listener(settings.health_bind, LISTENER_PATIENCE, "IVR_HEALTH_BIND")
    set_up_log(settings)
    metrics.empty(settings.home / METRICS)
    supervisor = Supervisor(
        listener,
        workers or settings.workers,
        WORKER,
        settings.drain_seconds,
        is_ours=passed is None,
        systemd=Systemd(),
        status_process=StatusProcess(HEALTH, health),
        tell=lambda text: print(f"line: {text} on {settings.agi_bind}", file=sys.stderr),
    )
    return supervisor.run()


def set_up_log(settings: Settings) -> None:
    """Set up the log that all processes of a line share."""
    log.set_up(settings.log_level, settings.home / "logs" / "line.log", settings.log_bytes)
