"""Builds a card from what is known of a call. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.call import Call, IdentificationMethod, Step
from ivr.domain.card import Card, Cause, Earlier, ProofKind, ProofShown
from ivr.domain.identification import LockState
from ivr.domain.orders import Order, OrderState
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import Msisdn

OVER = frozenset({OrderState.REJECTED, OrderState.FAILED, OrderState.CANCELLED})
"""States of orders that never will be carried out."""
MOST_EARLIER = 5
MATCHES = ":match"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What is known of a call. Each fact may be missing: its part of the card is then empty."""

    call: Call
    """The state of the call, from its checkpoint; its calling number from Asterisk."""
    joined: datetime
    steps: Sequence[Step] = ()
    begun: datetime | None = None
    proved: tuple[Msisdn, IdentificationMethod, datetime] | None = None
    """The newest proof of the call: the number, how and when."""
    orders: Sequence[Order] = ()
    """Orders of this call, and open ones of the number; each once."""
    promised: frozenset[str] = frozenset()
    earlier: Sequence[Earlier] = ()
    calls_today: int = 1
    lock: LockState | None = None
    account: Subscriber | None = None
    note: str = ""


def build_card(facts: CardFacts) -> Card:
    """Return the card of a call."""
    call = facts.call
    mine = [order for order in facts.orders if order.id in call.orders]
    settled = {order.id for order in mine if order.state in OVER | {OrderState.COMPLETED}}
    return Card(
        call=call.id,
        number=call.subscriber or call.caller,
        calling=call.calling,
        language=call.language,
        proof=proof_shown(facts),
        cause=cause_of(call.reason),
        topic=call.topic,
        node=call.heading or call.node,
        steps=tuple(facts.steps),
        told=tuple(call.goals),
        failed=tuple(each for each in call.identification if not each.endswith(MATCHES)),
        done=tuple(order for order in mine if order.state is OrderState.COMPLETED),
        refused=tuple(order for order in mine if order.state in OVER),
        open=tuple(order for order in facts.orders if _is_open(order, settled)),
        promised=facts.promised,
        earlier=tuple(sorted(facts.earlier, key=_at, reverse=True)[:MOST_EARLIER]),
        calls_today=facts.calls_today,
        lock=facts.lock,
        account=facts.account if call.subscriber else None,
        note=facts.note,
        joined=facts.joined,
        begun=facts.begun,
    )


def proof_shown(facts: CardFacts) -> ProofShown:
    """Return what the caller has proved; the time only if it is known for this number."""
    call = facts.call
    if call.subscriber is None or call.means is None:
        return ProofShown(ProofKind.NONE)
    if call.evidence.is_weak:
        kind = ProofKind.WEAK
    else:
        kind = ProofKind.OWN if call.subscriber == call.caller else ProofKind.OTHER
    at = facts.proved[2] if facts.proved and facts.proved[0] == call.subscriber else None
    return ProofShown(kind, call.means, at)


def cause_of(reason: str) -> Cause:
    """Return why an agent is needed, by the reason that the line gives (``Call.reason``)."""
    try:
        return Cause(reason)
    except ValueError:
        return Cause.OTHER if reason else Cause.ASKED


def _is_open(order: Order, settled: set[str]) -> bool:
    return order.id not in settled and order.state not in OVER | {OrderState.COMPLETED}


def _at(earlier: Earlier) -> datetime:
    return earlier.at
