"""``ivr up``: run everything in one terminal."""

from __future__ import annotations


def up() -> None:
    """Run everything in one terminal, with demo subscribers; Ctrl-C ends it all."""
    from ivr.processes import up

    up.run()
