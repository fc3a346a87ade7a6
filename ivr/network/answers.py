"""Meaning of a message centre's answers for a message, with advice for the operator.

SMPP 3.4, 5.1.3, and SMPP 5.0, 4.7.6. Few answers mean that a message can never be sent. After all
others a later try may succeed: the centre is busy, a setting on either side is wrong, or the code
is the vendor's own (0x400 to 0x4FF) and its meaning is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.messages import NotEver, NotNow, Why


class Meaning(StrEnum):
    """What an answer means for a message."""

    NEVER = "never"
    """This message can never be sent."""
    BUSY = "busy"
    """The centre accepts no messages now."""
    LINK = "link"
    """The link is not usable: open a new one."""
    SETTING = "setting"
    """A setting on either side is wrong; the message can be sent once it is corrected."""
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Answer:
    """``words``: the cause, and what to do about it, if the operator can do anything."""

    meaning: Meaning
    words: str


SOURCE = "it does not accept our sender: check IVR_SMSC_SOURCE, IVR_SMSC_SOURCE_TON, _NPI"
NUMBER_TYPE = (
    "it expects another form of the number: check IVR_SMSC_NUMBER_TON, IVR_SMSC_NUMBER_NPI"
)
ANSWERS: Mapping[int, Answer] = {
    0x01: Answer(Meaning.NEVER, "the text is too long for it"),
    0x02: Answer(Meaning.SETTING, "it does not understand the request: ask its operator"),
    0x03: Answer(Meaning.SETTING, "it does not know the request: ask its operator"),
    0x04: Answer(Meaning.LINK, "it considers the link not bound"),
    0x05: Answer(Meaning.LINK, "it considers the link already bound"),
    0x06: Answer(Meaning.SETTING, "it does not accept the priority: ask its operator"),
    0x07: Answer(Meaning.SETTING, "it sends us no receipts: ask its operator"),
    0x08: Answer(Meaning.LATER, "it has an internal error"),
    0x0A: Answer(Meaning.SETTING, SOURCE),
    0x0B: Answer(Meaning.NEVER, "it does not know the number"),
    0x0D: Answer(Meaning.LINK, "it considers the link not bound"),
    0x0E: Answer(Meaning.LINK, "it does not accept our password: check IVR_SMSC_PASSWORD"),
    0x0F: Answer(Meaning.LINK, "it does not know our name: check IVR_SMSC"),
    0x14: Answer(Meaning.LATER, "a queue there is full"),
    0x15: Answer(Meaning.SETTING, "it requires a service type: ask its operator"),
    0x43: Answer(Meaning.SETTING, "it does not accept long texts in parts (UDH): ask its operator"),
    0x45: Answer(Meaning.LATER, "it could not accept the message"),
    0x48: Answer(Meaning.SETTING, SOURCE),
    0x49: Answer(Meaning.SETTING, SOURCE),
    0x50: Answer(Meaning.SETTING, NUMBER_TYPE),
    0x51: Answer(Meaning.SETTING, NUMBER_TYPE),
    0x53: Answer(Meaning.SETTING, "it requires another system type: check IVR_SMSC_SYSTEM_TYPE"),
    0x58: Answer(Meaning.BUSY, "we send more messages a second than it allows"),
    0x61: Answer(Meaning.SETTING, "it requires a time of delivery: ask its operator"),
    0x62: Answer(Meaning.SETTING, "it requires a time of validity: ask its operator"),
    0x64: Answer(Meaning.LATER, "the receiver cannot accept it now"),
    0x65: Answer(Meaning.NEVER, "the receiver can never accept it"),
    0x66: Answer(Meaning.NEVER, "the receiver refuses it"),
    0xC0: Answer(Meaning.SETTING, "it does not understand the request: ask its operator"),
    0xC1: Answer(Meaning.SETTING, "it does not accept an optional field: ask its operator"),
    0xC2: Answer(Meaning.SETTING, "it does not understand the request: ask its operator"),
    0xC3: Answer(Meaning.SETTING, "it requires another optional field: ask its operator"),
    0xC4: Answer(Meaning.SETTING, "it does not accept an optional field: ask its operator"),
    0xFE: Answer(Meaning.LATER, "it could not deliver it"),
    0xFF: Answer(Meaning.LATER, "an unspecified error"),
    0x100: Answer(Meaning.SETTING, "we may not use this service: ask its operator"),
    0x101: Answer(Meaning.SETTING, "we may not send: ask its operator"),
    0x102: Answer(Meaning.LATER, "the service is not available now"),
    0x103: Answer(Meaning.SETTING, "the service is denied to us: ask its operator"),
    0x104: Answer(
        Meaning.SETTING, "it does not accept this alphabet (data_coding): ask its operator"
    ),
}
UNKNOWN = Answer(Meaning.LATER, "a code that SMPP does not define: ask its operator")
VENDOR = Answer(Meaning.LATER, "a code of its manufacturer: ask its operator")
WHY: Mapping[Meaning, Why] = {Meaning.BUSY: Why.BUSY, Meaning.SETTING: Why.SETTING}

BY_NAME = "the name in IVR_SMSC or IVR_SMSC_PASSWORD is wrong"
AGAIN = "try later, or ask its operator"
BINDS: Mapping[int, str] = {
    0x02: "it does not understand the bind: check with its operator that it supports SMPP 3.4",
    0x03: "it does not support transceivers: set IVR_SMSC_LINKS=two",
    0x04: "it expects another kind of bind: set IVR_SMSC_LINKS=two, or ask its operator",
    0x05: "our name is already bound: end the other `ivr messages send`, or wait until the centre"
    " has noticed that an earlier link is gone",
    0x08: f"it has an internal error: {AGAIN}",
    0x0A: "it does not allow this machine's address: ask its operator",
    0x0D: f"{BY_NAME}, or it does not allow this machine's address",
    0x0E: "it does not accept our password: check IVR_SMSC_PASSWORD",
    0x0F: "it does not know our name: check NAME in IVR_SMSC=smpp://NAME@HOST:PORT",
    0x14: f"it is full: {AGAIN}",
    0x15: "it requires a service type: ask its operator",
    0x53: "it requires another system type: check IVR_SMSC_SYSTEM_TYPE",
    0x58: f"we have bound too often, or too many links are open: {AGAIN}",
    0x64: f"it cannot accept the link now: {AGAIN}",
    0xFF: f"an unspecified error: {AGAIN}",
    0x100: "we may not use this service: ask its operator",
    0x101: "we may not bind in this way: ask its operator",
}
PASSING = frozenset({0x05, 0x08, 0x14, 0x58, 0x64, 0xFF})
"""Temporary refusals of a bind."""


def is_setting(status: int) -> bool:
    """Tell whether a bind is refused until a person corrects a setting."""
    return status in BINDS and status not in PASSING


def meaning(status: int) -> Answer:
    """Return the meaning of the status in an answer to a message."""
    is_vendor = 0x400 <= status <= 0x4FF
    return ANSWERS.get(status, VENDOR if is_vendor else UNKNOWN)


def refused(status: int, *, understood: bool = True) -> NotNow | NotEver:
    """Return the result for a part that was not accepted.

    Not ``understood``: the answer was generic_nack, which says nothing about the message (4.3),
    whatever its code.
    """
    answer = meaning(status)
    if not understood:
        said = f"the message centre answers generic_nack (0x{status:02x})"
        return NotNow(f"{said}: it did not understand the request", Why.OTHER)
    reason = f"the message centre answers 0x{status:02x}: {answer.words}"
    if answer.meaning is Meaning.NEVER:
        return NotEver(reason)
    return NotNow(reason, WHY.get(answer.meaning, Why.OTHER))


def not_bound(status: int) -> str:
    """Return why a centre refuses the bind, and what to do."""
    words = BINDS.get(status, f"it gives no reason: {AGAIN}")
    return f"it refuses the link (0x{status:02x}): {words}"
