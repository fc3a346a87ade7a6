"""Tells the caller the result of an order (done, accepted or refused), and undoes it on request.

Another worker may have placed the order and died before the caller heard the result. Then the order
is found by the step of the pending operation, and the same result is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from ivr.domain.dialogue import Value
from ivr.domain.services import OnDelay, Reason, Recalled, Receipt, Settled
from ivr.domain.values import ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.flow.dialogue import Dialogue
from ivr.flow.question import NodeExit

NUMBER = "number"
"""The only setting of a service that result texts mention."""


def tell_result(
    talk: Dialogue,
    receipt: Receipt,
    service: ServiceId,
    goal: str,
    family: str,
    values: Mapping[str, Value],
    *,
    undoes: bool,
) -> NodeExit:
    """Say the result of an order for a service, and offer the next choices.

    ``family`` names the texts; their placeholders are ``service`` and ``values``. ``undoes``: offer
    to undo the change.
    """
    _note(talk, receipt)
    name, part = f"service.{service}", str(service)
    match receipt.settled:
        case Settled.REFUSED:
            talk.say(f"refused.{receipt.reason or Reason.NETWORK}", service=name)
            return left(talk.after(part=f"{part}/after"))
        case Settled.DONE | Settled.ACCEPTED:
            talk.say(f"{family}.{receipt.settled}", service=name, **values)
            _tell_promise(talk, receipt)
            talk.call.reach(goal)
        case Settled.HELD:
            talk.say("change.held", service=name, **due_of(talk, receipt.due))
            talk.call.reach(goal)
        case _:
            assert_never(receipt.settled)
    if not undoes:
        return left(talk.after(part=f"{part}/after"))
    key = talk.after("2", f"{part}/after", talk.words("change.undo"))
    if isinstance(key, NodeExit):
        return key
    return _undo(talk, receipt, service)


def resume_pending_change(talk: Dialogue, *, undoes: bool = True) -> NodeExit | None:
    """Say the result of the pending change of a resumed call; None: no order was stored.

    In that case the caller hears that nothing was changed, even if the change was confirmed, and
    may ask for it again.
    """
    if len(talk.call.pending) != 2:
        return None
    goal, family = talk.call.pending
    try:
        done = _recall(talk, talk.call.step)
        undone = _recall(talk, talk.call.step + 1) if done else None
    except TemporarilyUnavailable:
        talk.call.step += 1  # the order and its undo may both be stored
        talk.mention("change.unwritten")
        raise
    if done is None:
        talk.mention("change.cancelled")
        return None
    service = done.change.service
    try:
        if undone:
            talk.call.step += 1
            _note(talk, done.receipt)
            talk.call.reach(goal)
            return _tell_undone(talk, undone.receipt, service)
        values = {name: value for name, value in done.change.value if name == NUMBER}
        return tell_result(talk, done.receipt, service, goal, family, values, undoes=undoes)
    finally:
        talk.clear_pending()


def on_delay(talk: Dialogue) -> OnDelay:
    """Return the callback that says "one moment" while the network is being asked."""

    def say() -> None:
        talk.say("change.moment")
        talk.deliver()

    return say


def left(key: str | NodeExit) -> NodeExit:
    """Return the exit of a node after an operation: the caller's exit, or the node again."""
    return key if isinstance(key, NodeExit) else NodeExit.BACK


def _recall(talk: Dialogue, step: int) -> Recalled | None:
    call, subscriptions = talk.call, talk.care.subscriptions
    assert call.subscriber is not None
    key = call.key_of(step)
    return subscriptions.recall(call.actor, key, call.subscriber, on_delay(talk), call.language)


def _undo(talk: Dialogue, done: Receipt, service: ServiceId) -> NodeExit:
    """Undo an order, under the next step, which a resuming worker looks for too."""
    assert talk.call.subscriber is not None
    talk.call.step += 1
    try:
        receipt = talk.care.subscriptions.undo(
            talk.call.actor,
            talk.call.key,
            talk.call.subscriber,
            done.order,
            on_delay(talk),
            talk.call.evidence,
            talk.call.language,
        )
    except TemporarilyUnavailable:
        talk.mention("change.unwritten")
        raise
    return _tell_undone(talk, receipt, service)


def _tell_undone(talk: Dialogue, receipt: Receipt, service: ServiceId) -> NodeExit:
    _note(talk, receipt)
    name = f"service.{service}"
    match receipt.settled:
        case Settled.DONE:
            talk.say("change.undone", service=name)
        case Settled.ACCEPTED | Settled.HELD:
            talk.say("change.undo.accepted", service=name)
            _tell_promise(talk, receipt)
        case Settled.REFUSED:
            talk.say(f"refused.{receipt.reason or Reason.NETWORK}", service=name)
        case _:
            assert_never(receipt.settled)
    return left(talk.after(part=f"{service}/undone"))


def _tell_promise(talk: Dialogue, receipt: Receipt) -> None:
    """Say that the result of an accepted order comes by text message, if it was promised."""
    if receipt.settled is Settled.ACCEPTED and receipt.is_promised:
        talk.say("change.promised")


def due_of(talk: Dialogue, due: datetime | None) -> Mapping[str, Value]:
    """Return the text values for the time at which a held change takes effect."""
    local = talk.clock.local(due)
    return {"day": local.date(), "time": local.time().replace(second=0, microsecond=0)}


def _note(talk: Dialogue, receipt: Receipt) -> None:
    if receipt.order and receipt.order not in talk.call.orders:
        talk.call.orders.append(receipt.order)
