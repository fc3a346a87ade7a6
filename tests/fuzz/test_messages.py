"""Text messages of a client that is hostile: its link ends, and the centre goes on."""

from __future__ import annotations

import struct

import pytest

from ivr.network.pdu import Command, Pdu, Status, text
from tests.fuzz.messages import smsc
from tests.fuzz.targets import SUBMIT


def submission(words: bytes, coding: int = 0, esm_class: int = 0) -> bytes:
    fields = (
        text(""),
        b"\1\1" + text("0890") + b"\1\1" + text("99365123456"),
        bytes((esm_class, 0, 0)) + text("") + text(""),
        bytes((1, 0, coding, 0, len(words))) + words,
    )
    return Pdu(Command.SUBMIT_SM, Status.OK, 2, b"".join(fields)).raw


@pytest.mark.parametrize(
    "sent",
    [
        submission(b"\xff"),
        submission(b"a\x1b"),
        submission(b"\x1b\x00"),
        submission(b"\xd8\x00", coding=8),
        submission(b"a", coding=8),
        submission(b"", esm_class=0x40),
        submission(b"\xff\0\3\1\2\1a", esm_class=0x40),
        SUBMIT.raw.replace(b"99365123456", b"\xe9" * 11),
        struct.pack(">LLLL", 0, Command.SUBMIT_SM, 0, 1),
        struct.pack(">LLLL", 2**32 - 1, Command.SUBMIT_SM, 0, 1) + b"a" * 100_000,
        struct.pack(">LLLL", 16, 2**32 - 1, 2**32 - 1, 2**32 - 1) * 1_000,
        b"\0" * 15,
    ],
    ids=lambda sent: repr(sent[16:][-12:]),
)
def test_ends_its_link_alone(sent: bytes) -> None:
    smsc(sent)
    smsc(SUBMIT.raw)
