"""Recordings as recorders, phones, editors and copies that break off leave them."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from ivr.speech.loudness import Samples

SECONDS = 0.6
HEARD = ""
"""A recording that is heard, whole and right."""
MEDIA = bytes.fromhex("000000001000800000aa00389b71")


@dataclass(frozen=True)
class Case:
    """A file, and what is said of it."""

    name: str
    data: bytes
    said: str = HEARD


def speech(rate: int, seconds: float = SECONDS) -> Samples:
    """Something like speech, the same at every rate: two vowels in syllables, never alike."""
    at = np.arange(int(seconds * rate)) / rate
    voice = sum(
        np.sin(2 * np.pi * (pitch * at + bend * at**2)) / (1 + place)
        for place, (pitch, bend) in enumerate([(180, 60), (420, -90), (1100, 300), (2300, 200)])
    )
    syllables = np.abs(np.sin(2 * np.pi * 2.7 * at + 0.4)) ** 1.5
    made: Samples = voice * syllables * 0.4 / np.max(np.abs(voice))
    return made


def integers(sound: Samples, bits: int) -> npt.NDArray[np.int64]:
    whole: npt.NDArray[np.int64] = np.round(np.clip(sound, -1, 1) * (2 ** (bits - 1) - 1)).astype(
        np.int64
    )
    return whole


def packed(sound: Samples, width: int) -> bytes:
    """Whole numbers of so many bytes, little end first."""
    whole = integers(sound, 8 * width)
    if width == 1:
        return (whole + 128).astype(np.uint8).tobytes()
    return whole.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width].tobytes()


def fmt(
    tag: int = 1,
    channels: int = 1,
    rate: int = 16_000,
    width: float = 2,
    bits: int | None = None,
    align: int | None = None,
) -> bytes:
    align = int(width * channels) if align is None else align
    return struct.pack(
        "<HHIIHH",
        tag,
        channels,
        rate,
        rate * align,
        align,
        int(width * 8) if bits is None else bits,
    )


def extensible(
    sub: int, channels: int, rate: int, width: int, valid: int, end: bytes = MEDIA
) -> bytes:
    return fmt(0xFFFE, channels, rate, width) + struct.pack("<HHIH", 22, valid, 0, sub) + end


def chunk(name: bytes, data: bytes, size: int | None = None, fill: bool = True) -> bytes:
    length = struct.pack("<I", len(data) if size is None else size)
    return name + length + data + (b"\0" * (len(data) % 2) if fill else b"")


def riff(*chunks: bytes, kind: bytes = b"RIFF", size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return kind + struct.pack("<I", len(body) if size is None else size) + body


def wav(
    sound: Samples | None = None,
    *,
    rate: int = 16_000,
    width: int = 2,
    before: bytes = b"",
    behind: bytes = b"",
    size: int | None = None,
    kind: bytes = b"RIFF",
    riff_size: int | None = None,
) -> bytes:
    """A plain WAV file, with chunks around its sound and a length of one's own."""
    data = packed(speech(rate) if sound is None else sound, width)
    parts = (
        chunk(b"fmt ", fmt(rate=rate, width=width)),
        before,
        chunk(b"data", data, size),
        behind,
    )
    return riff(*parts, kind=kind, size=riff_size)


def written(format: str, subtype: str, rate: int = 16_000, sound: Samples | None = None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, speech(rate) if sound is None else sound, rate, subtype, format=format)
    return file.getvalue()


def stereo(left: Samples, right: Samples, width: int = 2) -> bytes:
    both = np.column_stack([left, right]).reshape(-1)
    return riff(chunk(b"fmt ", fmt(channels=2, width=width)), chunk(b"data", packed(both, width)))


def twelve(shift: int, tag: int = 1) -> bytes:
    """12 bits in 16, in the upper ones (as the format says) or in the lower ones."""
    whole = (integers(speech(16_000), 12) << shift).astype("<i2").tobytes()
    return riff(chunk(b"fmt ", fmt(tag, bits=12)), chunk(b"data", whole))


