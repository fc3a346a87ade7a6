"""The check of a right, which each operation makes before it does anything."""

from __future__ import annotations

from ivr.domain.actor import Actor
from ivr.domain.rights import STEP_UP, Right
from ivr.domain.staff import StaffSession
from ivr.errors import Forbidden, StepUpNeeded


def require(who: Actor | StaffSession, right: Right) -> None:
    """Raise Forbidden if ``who`` has not the right.

    Raise StepUpNeeded if the right asks for a second factor and an actor has shown none recently.
    A session is asked for a page, which shows and changes nothing: there the right is enough.
    """
    if right not in who.rights:
        raise Forbidden(right)
    if isinstance(who, Actor) and right in STEP_UP and not who.is_proven:
        raise StepUpNeeded(right)
