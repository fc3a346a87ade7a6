"""Fills in the description of a conversation from what happened. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.domain.card import Card, Cause, ProofKind
from ivr.domain.contacts import TO_AGENTS, Conversation, Result, WrapUp
from ivr.domain.orders import Order


def fill(
    talk: Conversation,
    card: Card | None,
    orders: Sequence[Order],
    *,
    said: Result | None = None,
) -> WrapUp:
    """Return the suggested description.

    ``orders`` are those that the agent placed; ``said`` replaces the result.
    """
    return WrapUp(
        result=said or _result(talk, card, orders),
        topic=talk.topic or _topic(card),
        goals=card.told if card else (),
        orders=tuple(order.id for order in orders),
    )


def _result(talk: Conversation, card: Card | None, orders: Sequence[Order]) -> Result:
    if talk.sent_to:
        is_passed_on = talk.sent_to.startswith(TO_AGENTS)
        return Result.PASSED_ON if is_passed_on else Result.SENT_BACK
    if orders:
        return Result.ORDERED
    is_unknown = card is not None and card.proof.kind is ProofKind.NONE
    if is_unknown and card is not None and card.cause is Cause.IDENTIFICATION:
        return Result.NOT_IDENTIFIED
    return Result.SOLVED


def _topic(card: Card | None) -> str:
    """Return the first part of the newest goal: ``account/balance`` is about ``account``."""
    goals = [goal for goal in card.told if goal != "agent"] if card else []
    return goals[-1].partition("/")[0] if goals else ""