def twenty_four_in_32(shift: int, head: bytes) -> bytes:
    whole = (integers(speech(16_000), 24) << shift).astype("<i4").tobytes()
    return riff(chunk(b"fmt ", head), chunk(b"data", whole))


def floats(scale: float, width: int = 4, head: bytes | None = None) -> bytes:
    data = (speech(16_000) * scale).astype(f"<f{width}").tobytes()
    return riff(chunk(b"fmt ", head or fmt(3, width=width)), chunk(b"data", data))


def large(kind: bytes, told: int | None = None, tag: bytes | None = None) -> bytes:
    """RF64 or BW64: the lengths stand in ``ds64``."""
    data = packed(speech(16_000), 2)
    sizes = struct.pack(
        "<QQQI", 72 + len(data), len(data) if told is None else told, len(data) // 2, 0
    )
    return riff(
        chunk(b"ds64", sizes),
        tag or b"",
        chunk(b"fmt ", fmt()),
        chunk(b"data", data, 0xFFFFFFFF),
        kind=kind,
        size=0xFFFFFFFF,
    )


def mp3_in_wav(tag: int) -> bytes:
    return riff(
        chunk(b"fmt ", fmt(tag, width=0, align=1, bits=0) + b"\0\0"),
        chunk(b"data", written("MP3", "MPEG_LAYER_III")),
    )


def blind_info(data: bytes) -> bytes:
    """An MP3 file without the frame that counts the others."""
    from ivr.speech.mp3 import frame_size

    return data[frame_size(data, 0) :]


def noise(seconds: float, level: float) -> Samples:
    return np.random.default_rng(7).normal(0, level, int(seconds * 16_000))


def tone(seconds: float) -> Samples:
    return 0.3 * np.sin(np.arange(int(seconds * 16_000)) * 2 * np.pi * 440 / 16_000)


def cut(data: bytes, part: float) -> bytes:
    return data[: int(len(data) * part)]


NOTES = chunk(b"LIST", b"INFOIART" + struct.pack("<I", 5) + b"Ogul\0\0")
BEXT = chunk(b"bext", b"Interview".ljust(602, b"\0"))
ODD = b"LIST" + struct.pack("<I", 13) + b"INFOISFT\x01\0\0\0A"
"""A chunk of an odd length."""
ID3 = b"ID3\x03\0\0\0\0\0\x0aTIT2\0\0\0\0\0\0"


