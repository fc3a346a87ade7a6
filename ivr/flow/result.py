"""What became of an order, told to who waits: done, accepted or refused; and putting it back.

Another worker may have placed the order and died before it was told. What is said then is the
same, found under the step that the call has in hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from ivr.domain.dialogue import Value
from ivr.domain.services import Reason, Recalled, Receipt, Settled, UtcDateTime
from ivr.domain.values import ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.flow.dialogue import Dialogue
from ivr.flow.question import NodeExit

NUMBER = "number"
"""The only thing that a service is set to that texts of a result name."""


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
    """Say what became of an order for a service, and what can be done now.

    ``family`` has the texts, which name ``service`` and ``values``; ``undoes``: offer to put the
    change back.
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
    """Tell what became of the change that a call has in hand; None: nothing is written.

    Then it is said that nothing was changed, whether the change was confirmed or not, and the
    caller may ask for it again.
    """
    if len(talk.call.pending) != 2:
        return None
    goal, family = talk.call.pending
    try:
        done = _recall(talk, talk.call.step)
        undone = _recall(talk, talk.call.step + 1) if done else None
    except TemporarilyUnavailable:
        talk.call.step += 1  # both may be in the book
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


def moment(talk: Dialogue) -> UtcDateTime:
    """Says that it takes a moment, while the network is being asked."""

    def say() -> None:
        talk.say("change.moment")
        talk.deliver()

    return say


def left(key: str | NodeExit) -> NodeExit:
    """How a node is left after what was done in it: by the caller's way, or back to it."""
    return key if isinstance(key, NodeExit) else NodeExit.BACK


def _recall(talk: Dialogue, step: int) -> Recalled | None:
    call, subscriptions = talk.call, talk.care.subscriptions
    assert call.subscriber is not None
    key = call.key_of(step)
    return subscriptions.recall(call.actor, key, call.subscriber, moment(talk), call.language)


def _undo(talk: Dialogue, done: Receipt, service: ServiceId) -> NodeExit:
    """Put back what was done, under the next step: who recalls that one looks for this too."""
    assert talk.call.subscriber is not None
    talk.call.step += 1
    try:
        receipt = talk.care.subscriptions.undo(
            talk.call.actor,
            talk.call.key,
            talk.call.subscriber,
            done.order,
            moment(talk),
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
    """Say of an accepted order that its result comes as a text message, if that is sure."""
    if receipt.settled is Settled.ACCEPTED and receipt.is_promised:
        talk.say("change.promised")


def due_of(talk: Dialogue, due: datetime | None) -> Mapping[str, Value]:
    """When a held change takes effect, as texts name it."""
    local = talk.clock.local(due)
    return {"day": local.date(), "time": local.time().replace(second=0, microsecond=0)}


def _note(talk: Dialogue, receipt: Receipt) -> None:
    if receipt.order and receipt.order not in talk.call.orders:
        talk.call.orders.append(receipt.order)
