"""Protects the data of a number from callers whose proof of the right to it has ended.

The owner, the code word or the state of a number may change while its call is inside a node. So
this module checks the proof again at each operation: before a change, and after a read but before
the caller hears the result. Each check is one indexed read (docs/decisions/0031).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TypeVar

from ivr.domain.call import Call
from ivr.ports.care import Care

T = TypeVar("T")
Check = Callable[[], None]
"""Raises ProofEnded."""

READ = "read"
WRITTEN = "written"
BOTH = "both"
GUARDED: Mapping[str, Mapping[str, str]] = {
    "accounts": {"account": READ, "bill": READ, "payments": READ},
    "subscriptions": {
        **dict.fromkeys(("owned", "value", "states", "wanted", "favourite"), READ),
        **dict.fromkeys(("offer", "recall", "held"), READ),
        **dict.fromkeys(("order", "undo", "stop"), WRITTEN),
    },
    "puks": {"tell": BOTH},
    "invoices": {"order": WRITTEN, "recall": READ},
}
"""Operations on the number of an identified caller, by port in Care."""


def guarded(care: Care, call: Call, check: Check) -> Care:
    """Return the same care with checks of the proof, for one call."""
    ports = {
        name: _Guarded(getattr(care, name), methods, call, check)
        for name, methods in GUARDED.items()
    }
    return dataclasses.replace(care, **ports)  # type: ignore[arg-type]


class _Guarded:
    """A port whose operations check the proof."""

    def __init__(self, port: object, methods: Mapping[str, str], call: Call, check: Check) -> None:
        self._port, self._methods, self._call, self._check = port, methods, call, check

    def __getattr__(self, name: str) -> object:
        method = getattr(self._port, name)
        when = self._methods.get(name)
        guarded = method if when is None else self._guard(method, when)
        setattr(self, name, guarded)
        return guarded

    def _guard(self, method: Callable[..., T], when: str) -> Callable[..., T]:
        def call(*args: object, **kwargs: object) -> T:
            if when != READ:
                self._check()
            answer = method(*args, **kwargs)
            if when != WRITTEN:
                self._check()
            return answer

        return call