def heard() -> Iterator[Case]:
    """Files of which every word is heard."""
    for width in (1, 2, 3, 4):
        yield Case(f"{8 * width} bit", wav(width=width))
    for rate in (8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000):
        yield Case(f"{rate} Hz", wav(rate=rate))
    yield Case("12 bit, upper", twelve(4))
    yield Case("12 bit, lower", twelve(0))
    yield Case(
        "20 bit in 24",
        riff(
            chunk(b"fmt ", extensible(1, 1, 16_000, 3, 20)),
            chunk(b"data", packed(integers(speech(16_000), 20) / 2**19, 3)),
        ),
    )
    yield Case("24 bit in 32", twenty_four_in_32(8, fmt(width=4)))
    yield Case("24 bit in 32, so called", twenty_four_in_32(8, fmt(width=4, bits=24)))
    yield Case("24 bit in 32, lower", twenty_four_in_32(0, fmt(width=4, bits=24)))
    yield Case("24 bit in 32, extensible", twenty_four_in_32(8, extensible(1, 1, 16_000, 4, 24)))
    yield Case("float 32", floats(1))
    yield Case("float 64", floats(1, 8))
    yield Case("float 32 over full scale", floats(7.5))
    yield Case("float 32 up to 32768", floats(32_768))
    yield Case("float 32, extensible", floats(1, 4, extensible(3, 1, 16_000, 4, 32)))
    yield Case("float 64, extensible", floats(1, 8, extensible(3, 1, 16_000, 8, 64)))
    for subtype in ("ALAW", "ULAW", "IMA_ADPCM", "MS_ADPCM", "GSM610", "G721_32"):
        yield Case(f"WAV {subtype}", written("WAV", subtype))
    for subtype in ("PCM_16", "PCM_24", "PCM_32", "FLOAT", "ALAW", "ULAW"):
        yield Case(f"WAVEX {subtype}", written("WAVEX", subtype))
    yield Case("RF64", large(b"RF64"))
    yield Case("BW64", large(b"BW64"))
    yield Case("RF64 of libsndfile", written("RF64", "PCM_24"))
    yield Case("RF64 that never learned its length", large(b"RF64", 0))
    yield Case("BW64 with notes in front", large(b"BW64", None, BEXT))
    yield Case("JUNK in the place of ds64", wav(before=chunk(b"JUNK", bytes(28))))
    yield Case("bext and LIST in front", wav(before=BEXT + NOTES))
    yield Case("odd chunk, filled", wav(before=ODD + b"\0"))
    yield Case("odd chunk, not filled", wav(before=ODD))
    yield Case("zeros between chunks", wav(before=bytes(470)))
    yield Case("LIST behind", wav(behind=NOTES))
    yield Case("ID3 behind", wav(behind=b"TAG" + b"Salam".ljust(125)))
    yield Case("zeros behind", wav(behind=bytes(5_000)))
    yield Case("ID3 in front", ID3 + wav())
    yield Case("length 0", wav(size=0, riff_size=0))
    yield Case("length 0xFFFFFFFF", wav(size=0xFFFFFFFF, riff_size=0xFFFFFFFF))
    yield Case("length 0x7FFFFFFF", wav(size=0x7FFFFFFF))
    yield Case("length of a pipe, LIST behind", wav(size=0xFFFFFFFF, behind=NOTES))
    yield Case("length 0, LIST behind", wav(size=0, behind=NOTES))
    yield Case("length of RIFF wrong", wav(riff_size=11))
    yield Case("half a sample at the end", wav(size=int(SECONDS * 32_000) + 1))
    yield Case("odd 8 bit", wav(speech(16_000)[:9_599], width=1, behind=NOTES))
    voice, still = speech(16_000), np.zeros(int(SECONDS * 16_000))
    yield Case("stereo", stereo(voice, voice))
    yield Case("stereo, left alone", stereo(voice, still))
    yield Case("stereo, right alone", stereo(still, voice))
    yield Case("stereo, opposite phase", stereo(voice, -voice))
    yield Case("stereo, nearly opposite", stereo(voice, -0.8 * voice))
    yield Case("stereo, hiss on one side", stereo(voice, noise(SECONDS, 0.004)))
    yield Case("stereo of 24 bit", stereo(voice, 0.5 * voice, 3))
    six = np.column_stack([still, still, voice, still, still, still]).reshape(-1)
    yield Case(
        "six channels",
        riff(chunk(b"fmt ", extensible(1, 6, 16_000, 2, 16)), chunk(b"data", packed(six, 2))),
    )
    yield Case("a constant beside the sound", wav(0.4 * voice + 0.5))
    yield Case("very quiet, 24 bit", wav(0.02 * voice, width=3))
    yield Case("a little clipped", wav(np.clip(2.6 * voice, -1, 1)))
    yield Case("MP3 in a WAV file", mp3_in_wav(0x55))
    yield Case("MP3 called PCM", mp3_in_wav(1))
    yield Case("MP3", written("MP3", "MPEG_LAYER_III"))
    yield Case("MP3, 44,100 Hz", written("MP3", "MPEG_LAYER_III", 44_100))
    yield Case("MP3 with ID3", ID3 + written("MP3", "MPEG_LAYER_III") + b"TAG".ljust(128))
    yield Case("MP3 without a count", blind_info(written("MP3", "MPEG_LAYER_III")))
    for subtype in ("PCM_16", "PCM_24", "FLOAT", "ALAW"):
        yield Case(f"AIFF {subtype}", written("AIFF", subtype))
    for subtype in ("PCM_16", "PCM_24"):
        yield Case(f"FLAC {subtype}", written("FLAC", subtype))
    yield Case("OGG Vorbis", written("OGG", "VORBIS"))
    yield Case("OGG Opus", written("OGG", "OPUS", 48_000))


