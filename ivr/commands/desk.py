"""``ivr desk``: serve the pages of people."""

from __future__ import annotations

from typing import Annotated

import typer


def desk(
    is_demo: Annotated[
        bool, typer.Option("--demo", help="With the pages of the demo; on loopback only.")
    ] = False,
) -> None:
    """Serve the pages for agents, editors, clerks and administrators."""
    from ivr.processes import desk

    desk.run(is_demo=is_demo)
