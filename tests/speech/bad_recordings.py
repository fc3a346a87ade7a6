"""Files that are no recording, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ivr.speech.loudness import Samples
from tests.speech.recorders import (
    NOTES,
    Case,
    chunk,
    extensible,
    fmt,
    large,
    noise,
    packed,
    riff,
    speech,
    stereo,
    wav,
    written,
)


def tone(seconds: float) -> Samples:
    return 0.3 * np.sin(np.arange(int(seconds * 16_000)) * 2 * np.pi * 440 / 16_000)


def cut(data: bytes, part: float) -> bytes:
    return data[: int(len(data) * part)]


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
