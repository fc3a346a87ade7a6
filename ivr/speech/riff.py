"""Parse WAV files: RIFF of Microsoft and IBM, RF64 (EBU Tech 3306), BW64 (ITU-R BS.2088).

Lengths in headers are compared with the file. Recorders that break off, write to a pipe or are
copied halfway leave wrong headers. This module does not decode sound.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

PCM, FLOAT, ALAW, ULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
LINEAR = frozenset({PCM, FLOAT, ALAW, ULAW})
"""Codings that write each sample separately."""
MEDIA = bytes.fromhex("000000001000800000aa00389b71")
"""End of a GUID whose first two bytes are a format tag (KSDATAFORMAT_SUBTYPE)."""
UNKNOWN_LENGTH = 0x7FFF0000
"""A 32-bit length from this value on means "unknown": no recording is that long."""
SLACK = 8
"""Bytes after the sound that are too few to be sound."""
_NAMES = (
    b"LISTfactbextiXMLcue smplinstplstnotelablPEAKJUNKjunkPAD FLLRcartaxmlchna_PMXid3 ID3 acidafsp"
    b"DISPlevlMD5 minfelm1regnumidubxtr64mdbmdLGWV"
)
KNOWN = frozenset(_NAMES[at : at + 4] for at in range(0, len(_NAMES), 4))
"""Chunks that occur in recordings besides ``fmt`` and ``data``."""
TAGS = (b"TAG", b"APETAGEX", b"ID3", b"3DI")
"""First bytes of the tags that music players append to a file."""


class Damaged(Exception):
    """A fault of a sound; the text continues a sentence that begins with the file name."""


@dataclass(frozen=True, slots=True)
class Format:
    """The sample format of a WAV file."""

    tag: int
    channels: int
    rate: int
    align: int
    """Bytes of one sample of all channels, or of one block."""
    bits: int
    """Size of a sample in bits, as the header states."""
    valid: int
    """Number of significant bits."""
    chunk: bytes
    """The bytes of the chunk."""


@dataclass(frozen=True, slots=True)
class Wave:
    """A WAV file: its sample format and its bytes."""

    format: Format
    sound: bytes


def is_riff(data: bytes) -> bool:
    """Tell whether a file begins as a WAV file does."""
    return data[:4] in (b"RIFF", b"RF64", b"BW64")


def read_riff(data: bytes) -> Wave:
    """Parse a WAV file. Damaged: it is not one, or its header contradicts its length."""
    if data[8:12] not in (b"WAVE", b""):
        kind = f" of the kind '{data[8:12].decode().strip()}'" if _is_name(data[8:12]) else ""
        raise Damaged(f"is not a WAV file: it is another RIFF file{kind}")
    found: dict[bytes, bytes] = {}
    at = 12
    while True:
        at = _past_zeros(data, at)
        if at + 8 > len(data):
            raise Damaged("is not a WAV file: there is no sound in it, only a header")
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            break
        if not _is_name(name) or at + 8 + size > len(data):
            raise Damaged("is damaged: the beginning of the sound cannot be found from its header")
        found.setdefault(name, data[at + 8 : at + 8 + size])
        at = _behind(data, at + 8, size)
    if b"fmt " not in found:
        raise Damaged("is damaged: its header does not say how the sound is written")
    format = read_format(found[b"fmt "])
    if b"ds64" in found and len(found[b"ds64"]) >= 16 and size == 0xFFFFFFFF:
        size = struct.unpack_from("<Q", found[b"ds64"], 8)[0]
    return Wave(format, _sound(data, at + 8, size, format))


def read_format(chunk: bytes) -> Format:
    """Read the chunk ``fmt``. Damaged: it is too short or contradicts itself."""
    if len(chunk) < 16:
        raise Damaged("is damaged: its header is too short")
    tag, channels, rate, _, align, bits = struct.unpack_from("<HHIIHH", chunk)
    valid = bits
    if tag == EXTENSIBLE:
        if len(chunk) >= 40:
            tag = struct.unpack_from("<H", chunk, 24)[0]
            valid = struct.unpack_from("<H", chunk, 18)[0] or bits
            if chunk[26:40] != MEDIA:
                raise Damaged("has an unknown coding")
        elif bits == 32:
            raise Damaged("is damaged: its header does not say how the sound is written")
        else:
            tag = PCM
    if not channels or not rate:
        raise Damaged("is damaged: its header gives no channels, or no samples a second")
    return Format(tag, channels, rate, align, bits, min(valid, bits), chunk)


def clean(wave: Wave) -> bytes:
    """Return the WAV file with only the two necessary chunks and their true lengths."""
    chunks = b"".join(
        name + struct.pack("<I", len(part)) + part + bytes(len(part) % 2)
        for name, part in ((b"fmt ", wave.format.chunk), (b"data", wave.sound))
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def _sound(data: bytes, start: int, size: int, format: Format) -> bytes:
    """Return the bytes of the sound, from the header and the actual length of the file."""
    held = len(data) - start
    if size == 0 or size >= UNKNOWN_LENGTH:
        end = _notes(data, start)
    elif size - held >= (format.align if format.tag in LINEAR else 2):
        raise Damaged(
            f"is cut off: its header states {_length(size, format)}, but the file has"
            f" {_length(held, format)}; copy or upload it again"
        )
    else:
        end = min(start + size, len(data))
        _check_rest(data, end, size)
    if end <= start:
        raise Damaged("is not a WAV file: there is no sound in it, only a header")
    return data[start:end]


def _check_rest(data: bytes, end: int, size: int) -> None:
    """Check that the bytes after the sound are not part of it."""
    rest = data[end:].lstrip(b"\0")
    if len(rest) <= SLACK or rest.startswith(TAGS) or rest[-128:].startswith(b"TAG"):
        return
    behind = _past_zeros(data, _behind(data, end - size, size))
    name = data[behind : behind + 4]
    if name in (b"data", b"RIFF", b"RF64", b"BW64"):
        raise Damaged("has two recordings one after the other; save them as separate files")
    if not _is_chain(data, behind):
        raise Damaged(
            "has more sound than its header states, perhaps because the recorder was"
            " interrupted; open it in a sound editor, listen to it, and save it again"
        )


def _notes(data: bytes, start: int) -> int:
    """Return where the notes at the end begin, in a file whose header does not state the length of
    the sound; the end of the file if there are none."""
    places = (data.rfind(name, start) for name in KNOWN)
    chains = [at for at in places if at >= 0 and (at - start) % 2 == 0 and _is_chain(data, at)]
    return min(chains, default=len(data))


def _is_chain(data: bytes, at: int) -> bool:
    """Tell whether only chunks follow from here to the end."""
    count = 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if not _is_name(name) or at + 8 + size > len(data):
            break
        count += 1
        at = _past_zeros(data, _behind(data, at + 8, size))
    return count > 0 and len(data) - at <= SLACK


def _behind(data: bytes, start: int, size: int) -> int:
    """Return where the next chunk begins: at an even byte, but some programs omit the padding."""
    end = start + size
    if size % 2 and _names_chunk(data, end) and not _names_chunk(data, end + 1):
        return end
    return end + size % 2


def _names_chunk(data: bytes, at: int) -> bool:
    return data[at : at + 4] in KNOWN | {b"data", b"fmt ", b"ds64"}


def _past_zeros(data: bytes, at: int) -> int:
    """Return the position of the next non-zero byte: some recorders pad chunks to whole blocks."""
    while data[at : at + 2] == bytes(2):
        at += 2
    return at


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name)


def _length(size: int, format: Format) -> str:
    if format.tag in LINEAR and format.align:
        return f"{size / format.align / format.rate:.1f} seconds"
    return f"{size} bytes"
