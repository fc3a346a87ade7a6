"""``ivr line-health``: serves health and metrics of a line. It takes no calls.

``ivr line`` starts it. It also does the line's upkeep (``ivr.processes.upkeep``), and follows the
queues and the ages of calls.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import ExitStack

from ivr import metrics
from ivr.processes import health
from ivr.processes.background import background, measure, stop_signal
from ivr.processes.line import METRICS, set_up_log
from ivr.processes.upkeep import Upkeep
from ivr.supervision.scoreboard import Scoreboard
from ivr.supervision.worker import BOARD, LISTENER, PARENT
from ivr.system.hardening import die_with_parent
from ivr.telephony.longest import CallAges
from ivr.telephony.management import Manager
from ivr.telephony.queue import QueueStatus
from ivr.telephony.refused import journal_of_refused
from ivr.web.figures import care_figures
from ivr.wiring import telephony
from ivr.wiring.container import Container, open_container


def run() -> None:
    """Serve health and metrics until SIGINT or SIGTERM."""
    die_with_parent()
    stop = stop_signal()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # only the supervisor handles it
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if os.getppid() != int(os.environ[PARENT]):
        sys.exit(0)
    container = open_container()
    set_up_log(container.settings)
    metrics.share(container.settings.home / METRICS, health.OWN_SLOT)
    scoreboard = Scoreboard.inherited(int(os.environ[BOARD]))
    scoreboard.close()
    with ExitStack() as stack:
        _tell(container, stack, scoreboard, socket.socket(fileno=int(os.environ[LISTENER])))
        stop.wait()


def _tell(
    container: Container, stack: ExitStack, scoreboard: Scoreboard, listening: socket.socket
) -> None:
    link = telephony.manager(container, Manager.HEALTH)
    queues = QueueStatus(link)
    ages = CallAges(link)
    upkeep = Upkeep(container, link, os.getppid())
    stack.callback(container.journal.close)
    link.listen_to(
        journal_of_refused(
            container.journal,
            container.numbering,
            container.clock,
            lambda: upkeep.admission.is_shedding,
        )
    )
    link.start()
    stack.callback(link.close)
    background(stack, "queues", queues.follow)
    background(stack, "ages", ages.follow)
    background(stack, "upkeep", upkeep.follow)
    longest = container.settings.max_call_minutes * 60
    server = health.of_line(
        container,
        health.state_of(scoreboard),
        link,
        lambda: queues.queues,
        listening,
        lambda: upkeep.admission.most,
        care_figures(lambda: queues.paused, lambda: ages.oldest, longest),
    )
    stack.enter_context(server)
    measure(container, stack)