def refused() -> Iterator[Case]:
    """Files that are refused, and the cause that is told."""
    whole = wav()
    yield Case("nothing", b"", "is empty (0 bytes)")
    yield Case("zeros", bytes(40_000), "has only zeros")
    yield Case("a text", "Salam, bu ses däl.\n".encode() * 9, "it is text")
    yield Case("a page", b"<html><body>404</body></html>", "it is text")
    yield Case("header alone", whole[:44], "cut off")
    yield Case("half a header", whole[:30], "sound")
    yield Case("sound of no length", wav(np.zeros(0)), "there is no sound in it")
    yield Case("no sound, but notes", wav(np.zeros(0), behind=NOTES), "there is no sound in it")
    yield Case("half uploaded", cut(whole, 0.5), "has 0.3 seconds; copy or upload it again")
    yield Case(
        "the last tenth is missing", cut(whole, 0.9), "states 0.6 seconds, but the file has 0.5"
    )
    yield Case("half of RF64", cut(large(b"RF64"), 0.5), "cut off")
    yield Case("half of ADPCM", cut(written("WAV", "IMA_ADPCM"), 0.5), "cut off")
    yield Case("longer in the header", wav(size=96_000), "states 3.0 seconds")
    yield Case("shorter in the header", wav(size=9_600), "more sound than its header states")
    yield Case("two files in one", whole + whole, "two recordings")
    yield Case(
        "two sounds in one",
        riff(
            chunk(b"fmt ", fmt()), chunk(b"data", bytes(20)), chunk(b"data", packed(tone(0.3), 2))
        ),
        "two recordings",
    )
    yield Case("half of an MP3", cut(written("MP3", "MPEG_LAYER_III"), 0.5), "MP3 file that ends")
    mp3 = written("MP3", "MPEG_LAYER_III")
    yield Case("an MP3 without its last frames", mp3[:1476], "MP3 file that ends")
    yield Case("an MP3 with a hole", mp3[:600] + bytes(300) + mp3[900:], "damaged MP3")
    yield Case(
        "half of a FLAC", cut(written("FLAC", "PCM_16"), 0.5), "not all of its sound can be decoded"
    )
    flac = bytearray(written("FLAC", "PCM_16"))
    flac[21:26] = bytes([flac[21] & 0xF0, 0, 0, 0, 0])
    yield Case("a FLAC out of a pipe", bytes(flac), "does not say how long it is")
    flac = bytearray(written("FLAC", "PCM_16"))
    flac[-300:-290] = bytes(10)
    yield Case("a FLAC with a wrong place", bytes(flac), "not all of its sound can be decoded")
    wrong = bytearray(mp3)
    wrong[1300:1330] = b"\xa5" * 30
    yield Case("an MP3 with a wrong place", bytes(wrong), "not all of its sound can be decoded")
    yield Case("half of an OGG", cut(written("OGG", "VORBIS"), 0.6), "OGG file that ends")
    yield Case("half of an AIFF", cut(written("AIFF", "PCM_16"), 0.5), "AIFF file that ends")
    yield Case("raw A-law", written("RAW", "ALAW"), "no known header")
    yield Case("raw samples", packed(speech(16_000), 2), "no known header")
    yield Case("M4A", b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(99), "it is an M4A, MP4 or 3GP file")
    yield Case("AMR", b"#!AMR\n" + bytes(range(99)), "it is an AMR recording")
    yield Case("CAF", written("CAF", "PCM_16"), "it is a CAF recording")
    yield Case("W64", written("W64", "PCM_16"), "it is a Sony Wave64 recording")
    yield Case("AU", written("AU", "PCM_16"), "it is an AU recording")
    yield Case("WebM", b"\x1a\x45\xdf\xa3" + bytes(99), "it is a WebM or Matroska file")
    yield Case("a Word document", b"PK\x03\x04" + bytes(99), "an office document")
    yield Case("a film", riff(kind=b"RIFF").replace(b"WAVE", b"AVI "), "of the kind 'AVI'")
    yield Case(
        "a coding of telephones",
        riff(chunk(b"fmt ", fmt(0x83, width=1)), chunk(b"data", bytes(range(200)))),
        "in a coding that is not supported (G.729)",
    )
    yield Case(
        "an unknown coding",
        riff(
            chunk(b"fmt ", extensible(1, 1, 16_000, 2, 16, bytes(14))), chunk(b"data", bytes(999))
        ),
        "an unknown coding",
    )
    yield Case(
        "no channels",
        riff(chunk(b"fmt ", fmt(channels=0, align=2)), chunk(b"data", packed(tone(0.3), 2))),
        "no channels",
    )
    yield Case(
        "16 bit in one byte",
        riff(chunk(b"fmt ", fmt(bits=16, align=1)), chunk(b"data", packed(tone(0.3), 2))),
        "contradicts itself",
    )
    yield Case(
        "float of 16 bit",
        riff(chunk(b"fmt ", fmt(3)), chunk(b"data", packed(tone(0.3), 2))),
        "contradicts itself",
    )
    yield Case(
        "no number of samples a second",
        riff(chunk(b"fmt ", fmt(rate=0)), chunk(b"data", packed(tone(0.3), 2))),
        "samples a second",
    )
    yield Case("44 samples a second", wav(tone(0.3), rate=44), "44 samples a second")
    yield Case("no header of the sound", riff(chunk(b"data", packed(tone(0.3), 2))), "its header")
    yield Case(
        "a chunk that has no end",
        wav(before=chunk(b"LIST", b"", 9**9)),
        "cannot be found from its header",
    )
    yield Case(
        "float called whole",
        riff(chunk(b"fmt ", fmt(width=4)), chunk(b"data", speech(16_000).astype("<f4").tobytes())),
        "its samples are floating-point numbers",
    )
    yield Case(
        "whole called float",
        riff(chunk(b"fmt ", fmt(3, width=4)), chunk(b"data", packed(speech(16_000), 4))),
        "is damaged",
    )
    yield Case(
        "no numbers",
        riff(
            chunk(b"fmt ", fmt(3, width=4)), chunk(b"data", np.full(9_999, np.nan, "<f4").tobytes())
        ),
        "are not numbers",
    )
    yield Case("silent", wav(np.zeros(16_000)), "is silent")
    yield Case("hiss alone", wav(noise(1, 0.0004)), "is silent")
    yield Case("a constant alone", wav(np.full(16_000, 0.5)), "is silent")
    yield Case(
        "silent for a while, in stereo", stereo(np.zeros(9_999), np.zeros(9_999)), "is silent"
    )
    yield Case("clipped all over", wav(np.clip(40 * speech(16_000), -1, 1)), "is clipped")
    yield Case("one click", wav(np.array([0.0, 0.9, 0.0])), "too short for a word")
    yield Case("a blink", wav(tone(0.05)), "0.05 seconds long, too short")
    yield Case(
        "an hour of A-law",
        riff(chunk(b"fmt ", fmt(6, rate=8_000, width=1)), chunk(b"data", bytes(8_000 * 3_600))),
        "is longer than 5 minutes",
    )
    yield Case(
        "an hour of FLAC", written("FLAC", "PCM_16", 8_000, np.zeros(8_000 * 310)), "5 minutes"
    )


def alike(original: Samples, rate: int, heard: Samples, at: int) -> float:
    """How alike two sounds are, wherever one begins in the other: 1 is the same."""
    one = soxr.resample(original, rate, 8_000)
    other = soxr.resample(heard, at, 8_000)
    size = len(one) + len(other)
    found = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size)
    return float(np.max(np.abs(found)) / (np.linalg.norm(one) * np.linalg.norm(other)))
