"""Asks a PostgreSQL whether it is there, by a connection that is used for nothing else."""

from __future__ import annotations

import select
import time

from psycopg import pq
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine

WITHIN = 0.75
"""Seconds within which a server that is there lets us in."""


def conninfo_of(engine: Engine) -> str:
    """Where an engine connects to, in libpq's words."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    given = engine.dialect.create_connect_args(engine.url)[1]
    return make_conninfo("", **{name: given[name] for name in given if name in known})


def reach(conninfo: str, seconds: float = WITHIN) -> str:
    """Connect to a PostgreSQL and leave again; why that was not possible, "" if it was.

    By libpq's own steps: the driver waits for two seconds at least.
    """
    link = pq.PGconn.connect_start(conninfo.encode())
    deadline = time.monotonic() + seconds
    try:
        while True:
            status = link.connect_poll()
            if status == pq.PollingStatus.OK:
                return ""
            if status == pq.PollingStatus.FAILED:
                return _said(link)
            ready = select.poll()
            reads = status == pq.PollingStatus.READING
            ready.register(link.socket, select.POLLIN if reads else select.POLLOUT)
            rest = deadline - time.monotonic()
            if rest <= 0 or not ready.poll(rest * 1000):
                return f"no answer within {seconds} s"
    finally:
        link.finish()


def _said(link: pq.abc.PGconn) -> str:
    lines = link.error_message.decode("utf-8", "replace").split("\n")
    return lines[0].strip() or "no connection"
