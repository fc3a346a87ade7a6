"""Forwarding loops: a number is forwarded to another number that is forwarded back."""

from __future__ import annotations

from ivr.domain.services import FORWARDING, Change
from ivr.domain.values import Msisdn
from ivr.ports.subscribers import Subscribers

SHORTEST = 8
"""Minimum digits of a subscriber's number."""
FURTHEST = 10
"""Maximum number of forwardings that the search for a loop follows."""


def makes_a_loop(subscribers: Subscribers, number: Msisdn, change: Change) -> bool:
    """Tell whether a change would forward a number to itself through other numbers."""
    fresh = set(change.value) - set(change.before)
    return any(_leads_back(subscribers, number, value) for _, value in fresh)


def _leads_back(subscribers: Subscribers, number: Msisdn, target: str) -> bool:
    """Tell whether calls that are forwarded to ``target`` are forwarded on to ``number``."""
    seen: set[str] = set()
    waiting = [target]
    while waiting and len(seen) < FURTHEST:
        at = waiting.pop()
        if at in seen or not at.isdecimal():
            continue
        seen.add(at)
        other = subscribers.find(Msisdn(at)) if len(at) > SHORTEST else None
        held = other.services.get(FORWARDING) if other else None
        for _, on in held.value if held else ():
            if on == number:
                return True
            waiting.append(on)
    return False
