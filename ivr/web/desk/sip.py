"""What a browser phone may send to Asterisk: pure checks of SIP messages (RFC 3261, RFC 7118).

Asterisk checks the password of the seat itself. These checks come before it: a page can speak only
for its own seat, and only what a phone needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

METHODS = frozenset({"REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "INFO", "UPDATE", "PRACK"})
LONGEST = 16_384
"""Bytes of a message."""
MOST_LINES = 200
ONCE = ("from", "to", "call-id", "cseq", "authorization", "proxy-authorization")
"""Fields that a message has at most once."""
SHORT = {"f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "v": "via"}
"""Short names of fields (RFC 3261, section 7.3.3)."""
_REQUEST = re.compile(r"([A-Z]+) (sips?:[^\s]+) SIP/2\.0")
_ANSWER = re.compile(r"SIP/2\.0 [1-6][0-9]{2}(?: [^\r\n]*)?")
_FIELD = re.compile(r"([A-Za-z0-9-]+)[ \t]*:[ \t]*(.*)")
_USER = re.compile(r"<?sips?:(?:([^@;>\s]+)@)?")
_NAME = re.compile(r'username="([^"\\]*)"')
Refused = Literal["too long", "not SIP", "method", "fields", "not the seat"]


def refusal(message: str, seat: str) -> Refused | None:
    """Return why a browser's message is not passed on; None: it is."""
    if len(message.encode()) > LONGEST:
        return "too long"
    if not message.strip("\r\n"):
        return None  # a keep-alive of RFC 5626
    head, blank, _ = message.partition("\r\n\r\n")
    if not blank:
        return "not SIP"
    first, *lines = head.split("\r\n")
    fields = _fields(lines)
    if fields is None:
        return "fields"
    if _ANSWER.fullmatch(first):
        return None
    request = _REQUEST.fullmatch(first)
    if request is None:
        return "not SIP"
    if request[1] not in METHODS or fields.get("cseq", "").rpartition(" ")[2] != request[1]:
        return "method"
    return None if _is_of_seat(request[1], fields, seat) else "not the seat"


def _fields(lines: list[str]) -> Mapping[str, str] | None:
    """Parse the fields; None: they are not those of a phone that we know."""
    found: dict[str, str] = {}
    if len(lines) > MOST_LINES:
        return None
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:  # also a line that goes on, which no browser phone sends
            return None
        name = SHORT.get(field[1].lower(), field[1].lower())
        if name in ONCE and name in found:
            return None
        found[name] = field[2]
    return found if {"from", "to", "call-id", "cseq"} <= found.keys() else None


def _is_of_seat(method: str, fields: Mapping[str, str], seat: str) -> bool:
    """Whether a request speaks for the seat.

    Within a call that Asterisk began, From may be the phone's address of that moment: the call's
    tags, which only this phone knows, prove that it belongs to it.
    """
    for name in ("authorization", "proxy-authorization"):
        said = _NAME.search(fields.get(name, ""))
        if name in fields and (said is None or said[1] != seat):
            return False
    if method == "REGISTER":
        return _user(fields["from"]) == _user(fields["to"]) == seat
    is_in_call = ";tag=" in fields["to"]
    return is_in_call or _user(fields["from"]) == seat


def _user(address: str) -> str:
    """Return the user of an address, ``"name" <sip:user@host>;tag=…``."""
    plain = re.sub(r'^\s*"(?:[^"\\]|\\.)*"\s*', "", address)
    found = _USER.search(plain)
    return (found[1] or "") if found else ""


@dataclass
class Rate:
    """A limit of messages: ``burst`` at once, then ``a_second``."""

    burst: float = 60.0
    a_second: float = 20.0
    _left: float = field(init=False)
    _at: float | None = None

    def __post_init__(self) -> None:
        self._left = self.burst

    def allows(self, now: float) -> bool:
        """Count a message at a time in seconds; False: there are too many."""
        if self._at is not None:
            self._left = min(self.burst, self._left + (now - self._at) * self.a_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
