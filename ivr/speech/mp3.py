"""Read MP3 files frame by frame (ISO/IEC 11172-3, 13818-3) to detect incomplete files, because a
decoder skips over missing parts."""

from __future__ import annotations

import struct

from ivr.speech.riff import TAGS, Damaged

KILOBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates by generation (generation 2 has lower rates) and layer."""
RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
LEAST_FRAMES = 2
TRIMMED = 5
"""Frames at both ends that may have no sound: the encoder's delay and the
padding of the last frame."""
LAYER_III = 3
BROKEN_OFF = "is cut off: it is an MP3 file that ends in the middle; copy or upload it again"


def is_mp3(data: bytes) -> bool:
    """Tell whether a file is MP3: after the ID3 notes, two frames follow each other."""
    size = frame_size(data, 0)
    return bool(size) and frame_size(data, size) > 0


def past_notes(data: bytes) -> int:
    """Return where the sound begins in a file that may start with ID3 notes."""
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        sizes = data[at + 6 : at + 10]
        at += 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(sizes, (21, 14, 7, 0), strict=True)
        )
    return at


def whole_mp3(data: bytes) -> tuple[bytes, int]:
    """Return an MP3 file that states its length, and the minimum number of samples per channel.

    ``data`` begins with a frame. Damaged: the file is incomplete.
    """
    at = count = 0
    promised = _promised(data)
    while size := frame_size(data, at):
        if at + size > len(data):
            raise Damaged(BROKEN_OFF)
        at += size
        count += 1
    rest = data[at:].lstrip(b"\0")
    if rest and not rest.startswith((*TAGS, b"LYRICS")) and len(rest) > 3:
        raise Damaged("is a damaged MP3 file: a part of it is not sound; export it again")
    if count < LEAST_FRAMES or count < promised:
        raise Damaged(BROKEN_OFF)
    if not promised and _layer(data) == LAYER_III:
        data = _count(data, count) + data
    return data, max(count - TRIMMED, 1) * _samples(data)


def frame_size(data: bytes, at: int) -> int:
    """Return the bytes of the frame that begins at ``at``; 0 if none does."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = data[at + 1] >> 3 & 3, _layer(data[at : at + 2])
    bitrate, rate, padding = data[at + 2] >> 4, data[at + 2] >> 2 & 3, data[at + 2] >> 1 & 1
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return 0
    generation = 1 if version == 3 else 2
    bits = KILOBITS[generation, layer][bitrate - 1] * 1000
    if layer == 1:
        return (12 * bits // RATES[version][rate] + padding) * 4
    return (72 if (generation, layer) == (2, 3) else 144) * bits // RATES[version][rate] + padding


def _count(data: bytes, count: int) -> bytes:
    """Return a silent frame that states the number of frames. Without it a decoder estimates the
    length from the first frame and stops there."""
    header = bytes([0xFF, data[1] | 1, 0xE0 | data[2] & 0x0C, data[3]])
    frame = bytearray(header.ljust(frame_size(header, 0), b"\0"))
    struct.pack_into(">4sII", frame, 4 + _side(data), b"Xing", 1, count)
    return bytes(frame)


def _side(data: bytes) -> int:
    """Return the bytes between the header of a layer III frame and its sound
    (ISO/IEC 11172-3, 2.4.1.7)."""
    is_mono, is_first = data[3] >> 6 == 3, data[1] >> 3 & 3 == 3
    if is_first:
        return 17 if is_mono else 32
    return 9 if is_mono else 17


def _layer(data: bytes) -> int:
    return 4 - (data[1] >> 1 & 3)


def _samples(data: bytes) -> int:
    """Return the samples per channel of a frame."""
    if _layer(data) == 1:
        return 384
    return 576 if _layer(data) == LAYER_III and data[1] >> 3 & 3 != 3 else 1152


def _promised(data: bytes) -> int:
    """Return the number of frames stated in the first one (Xing, LAME); 0 if it states none."""
    first = data[: frame_size(data, 0)]
    at = max(first.find(b"Xing"), first.find(b"Info"))
    if at < 0 or len(first) < at + 12 or not first[at + 7] & 1:
        return 0
    return int(struct.unpack_from(">I", first, at + 8)[0])
