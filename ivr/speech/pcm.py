"""Decode the samples of linear and G.711 WAV files: integers, floats, ITU-T G.711."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from ivr.speech.riff import ALAW, FLOAT, PCM, ULAW, Damaged, Format

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Python 3.13 needs audioop-lts
    import audioop

Whole = npt.NDArray[np.int32]
"""Samples of 32 bits, channels interleaved."""
LARGEST = 2**31 - 1
LOUDEST_FLOAT = 1e6
"""Larger samples are not sound: some programs write up to 32768, others up to 1."""


def samples(format: Format, sound: bytes) -> Whole | None:
    """Return interleaved samples; None for a block coding. Damaged: they are unreadable."""
    match format.tag:
        case _ if format.tag == PCM:
            return _integers(format, sound)
        case _ if format.tag == FLOAT:
            return _fractions(format, sound)
        case _ if format.tag == ALAW:
            return _shifted(audioop.alaw2lin(_frames(format, sound, 1), 2), 2)
        case _ if format.tag == ULAW:
            return _shifted(audioop.ulaw2lin(_frames(format, sound, 1), 2), 2)
    return None


def scaled(sound: npt.NDArray[np.floating]) -> Whole:
    """Convert floats to integers; scale down what is over full scale instead of clipping it."""
    if not np.isfinite(sound).all():
        raise Damaged("is damaged: some of its samples are not numbers")
    peak = float(np.max(np.abs(sound), initial=0.0))
    if peak > LOUDEST_FLOAT:
        raise Damaged("is damaged: its samples are not sound, or its header describes them wrongly")
    return np.round(sound.astype(np.float64) * (LARGEST / max(peak, 1.0))).astype(np.int32)


def _integers(format: Format, sound: bytes) -> Whole:
    width = format.align // format.channels
    if format.bits > 32 and width == -(-format.bits // 8):
        raise Damaged(f"has samples of {format.bits} bits, which are not supported")
    if not 1 <= width <= 4:
        raise _contradiction(format)
    if not 8 * (width - 1) < format.bits <= 8 * width and not (width == 4 and format.bits >= 20):
        raise _contradiction(format)
    whole = _frames(format, sound, width)
    if width == 4:
        _refuse_floats(whole)
    return _left_justified(_shifted(whole, width), 8 * width, format.valid)


def _fractions(format: Format, sound: bytes) -> Whole:
    width = format.align // format.channels
    if width not in (4, 8) or format.bits != 8 * width:
        raise _contradiction(format)
    return scaled(np.frombuffer(_frames(format, sound, width), f"<f{width}"))


def _frames(format: Format, sound: bytes, width: int) -> bytes:
    """Return the bytes of the complete samples of all channels."""
    if format.align != width * format.channels:
        raise _contradiction(format)
    return sound[: len(sound) // format.align * format.align]


def _shifted(sound: bytes, width: int) -> Whole:
    """Return integers of ``width`` bytes in the upper bytes of 32 bits."""
    match width:
        case 1:  # unsigned
            return (np.frombuffer(sound, np.uint8).astype(np.int32) - 128) << 24
        case 2:
            return np.frombuffer(sound, "<i2").astype(np.int32) << 16
        case 3:
            wide = np.zeros((len(sound) // 3, 4), np.uint8)
            wide[:, 1:] = np.frombuffer(sound, np.uint8).reshape(-1, 3)
            return wide.view("<i4").reshape(-1)
        case _:
            return np.frombuffer(sound, "<i4").astype(np.int32)


def _left_justified(sound: Whole, bits: int, valid: int) -> Whole:
    """Move samples to the upper bits.

    Samples with fewer bits than their bytes belong in the upper ones (Microsoft, Multiple Channel
    Audio Data); some programs write them in the lower ones.
    """
    spare = bits - valid
    if not spare or not len(sound):
        return sound
    unit = 32 - bits
    lower = (sound >> unit) & ((1 << spare) - 1)
    room = 2 ** (31 - spare)
    if lower.any() and int(sound.max()) < room and int(sound.min()) >= -room:
        return sound << spare
    return sound


def _refuse_floats(sound: bytes) -> None:
    """Refuse floats under a header that declares integers: they would be noise.

    Integers that are read as floats have exponents of all sizes.
    """
    taken = np.abs(np.frombuffer(sound, "<f4"))
    taken = taken[taken != 0]
    if len(taken) > 100 and float(np.mean((taken > 1e-6) & (taken < 8.0))) > 0.95:
        raise Damaged(
            "is damaged: its samples are floating-point numbers, but its header declares integers"
        )


def _contradiction(format: Format) -> Damaged:
    return Damaged(
        f"is damaged: its header contradicts itself ({format.bits} bits, {format.channels}"
        f" channels, {format.align} bytes a frame)"
    )
