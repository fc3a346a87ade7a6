"""Which actors may undo an order."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.domain.actor import Actor, ActorKind
from ivr.domain.orders import Order
from ivr.domain.values import Msisdn

LONGEST = timedelta(hours=24)
"""Maximum age of an order that may be undone."""
FOR_OTHERS = frozenset({ActorKind.AGENT, ActorKind.SUPERVISOR, ActorKind.OPERATOR})
"""Actors that may undo orders of other actors for the same number."""


def may_undo(actor: Actor, number: Msisdn, order: Order, now: datetime) -> bool:
    """Tell whether an actor who serves a number may undo an order.

    The order must be for that number, must not be an undo, and must not be too old. It must be the
    actor's own, unless the actor may undo orders of others.
    """
    is_of_number = order.number == number and order.undoes is None
    is_allowed = order.actor == actor or actor.kind in FOR_OTHERS
    return is_of_number and is_allowed and now <= order.ordered + LONGEST
