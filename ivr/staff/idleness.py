"""When a session ends by itself, as pure functions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from ivr.domain.rights import Role
from ivr.domain.staff import SessionEnd, StaffSession, User

IDLE = timedelta(minutes=30)
SHIFT = timedelta(hours=12)
"""The same for agents: they may wait for calls for a whole shift."""
LIFETIME = timedelta(hours=16)
"""A session is never longer, except while its user is in a call."""
OF_A_SHIFT = frozenset({Role.AGENT, Role.SUPERVISOR})


def has_shift(user: User) -> bool:
    """Tell whether a user is an agent and nothing that reaches further."""
    return Role.AGENT in user.roles and user.roles <= OF_A_SHIFT


def end_of(session: StaffSession, now: datetime, required: Collection[Role]) -> SessionEnd | None:
    """Return why a session is over; None: it is not, if its user is not suspended.

    Users with one of the roles ``required`` need a second factor.
    """
    if session.step_up_at is None and not session.user.roles.isdisjoint(required):
        return SessionEnd.FACTOR
    if now - session.created_at >= LIFETIME:
        return SessionEnd.OLD
    idle = SHIFT if has_shift(session.user) else IDLE
    return SessionEnd.IDLE if now - session.seen_at >= idle else None
