"""Parse delivery receipts in the forms that message centres use. Pure functions.

SMPP 3.4 leaves the text of a receipt to the vendor (appendix B is an example). Optional fields
(5.3.2.12, 5.3.2.35) have the same content, but not every centre sends them. Only deliveries that
the centre marks as receipts count: a text message from a phone may contain ``stat:UNDELIV`` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivr.domain.messages import DeliveryReceipt
from ivr.network.pdu import MESSAGE_PAYLOAD, MESSAGE_STATE, RECEIPTED_MESSAGE_ID, Delivery

KIND, FROM_PHONE, HAS_HEADER = 0x3C, 0x00, 0x40
"""Bits of ``esm_class`` (5.2.12): the kind of the message; a header precedes the text.

Any kind but 0 comes from the centre, or is a phone's acknowledgement of our message.
"""
DELIVERED = 2
LOST = frozenset({3, 4, 5, 8, 9})
"""``message_state`` (5.2.28): expired, deleted, undeliverable, rejected; skipped (SMPP 5.0)."""
STATES = range(1, 10)
UNDERWAY = 1
WORDS: Mapping[str, int] = {
    **dict.fromkeys(("DELIVRD", "DELIVERED", "DELIVERD", "DELIVRED"), DELIVERED),
    **dict.fromkeys(("EXPIRED", "EXPIRD"), 3),
    **dict.fromkeys(("DELETED", "DELETD"), 4),
    **dict.fromkeys(("UNDELIV", "UNDELIVERABLE", "UNDELIVERED", "UNDELIVRD", "FAILED"), 5),
    **dict.fromkeys(("REJECTD", "REJECTED"), 8),
    **dict.fromkeys(("SKIPPED",), 9),
}
"""Final states in the text of receipts. ACCEPTD, ENROUTE, SCHEDULED, BUFFERED, UNKNOWN … are not
final: another receipt may follow."""
ID = re.compile(
    r"""\b(?:(?:message|msg)[ _-]?)?id["']?\s*[:=]\s*["']?([^\s"',;]+)""", re.IGNORECASE
)
STATE = re.compile(
    r"""\b(?:message[ _-]?)?stat(?:e|us)?["']?\s*[:=]\s*["']?(\d+|[A-Z_]+)""", re.IGNORECASE
)
LONGEST_NAME = 65
"""Most octets of a name (5.2.23), including the zero byte."""


def read_receipt(delivery: Delivery) -> DeliveryReceipt | None:
    """Parse a receipt with a final state; None: it is no receipt, or its state is not final.

    The optional fields take precedence over the text.
    """
    options = delivery.options
    named = _text(options.get(RECEIPTED_MESSAGE_ID, b""))
    is_marked = delivery.esm_class & KIND != FROM_PHONE
    if not is_marked and not named:
        return None
    words = _words(delivery) if is_marked else ""
    name = named or _found(ID, words)
    told = int.from_bytes(options.get(MESSAGE_STATE, b""), "big")
    state = told if told in STATES else _state(_found(STATE, words))
    if not name or state not in LOST | {DELIVERED}:
        return None
    people = tuple(filter(None, (digits(delivery.source), digits(delivery.number))))
    return DeliveryReceipt(tuple(_spellings(name)), people, state == DELIVERED)


def digits(address: str) -> str:
    """Return the digits of an address without ``+`` and ``00``; empty: it is no number."""
    found = address.strip().lstrip("+")
    return found.removeprefix("00") if found.isdecimal() else ""


def _state(word: str) -> int:
    return int(word) if word.isdecimal() else WORDS.get(word.upper(), UNDERWAY)


def _spellings(name: str) -> Iterator[str]:
    """Yield spellings that the centre may have used when it accepted the part, likeliest first.

    The name as it is; with other leading zeros or in the other case; converted between decimal and
    hexadecimal, again with leading zeros.
    """
    seen = set()
    for each in (name, *_zeros(name), *_other_base(name)):
        if each not in seen and len(each) < LONGEST_NAME:
            seen.add(each)
            yield each


def _zeros(name: str) -> Iterator[str]:
    """Yield a number without and with the usual leading zeros, in upper and lower case."""
    bare = re.sub("^0[xX]", "", name).lstrip("0") or "0"
    if not re.fullmatch(r"[0-9a-fA-F]{1,20}", bare):
        yield from (name.upper(), name.lower())
        return
    for spelt in (bare, bare.upper(), bare.lower()):
        yield from (spelt.rjust(width, "0") for width in range(len(bare), 21))


def _other_base(name: str) -> Iterator[str]:
    bare = name.lower().removeprefix("0x")
    if re.fullmatch(r"[0-9a-f]{1,16}", bare):
        yield from _zeros(str(int(bare, 16)))
    if re.fullmatch(r"[0-9]{1,20}", bare):
        yield from _zeros(f"{int(bare):X}")
        yield from (f"0x{int(bare):x}", f"0x{int(bare):X}")


def _words(delivery: Delivery) -> str:
    """Decode the text of a receipt. Ignore its data_coding, which may be wrong."""
    data = delivery.user_data or delivery.options.get(MESSAGE_PAYLOAD, b"")
    if delivery.esm_class & HAS_HEADER and data:
        data = data[data[0] + 1 :]
    if data[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return data.decode("utf-16", "replace")
    # The fields are ASCII: in UCS-2 every second octet is zero, whatever data_coding says.
    if data[::2].count(0) > len(data) // 8:
        return data.decode("utf-16-be", "replace")
    if data[1::2].count(0) > len(data) // 8:
        return data.decode("utf-16-le", "replace")
    return data.decode("latin-1")


def _text(value: bytes) -> str:
    """Decode a name in an optional field, with or without the zero byte at its end."""
    return value.partition(b"\0")[0].decode("latin-1").strip()


def _found(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    return found.group(1) if found else ""
