"""Errors of requests to the operator's systems. All of them mean: not now."""

from __future__ import annotations

from ivr.errors import TemporarilyUnavailable


class Lost(TemporarilyUnavailable):
    """A request was sent and its result is unknown: it may be carried out, now or later."""


class NoEntry(TemporarilyUnavailable):
    """Access is denied, or the request is redirected elsewhere: an immediate retry is useless."""


class Pause(Exception):
    """The cause of an error with ``Retry-After``: the pause in seconds that the server asks for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
