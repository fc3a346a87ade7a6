"""A text message that a caller asks for: choose the recipient, send it, and say so."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.domain.actor import OperationKey, caller
from ivr.domain.values import Msisdn
from ivr.flow.dialogue import Dialogue
from ivr.flow.number import confirmed_number
from ivr.flow.question import NodeExit

HELD = "text"
"""Pending operation: a text message."""


def message_prompts() -> Iterable[str]:
    """Return the keys of every text that ``send_as_message`` may say."""
    return ("message.sent", "message.full", "message.number", "message.read-back")


def send_as_message(talk: Dialogue, text: str) -> NodeExit | None:
    """Put a text into the outbox for the caller and say so.

    None: it is done, or the daily limit is reached. If the recipient is unknown, ask for a number,
    once per call.
    """
    number = talk.care.advice.recipient(talk.call) or confirmed_number(
        talk, "message.number", "message.read-back"
    )
    if isinstance(number, NodeExit):
        return number
    talk.call.texts_to = number
    talk.hold(HELD)
    _send(talk, text, number)
    return None


def take_up_message(talk: Dialogue, text: str) -> bool:
    """Finish a pending message of another worker. A call never sends the same message twice."""
    if talk.call.pending != (HELD,) or (number := talk.care.advice.recipient(talk.call)) is None:
        return False
    _send(talk, text, number)
    return True


def _send(talk: Dialogue, text: str, number: Msisdn) -> None:
    call = talk.call
    key = OperationKey(call.id)
    if talk.care.advice.send(caller(call.id), key, number, text, call.language):
        talk.mention("message.sent", number=number)
    else:
        talk.mention("message.full", number=number)
        talk.clear_pending()
