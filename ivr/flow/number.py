"""Asks for a telephone number, reads it back and has it confirmed."""

from __future__ import annotations

from ivr.domain.values import Msisdn
from ivr.flow.dialogue import Dialogue
from ivr.flow.question import NodeExit


def confirmed_number(talk: Dialogue, ask: str, read_back: str) -> Msisdn | NodeExit:
    """Ask for a mobile number until the caller confirms the number that is read back.

    ``ask`` and ``read_back`` are text keys; ``read_back`` has a placeholder ``number``.
    """
    numbering = talk.care.numbering
    while True:
        talk.say(ask)
        number = talk.digits(numbering.complete, numbering.parse, "number")
        if isinstance(number, NodeExit):
            return number
        talk.say(read_back, number=number)
        right = talk.confirm("number/confirm")
        if isinstance(right, NodeExit):
            return right
        if right:
            return number
