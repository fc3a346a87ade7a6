"""``ivr line``: takes calls in so many processes, and keeps them alive."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from contextlib import ExitStack
from typing import Annotated

import typer

from ivr import log, metrics
from ivr.commands.up import take_calls, tell_of_workers
from ivr.settings import Settings, read_settings
from ivr.supervision.companion import Companion
from ivr.supervision.listener import open_listener
from ivr.supervision.post import Post
from ivr.supervision.scoreboard import Scoreboard
from ivr.supervision.supervisor import Supervisor
from ivr.supervision.systemd import Systemd, passed_listener
from ivr.supervision.worker import BOARD, LISTENER, PARENT, SLOT
from ivr.system.filemodes import check_home, narrow_tree
from ivr.system.hardening import die_with_parent
from ivr.telephony.offload import offload
from ivr.telephony.server import is_exhausted
from ivr.wiring.container import open_house, prepare_database

WORKER = (sys.executable, "-m", "ivr", "line-worker")
HEALTH = (sys.executable, "-m", "ivr", "line-health")
METRICS = "metrics"
"""The folder in IVR_HOME that all processes of the line count into."""
SWITCH_SECONDS = 0.001
"""A dialogue that has a key waits no longer for who is at work, as the journal is."""
LISTENER_PATIENCE = 10.0
"""Seconds that workers of a killed line may take to let the port go: one may just be loading."""


def line(
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that take calls; without it IVR_WORKERS."),
    ] = None,
) -> None:
    """Take calls from Asterisk; SIGHUP replaces the workers, SIGTERM lets calls end."""
    settings = read_settings()
    check_home(settings.home)
    narrow_tree(settings.home)
    passed = passed_listener(settings.agi_bind)
    listener = passed or open_listener(settings.agi_bind, LISTENER_PATIENCE)
    health = open_listener(settings.health_bind, LISTENER_PATIENCE, "IVR_HEALTH_BIND")
    _set_up_log(settings)
    metrics.empty(settings.home / METRICS)
    supervisor = Supervisor(
        listener,
        workers or settings.workers,
        WORKER,
        settings.drain_seconds,
        is_ours=passed is None,
        systemd=Systemd(),
        companion=Companion(HEALTH, health),
        tell=lambda text: print(f"line: {text} on {settings.agi_bind}", file=sys.stderr),
    )
    sys.exit(supervisor.run())


def work() -> None:
    """One worker of ``ivr line``, which starts it."""
    die_with_parent()
    post = Post.of_environment()
    threading.excepthook = lambda failed: _end_if_exhausted(post, failed)
    house = open_house(offload)
    _set_up_log(house.settings)
    metrics.share(house.settings.home / METRICS, os.environ[SLOT])
    prepare_database(house)
    sys.setswitchinterval(SWITCH_SECONDS)
    with ExitStack() as stack:
        if take_calls(house, stack, house.settings.drain_seconds, post):
            post.wait_for_end()


def tell_health() -> None:
    """Health and metrics of ``ivr line``, which starts it."""
    from ivr.processes import health

    die_with_parent()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it is for the supervisor
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if os.getppid() != int(os.environ[PARENT]):
        sys.exit(0)
    house = open_house()
    _set_up_log(house.settings)
    metrics.share(house.settings.home / METRICS, health.OWN_SLOT)
    board = Scoreboard.inherited(int(os.environ[BOARD]))
    board.close()
    with ExitStack() as stack:
        tell_of_workers(house, stack, board, socket.socket(fileno=int(os.environ[LISTENER])))
        stop.wait()


def _set_up_log(settings: Settings) -> None:
    log.set_up(settings.log_level, settings.home / "logs" / "line.log", settings.log_bytes)


def _end_if_exhausted(post: Post, failed: threading.ExceptHookArgs) -> None:
    if is_exhausted(failed.exc_value):
        post.exhausted(str(failed.exc_value) or "no memory")
    threading.__excepthook__(failed)
