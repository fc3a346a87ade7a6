"""Receipts in the forms in which message centres write them. Pure.

SMPP 3.4 leaves the text of a receipt to the vendor (appendix B is an example), and tells the same
in optional fields (5.3.2.12, 5.3.2.35) that not every centre sends. Only what the centre marks as a
receipt is read as one: a text message that a phone sends may say ``stat:UNDELIV`` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivr.domain.messages import DeliveryReceipt
from ivr.network.pdu import MESSAGE_PAYLOAD, MESSAGE_STATE, RECEIPTED_MESSAGE_ID, Delivery

KIND, FROM_PHONE, HAS_HEADER = 0x3C, 0x00, 0x40
"""Bits of ``esm_class`` (5.2.12): the kind of the message; that a header stands before the text.
Any kind but 0 is the centre's, or a phone's acknowledgement of our message."""
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
"""Final states in the words of receipts. ACCEPTD, ENROUTE, SCHEDULED, BUFFERED, UNKNOWN … are not
final: another receipt may follow."""
ID = re.compile(
    r"""\b(?:(?:message|msg)[ _-]?)?id["']?\s*[:=]\s*["']?([^\s"',;]+)""", re.IGNORECASE
)
STATE = re.compile(
    r"""\b(?:message[ _-]?)?stat(?:e|us)?["']?\s*[:=]\s*["']?(\d+|[A-Z_]+)""", re.IGNORECASE
)
LONGEST_NAME = 65
"""Octets of a name (5.2.23), its end included."""


def read_receipt(delivery: Delivery) -> DeliveryReceipt | None:
    """What a receipt says for good; None: it is none, or says nothing final.

    The optional fields are believed before the text.
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
    """The digits of an address without ``+`` and ``00``; empty: it is a word."""
    found = address.strip().lstrip("+")
    return found.removeprefix("00") if found.isdecimal() else ""


def _state(word: str) -> int:
    return int(word) if word.isdecimal() else WORDS.get(word.upper(), UNDERWAY)


def _spellings(name: str) -> Iterator[str]:
    """A name as the centre may have written it when it took the message, the surest first.

    As it is; with other zeros before it, or in other letters; in decimal for hexadecimal and the
    other way round, again with zeros.
    """
    seen = set()
    for each in (name, *_zeros(name), *_other_base(name)):
        if each not in seen and len(each) < LONGEST_NAME:
            seen.add(each)
            yield each


def _zeros(name: str) -> Iterator[str]:
    """A number without zeros before it and with as many as are usual; in both cases of letters."""
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
    """The text of a receipt, whatever alphabet it says that it is in."""
    data = delivery.user_data or delivery.options.get(MESSAGE_PAYLOAD, b"")
    if delivery.esm_class & HAS_HEADER and data:
        data = data[data[0] + 1 :]
    if data[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return data.decode("utf-16", "replace")
    # Its fields are ASCII: in UCS-2 every second octet is zero, whatever data_coding says.
    if data[::2].count(0) > len(data) // 8:
        return data.decode("utf-16-be", "replace")
    if data[1::2].count(0) > len(data) // 8:
        return data.decode("utf-16-le", "replace")
    return data.decode("latin-1")


def _text(value: bytes) -> str:
    """A name in an optional field, with or without its end."""
    return value.partition(b"\0")[0].decode("latin-1").strip()


def _found(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    return found.group(1) if found else ""
