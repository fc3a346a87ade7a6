"""Parse and build SMPP 3.4 PDUs: pure functions, without sockets.

This code follows the specification and does not use the library that encodes our requests, so the
two check each other. All numbers are big-endian; texts end with a zero byte (SMPP 3.4, 3.1).
Parsing is lenient: message centres leave out optional fields, and others too.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

HEADER = struct.Struct(">LLLL")
RESPONSE = 0x8000_0000
"""The bit that marks a response in a command id; alone it means generic_nack (5.1.2.1)."""
RECEIPTED_MESSAGE_ID, MESSAGE_STATE, MESSAGE_PAYLOAD = 0x001E, 0x0427, 0x0424
"""Optional fields of a receipt (5.3.2)."""


class Command(IntEnum):
    """Requests (5.1.2.1)."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103


BINDS = frozenset({Command.BIND_RECEIVER, Command.BIND_TRANSMITTER, Command.BIND_TRANSCEIVER})


class Status(IntEnum):
    """Statuses in our answers (5.1.3)."""

    OK = 0x00
    INVALID_LENGTH = 0x02
    INVALID_COMMAND = 0x03
    INVALID_BIND = 0x04
    INVALID_DESTINATION = 0x0B
    BIND_FAILED = 0x0D
    THROTTLED = 0x58
    NOT_NOW = 0x64
    """``ESME_RX_T_APPN``: we cannot accept it now; the centre must deliver it again."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """A request or a response with an unparsed body."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    @property
    def raw(self) -> bytes:
        length = HEADER.size + len(self.body)
        return HEADER.pack(length, self.command, self.status, self.sequence) + self.body

    @property
    def is_response(self) -> bool:
        return bool(self.command & RESPONSE)

    @property
    def is_nack(self) -> bool:
        """The PDU is a ``generic_nack`` (4.3): the other side did not understand a request."""
        return self.command == RESPONSE

    def response(self, status: int = Status.OK, body: bytes = b"") -> Pdu:
        """Return the answer to this request."""
        return Pdu(self.command | RESPONSE, status, self.sequence, body)

    def nack(self, status: int = Status.INVALID_COMMAND) -> Pdu:
        """Return the answer to a request that is not understood."""
        return Pdu(RESPONSE, status, self.sequence)


@dataclass(frozen=True, slots=True)
class Submission:
    """The fields of a submit_sm (4.4.1)."""

    source: str
    number: str
    esm_class: int
    coding: int
    wants_receipt: bool
    user_data: bytes
    types: tuple[int, int, int, int] = (0, 0, 0, 0)
    """TON and NPI of the source, then of the number (5.2.5, 5.2.6)."""

    @property
    def has_header(self) -> bool:
        """The user data begins with a header (UDHI, 5.2.12)."""
        return bool(self.esm_class & 0x40)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery by the centre: a text from a phone, or a receipt (4.6.1, 4.7.1)."""

    source: str
    number: str
    esm_class: int
    coding: int
    user_data: bytes
    options: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bind:
    """The credentials in a bind (4.1)."""

    name: str
    password: str
    system_type: str


def text(value: str) -> bytes:
    """Encode a text for a body."""
    return value.encode("ascii") + b"\0"


def option(tag: int, value: bytes) -> bytes:
    """Encode an optional field for a body (5.3)."""
    return struct.pack(">HH", tag, len(value)) + value


def read_bind(body: bytes) -> Bind:
    """Parse name, password and system type (4.1.5)."""
    name, _, rest = body.partition(b"\0")
    password, _, rest = rest.partition(b"\0")
    system_type = rest.partition(b"\0")[0]
    return Bind(*(each.decode("latin-1") for each in (name, password, system_type)))


def read_name(body: bytes) -> str:
    """Parse the name that a centre gives to an accepted part (4.4.2); empty: it gives none."""
    return body.partition(b"\0")[0].decode("latin-1").strip()


def read_submission(body: bytes) -> Submission:
    """Parse the fields of a submit_sm. ValueError: it is truncated."""
    _service, rest = _text(body)
    source_types, (source, rest) = rest[:2], _text(rest[2:])
    number_types, (number, rest) = rest[:2], _text(rest[2:])
    esm_class, _protocol, _priority = rest[:3]
    _scheduled, rest = _text(rest[3:])
    _validity, rest = _text(rest)
    registered, _replace, coding, _default, length = rest[:5]
    user_data = rest[5 : 5 + length]
    if len(user_data) != length:
        raise ValueError("the text is incomplete")
    ton, npi, number_ton, number_npi = source_types + number_types
    types = (ton, npi, number_ton, number_npi)
    return Submission(source, number, esm_class, coding, bool(registered & 1), user_data, types)


def read_deliver(body: bytes) -> Delivery:
    """Parse the fields of a deliver_sm. ValueError: it is truncated."""
    _service, rest = _text(body)
    source, rest = _text(rest[2:])
    number, rest = _text(rest[2:])
    esm_class, _protocol, _priority = rest[:3]
    _scheduled, rest = _text(rest[3:])
    _validity, rest = _text(rest)
    _registered, _replace, coding, _default, length = rest[:5]
    user_data, rest = rest[5 : 5 + length], rest[5 + length :]
    return Delivery(source, number, esm_class, coding, user_data, read_options(rest))


def read_data(body: bytes) -> Delivery:
    """Parse the fields of a data_sm (4.7.1). ValueError: it is truncated."""
    _service, rest = _text(body)
    source, rest = _text(rest[2:])
    number, rest = _text(rest[2:])
    esm_class, _registered, coding = rest[:3]
    return Delivery(source, number, esm_class, coding, b"", read_options(rest[3:]))


def read_options(data: bytes) -> Mapping[int, bytes]:
    """Parse optional fields by tag, known or not (5.3). A truncated field ends the list."""
    found: dict[int, bytes] = {}
    while len(data) >= 4:
        tag, length = struct.unpack(">HH", data[:4])
        value, data = data[4 : 4 + length], data[4 + length :]
        if len(value) < length:
            break
        found.setdefault(tag, value)
    return found


def _text(data: bytes) -> tuple[str, bytes]:
    value, end, rest = data.partition(b"\0")
    if not end:
        raise ValueError("a text has no end")
    return value.decode("latin-1"), rest
