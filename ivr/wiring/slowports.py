"""Wraps Care so that a runner runs its slow operations, for example in threads of a call loop."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

from ivr.ports.care import Care
from ivr.ports.runner import Runner, inline

SLOW = (
    *("identification", "codes", "subscriptions", "accounts", "puks"),
    *("callbacks", "requests", "advice", "invoices"),
)
"""Ports of Care whose operations all use the database or the network."""
PARTLY_SLOW = {"callers": frozenset({"language"})}
"""Ports with only these slow operations: remembering a language is written in the background."""


def run_by(run: Runner, care: Care) -> Care:
    """Return a Care whose slow operations are run by ``run``."""
    if run is inline:
        return care
    ports: dict[str, Any] = {name: _Port(getattr(care, name), run) for name in SLOW}
    for name, operations in PARTLY_SLOW.items():
        ports[name] = _Port(getattr(care, name), run, operations)
    return dataclasses.replace(care, **ports)


class _Port:
    """A port whose operations (empty: all) are run by ``run``."""

    def __init__(self, port: object, run: Runner, operations: frozenset[str] = frozenset()) -> None:
        self._port, self._run, self._operations = port, run, operations

    def __getattr__(self, name: str) -> object:
        operation = getattr(self._port, name)
        if not self._operations or name in self._operations:
            operation = partial(self._run, operation)
        setattr(self, name, operation)
        return operation
