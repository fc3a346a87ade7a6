"""Who may undo an order."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.domain.actor import Actor, ActorKind
from ivr.domain.orders import Order
from ivr.domain.values import Msisdn

LONGEST = timedelta(hours=24)
"""How old an order may be that is undone."""
FOR_OTHERS = frozenset({ActorKind.AGENT, ActorKind.SUPERVISOR, ActorKind.OPERATOR})
"""Who may undo what others have ordered for the same number."""


def may_undo(actor: Actor, number: Msisdn, order: Order, now: datetime) -> bool:
    """Whether an actor who serves a number may undo an order: it is of that number, no undo itself,
    not too old, and the actor's own unless the actor may undo those of others."""
    is_of_number = order.number == number and order.undoes is None
    is_allowed = order.actor == actor or actor.kind in FOR_OTHERS
    return is_of_number and is_allowed and now <= order.ordered + LONGEST
