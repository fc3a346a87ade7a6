"""Check that FLAC, OGG and AIFF files are complete, by the lengths in their headers."""

from __future__ import annotations

import struct

from ivr.speech.riff import Damaged

CUT_OFF = "is cut off: it is {} file that ends in the middle; copy or upload it again"
LAST_PAGE, FIRST_PAGE = 4, 2
"""Flags of a page (RFC 3533)."""


def check_ogg(data: bytes) -> None:
    """Check that all pages up to the last one are there and that there is one stream."""
    at = number = firsts = flags = 0
    while data[at : at + 4] == b"OggS" and at + 27 <= len(data):
        flags, found = data[at + 5], struct.unpack_from("<I", data, at + 18)[0]
        segments = data[at + 26]
        firsts += bool(flags & FIRST_PAGE)
        if firsts > 1:
            raise Damaged("has several recordings or pictures; save only one sound")
        if found != number:
            raise Damaged("is a damaged OGG file: a part of its sound is missing; export it again")
        number += 1
        table = data[at + 27 : at + 27 + segments]
        at += 27 + segments + sum(table)
        if at > len(data):
            break
    if at > len(data) or not flags & LAST_PAGE:
        raise Damaged(CUT_OFF.format("an OGG"))
    if data[at:].strip(b"\0"):
        raise Damaged("is a damaged OGG file: something else comes after it; export it again")


def check_aiff(data: bytes) -> None:
    """Check that all samples announced in the header are there (Apple, AIFF 1.3 and AIFF-C)."""
    at, frames, found = 12, 0, False
    while at + 8 <= len(data):
        name, size = struct.unpack_from(">4sI", data, at)
        if name == b"COMM" and at + 14 <= len(data):
            frames = struct.unpack_from(">I", data, at + 10)[0]
        if name == b"SSND":
            found = True
        if at + 8 + size > len(data):
            raise Damaged(CUT_OFF.format("an AIFF"))
        at += 8 + size + size % 2
    if not found or not frames:
        raise Damaged("is not a WAV file: it is an AIFF file without any sound in it")


def flac_frames(data: bytes) -> int:
    """Return the samples per channel that a FLAC header announces (RFC 9639, 8.2)."""
    if len(data) < 42 or data[4] & 0x7F:
        raise Damaged(CUT_OFF.format("a FLAC"))
    told = int.from_bytes(data[18:26], "big") & (2**36 - 1)
    if not told:
        raise Damaged("is a FLAC file that does not say how long it is")
    return told
