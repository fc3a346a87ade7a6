"""Held changes: the owner hears of them and may stop them before they take effect.

A call from the number itself needs no identification for that, because stopping a change keeps the
present state.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.domain.actor import OperationKey
from ivr.domain.services import HeldChange
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.flow.dialogue import Dialogue
from ivr.flow.question import NodeExit
from ivr.flow.result import due_of

HELD_TEXTS = (
    "held.change",
    "held.off",
    "held.number",
    "held.due",
    "held.stop",
    "held.keep",
    "held.stopped",
    "held.gone",
)
STOP, KEEP = "1", "2"


def tell_held(talk: Dialogue, told: set[Msisdn]) -> NodeExit | None:
    """Say the held changes of the caller's numbers, each once per call, and stop them on request.

    ``told`` has the numbers that were checked before; more are added. None: the call goes on as
    before.
    """
    for number in _numbers(talk):
        if number in told:
            continue
        told.add(number)
        try:
            held = talk.care.subscriptions.held(number)
        except TemporarilyUnavailable:
            continue  # held changes are secondary: the call goes on without them
        for each in held:
            try:
                left = _ask(talk, number, each)
            except TemporarilyUnavailable:
                told.discard(number)  # the caller wants to stop it: say it again later
                raise
            if left is not None:
                return left
    return None


def _numbers(talk: Dialogue) -> Iterator[Msisdn]:
    """Yield the calling number, and the identified number if its proof is not weak."""
    call = talk.call
    if call.caller is not None and call.origin.is_own_phone(call.caller):
        yield call.caller
    if call.subscriber is not None and not call.evidence.is_weak:
        yield call.subscriber


def _ask(talk: Dialogue, number: Msisdn, held: HeldChange) -> NodeExit | None:
    service = f"service.{held.change.service}"
    talk.say("held.change" if held.change.on else "held.off", service=service)
    if held.number is not None:
        talk.say("held.number", number=held.number)
    talk.say("held.due", **due_of(talk, held.due))
    talk.say("held.stop")
    talk.say(f"press.{STOP}")
    talk.say("held.keep")
    talk.say(f"press.{KEEP}")
    talk.telephone.forget_keys()  # a key pressed for the menu must not stop anything
    key = talk.choose(STOP + KEEP, "held")
    if isinstance(key, NodeExit):
        return None if key is NodeExit.BACK else key
    if key == STOP:
        call, id = talk.call, held.order
        stopped = talk.care.subscriptions.stop(call.actor, OperationKey(id), number, id)
        talk.mention("held.stopped" if stopped else "held.gone", service=service)
    return None
