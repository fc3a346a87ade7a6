"""``ivr messages send``: sends text messages through the message centre of the settings."""

from __future__ import annotations

import sys
from contextlib import ExitStack

from ivr.processes import health
from ivr.processes.background import measure, stop_signal, tell_health
from ivr.settings import Settings
from ivr.supervision.systemd import Systemd
from ivr.wiring.container import open_process, prepare_database


def run(settings: Settings | None = None, centre: str = "") -> None:
    """Send text messages until SIGINT or SIGTERM.

    ``settings`` default to those of the environment; ``centre`` is the printed name of the message
    centre.
    """
    container = open_process("messages.log", settings)
    prepare_database(container)
    worker = container.messages
    stop = stop_signal()
    with ExitStack() as stack:
        tell_health("messages", health.of_messages(container), stack)
        measure(container, stack)
        Systemd().ready()
        print(f"messages: sending by {centre or container.settings.smsc}", file=sys.stderr)
        worker.run(stop)
