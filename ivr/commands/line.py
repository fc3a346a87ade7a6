"""``ivr line``: start the worker processes that take calls, and restart them if they end."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def line(
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Number of worker processes; by default IVR_WORKERS."),
    ] = None,
) -> None:
    """Take calls from Asterisk; SIGHUP replaces the workers, SIGTERM lets calls end."""
    from ivr.processes import line

    sys.exit(line.run(workers))


def work() -> None:
    """Run one worker; `ivr line` starts it."""
    from ivr.processes import line_worker

    line_worker.run()


def tell_health() -> None:
    """Serve health and metrics of the line; `ivr line` starts it."""
    from ivr.processes import line_health

    line_health.run()
