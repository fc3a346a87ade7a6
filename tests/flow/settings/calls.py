"""Callers who change settings."""

from __future__ import annotations

from itertools import count

from ivr.domain.values import ServiceId
from ivr.flow.document import Flow
from ivr.testing.demo import NUMBER, Operator
from ivr.testing.dial import Dialled, dial

FORWARDING, FAVOURITE = ServiceId("forwarding"), ServiceId("favourite")
HOME, FRIEND = "99312223344", "99361000000"
TO_FORWARDING, TO_FAVOURITE, TO_INTERNET = "3 2 4 2", "3 2 4 3", "3 2 2"
_calls = count(1)


def ring(flow: Flow, operator: Operator, keys: str) -> Dialled:
    return dial(
        flow,
        operator.care,
        operator.clock,
        keys,
        caller=None,
        subscriber=NUMBER,
        call_id=f"call-{next(_calls)}",
    )


def value(operator: Operator, service: ServiceId = FORWARDING) -> dict[str, str]:
    return dict(operator.care.subscriptions.value(NUMBER, service))
