"""``ivr line-worker``: takes calls. ``ivr line`` starts it."""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import ExitStack

from ivr import metrics
from ivr.care.worker import run_rounds
from ivr.processes.background import background, measure
from ivr.processes.line import METRICS, set_up_log
from ivr.supervision.worker import SLOT
from ivr.supervision.worker_process import WorkerProcess
from ivr.system.hardening import die_with_parent
from ivr.telephony.offload import offload
from ivr.telephony.server import is_exhausted
from ivr.wiring import telephony
from ivr.wiring.container import Container, open_container, prepare_database

FOLLOW_SECONDS = 2.0
"""Interval at which a worker checks which release is live."""
SWITCH_SECONDS = 0.001
"""Interpreter switch interval. It bounds the wait of a dialogue with a new key for other threads,
such as the journal's."""


def run() -> None:
    """Wait for the supervisor's signal to take calls; take them until its signal to end."""
    die_with_parent()
    worker = WorkerProcess.of_environment()
    threading.excepthook = lambda failed: _end_if_exhausted(worker, failed)
    container = open_container(offload)
    set_up_log(container.settings)
    metrics.share(container.settings.home / METRICS, os.environ[SLOT])
    prepare_database(container)
    sys.setswitchinterval(SWITCH_SECONDS)
    with ExitStack() as stack:
        if _take_calls(container, stack, worker):
            worker.wait_for_end()


def _take_calls(container: Container, stack: ExitStack, worker: WorkerProcess) -> bool:
    """Load everything that a call needs, wait for the signal, and take calls. False: the signal to
    end came first."""
    container.release_cache.live()
    container.announcement_cache.refresh()
    stack.callback(container.journal.close)
    link = telephony.journal_link(container)
    server = telephony.line_server(container, worker)

    def follow() -> None:
        container.release_cache.refresh()
        container.announcement_cache.refresh()

    background(stack, "releases", lambda stop: run_rounds("releases", follow, stop, FOLLOW_SECONDS))
    measure(container, stack)
    if not worker.wait_for_work():
        return False
    link.start()
    stack.callback(link.close)
    gc.collect()
    gc.freeze()  # loaded objects stay: the garbage collector need not scan them again
    server.start()
    stack.callback(server.drain, container.settings.drain_seconds)
    return True


def _end_if_exhausted(worker: WorkerProcess, failed: threading.ExceptHookArgs) -> None:
    if is_exhausted(failed.exc_value):
        worker.exhausted(str(failed.exc_value) or "no memory")
    threading.__excepthook__(failed)
