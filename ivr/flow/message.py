"""A text message that a caller asks for: to whom it goes, and saying that it is on its way."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.flow.dialogue import Dialogue, Leave
from ivr.values import Language, Msisdn

OCCASION = "advice"


def message_prompts() -> Iterable[str]:
    """Keys of every text that ``send_as_message`` may say."""
    return ("message.sent", "message.full", "message.number", "message.read-back")


def send_as_message(talk: Dialogue, text: str) -> Leave | None:
    """Put a text into the outbox for the caller and say so; None: done, or the day is full.

    It goes to the calling number; if that is withheld or foreign, to the identified subscriber's;
    else a number is asked for once in a call, so that nobody sends to many.
    """
    call = talk.call
    number = call.caller or call.subscriber or call.texts_to or _number(talk)
    if isinstance(number, Leave):
        return number
    call.texts_to = number
    if not talk.care.outbox.has_room(number, OCCASION):
        talk.mention("message.full", number=number)
        return None
    body = talk.prompts.write(call.language or Language.TURKMEN, text)
    talk.care.outbox.put(number, body, f"{OCCASION}:{call.id}:{text}")
    talk.mention("message.sent", number=number)
    return None


def _number(talk: Dialogue) -> Msisdn | Leave:
    numbering = talk.care.numbering
    while True:
        talk.say("message.number")
        number = talk.digits(numbering.complete, numbering.parse, "number")
        if isinstance(number, Leave):
            return number
        talk.say("message.read-back", number=number)
        right = talk.confirm("number/confirm")
        if isinstance(right, Leave):
            return right
        if right:
            return number
