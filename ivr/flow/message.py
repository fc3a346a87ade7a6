"""A text message that a caller asks for: to whom it goes, and saying that it is on its way."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.domain.values import Language, Msisdn
from ivr.flow.dialogue import Dialogue
from ivr.flow.number import confirmed_number
from ivr.flow.question import Leave

OCCASION = "advice"
HELD = "text"
"""A message in the hand of a call."""


def message_prompts() -> Iterable[str]:
    """Keys of every text that ``send_as_message`` may say."""
    return ("message.sent", "message.full", "message.number", "message.read-back")


def send_as_message(talk: Dialogue, text: str) -> Leave | None:
    """Put a text into the outbox for the caller and say so; None: done, or the day is full.

    It goes to the calling number; if that is withheld or foreign, to the identified subscriber's;
    else a number is asked for once in a call, so that nobody sends to many.
    """
    call = talk.call
    number = (
        call.caller
        or call.subscriber
        or call.texts_to
        or confirmed_number(talk, "message.number", "message.read-back")
    )
    if isinstance(number, Leave):
        return number
    call.texts_to = number
    if not talk.care.outbox.has_room(number, OCCASION):
        talk.mention("message.full", number=number)
        return None
    talk.hold(HELD)
    _send(talk, text, number)
    return None


def take_up_message(talk: Dialogue, text: str) -> bool:
    """Finish what another worker had in hand: the same message is never sent twice in a call."""
    call = talk.call
    number = call.caller or call.subscriber or call.texts_to
    if call.hand != (HELD,) or number is None:
        return False
    _send(talk, text, number)
    return True


def _send(talk: Dialogue, text: str, number: Msisdn) -> None:
    call = talk.call
    body = talk.prompts.write(call.language or Language.TURKMEN, text)
    talk.care.outbox.put(number, body, f"{OCCASION}:{call.id}:{text}:{number}")
    talk.mention("message.sent", number=number)
