"""SMPP 3.4 PDUs as a message centre needs them: pure, without sockets.

Written from the specification and not with the library of the other side, so that the two check
each other. All numbers are big-endian; texts end with a zero byte (SMPP 3.4, 3.1).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct(">LLLL")
RESPONSE = 0x8000_0000
"""The bit that makes a command's id that of its response (5.1.2.1)."""
RECEIPTED_MESSAGE_ID, MESSAGE_STATE = 0x001E, 0x0427
"""Optional fields of a receipt (5.3.2)."""


class Command(IntEnum):
    """Requests that are understood (5.1.2.1)."""

    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15


class Status(IntEnum):
    """Answers that are given (5.1.3)."""

    OK = 0x00
    INVALID_COMMAND = 0x03
    INVALID_BIND = 0x04
    INVALID_DESTINATION = 0x0B
    BIND_FAILED = 0x0D
    THROTTLED = 0x58


@dataclass(frozen=True, slots=True)
class Pdu:
    """A request or a response, its body still in bytes."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    @property
    def raw(self) -> bytes:
        length = HEADER.size + len(self.body)
        return HEADER.pack(length, self.command, self.status, self.sequence) + self.body

    def response(self, status: int = Status.OK, body: bytes = b"") -> Pdu:
        """The answer to this request."""
        return Pdu(self.command | RESPONSE, status, self.sequence, body)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a submit_sm asks for (4.4.1)."""

    source: str
    number: str
    esm_class: int
    coding: int
    wants_receipt: bool
    user_data: bytes

    @property
    def has_header(self) -> bool:
        """The user data begins with a header (UDHI, 5.2.12)."""
        return bool(self.esm_class & 0x40)


def text(value: str) -> bytes:
    """A text as it stands in a body."""
    return value.encode("ascii") + b"\0"


def read_bind(body: bytes) -> tuple[str, str]:
    """Name and password of who binds (4.1.5)."""
    name, _, rest = body.partition(b"\0")
    return name.decode("latin-1"), rest.partition(b"\0")[0].decode("latin-1")


def read_submission(body: bytes) -> Submission:
    """The fields of a submit_sm; ValueError: it is cut short."""
    _service, rest = _text(body)
    source, rest = _text(rest[2:])
    number, rest = _text(rest[2:])
    esm_class, _protocol, _priority = rest[:3]
    _scheduled, rest = _text(rest[3:])
    _validity, rest = _text(rest)
    registered, _replace, coding, _default, length = rest[:5]
    user_data = rest[5 : 5 + length]
    if len(user_data) != length:
        raise ValueError("the text is cut short")
    return Submission(source, number, esm_class, coding, bool(registered & 1), user_data)


def delivery_receipt(submission: Submission, name: str, has_arrived: bool) -> bytes:
    """Body of the deliver_sm that tells what became of a message (4.6.1, appendix B)."""
    word, state = ("DELIVRD", 2) if has_arrived else ("UNDELIV", 5)
    words = f"id:{name} sub:001 dlvrd:{has_arrived:03d} stat:{word} err:000 text:".encode("ascii")
    fields = (
        text(""),
        b"\x01\x01",
        text(submission.number),
        b"\x00\x01",
        text(submission.source),
        b"\x04\x00\x00",
        text("") + text(""),
        b"\x00\x00\x00\x00",
        bytes((len(words),)) + words,
        struct.pack(">HH", RECEIPTED_MESSAGE_ID, len(name) + 1) + text(name),
        struct.pack(">HHB", MESSAGE_STATE, 1, state),
    )
    return b"".join(fields)


def _text(data: bytes) -> tuple[str, bytes]:
    value, end, rest = data.partition(b"\0")
    if not end:
        raise ValueError("a text has no end")
    return value.decode("latin-1"), rest
