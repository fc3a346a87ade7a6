"""Decode recordings; no other module turns the bytes of a file into sound.

WAV with linear or G.711 samples is decoded here, by the tables of the standard. libsndfile decodes
AIFF, FLAC, OGG, MP3 and the block codings of WAV. For every format the header is compared with the
content of the file.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from ivr.speech import containers, pcm, riff
from ivr.speech.mp3 import is_mp3, past_notes, whole_mp3
from ivr.speech.pcm import Whole
from ivr.speech.riff import Damaged
from ivr.speech.sndfile import LONGEST, Decoded, Longer, Undecodable, decode_inside, decode_outside

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydub warns at import
    from pydub import AudioSegment

LEAST_RATE, MOST_RATE = 6_000, 384_000
MOST_CHANNELS = 32
MP3_IN_WAV = frozenset({0x50, 0x55})
BLOCKS = frozenset({0x02, 0x11, 0x31, 0x40})
"""WAV codings that libsndfile reads: ADPCM of Microsoft and of IMA, GSM 6.10, ITU-T G.721."""
CODINGS = {
    0x14: "G.723",
    0x22: "TrueSpeech",
    0x38: "AMR",
    0x42: "G.723.1",
    0x64: "G.726",
    0x83: "G.729",
    0xFF: "AAC",
    0x160: "WMA",
    0x161: "WMA",
    0x162: "WMA",
    0x2000: "AC3",
    0x674F: "OGG",
    0xF1AC: "FLAC",
}
"""WAV codings that are not supported, by the tag in the header."""
OTHERS = (
    (0, b"#!AMR", "an AMR recording of a mobile phone"),
    (0, b"caff", "a CAF recording of an Apple device"),
    (0, b".snd", "an AU recording"),
    (0, b"riff\x2e\x91\xcf\x11", "a Sony Wave64 recording"),
    (0, b"RIFX", "a big-endian WAV file (RIFX)"),
    (0, b"\x30\x26\xb2\x75", "a Windows Media file (WMA)"),
    (0, b"\x1a\x45\xdf\xa3", "a WebM or Matroska file"),
    (0, b"FORM", "an IFF file other than AIFF"),
    (0, b"Creative Voice File", "a VOC recording"),
    (0, b"MThd", "a MIDI file, which has notes and no sound"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"Rar!", "an archive"),
    (0, b"\x1f\x8b", "an archive"),
    (0, b"7z\xbc\xaf", "an archive"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\xd0\xcf\x11\xe0", "an office document"),
    (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
    (0, b"\xff\xf1", "an AAC file"),
    (0, b"\xff\xf9", "an AAC file"),
    (4, b"ftyp", "an M4A, MP4 or 3GP file (AAC), as mobile phones save"),
)
"""Other file types found under names of recordings: offset and bytes of a mark, description."""


def decode(data: bytes, longest: int = LONGEST) -> AudioSegment:
    """Decode a recording to samples of 32 bits, with its own rate and channels.

    Damaged: the format is not supported, the file is incomplete, or it is longer than ``longest``
    seconds.
    """
    notes = past_notes(data)
    if 0 < len(data) <= notes:
        raise Damaged("is not a WAV file: it is an MP3 file without any sound; export it again")
    data = data[notes:]
    if riff.is_riff(data):
        return _of_wave(riff.read_riff(data), longest)
    if data[:4] == b"fLaC":
        return _by_library(data, longest, containers.flac_frames(data))
    if data[:4] == b"OggS":
        containers.check_ogg(data)
        return _by_library(data, longest)
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        containers.check_aiff(data)
        return _by_library(data, longest)
    if is_mp3(data):
        return _mp3(data, longest)
    raise Damaged(f"is not a WAV file: {_what(data)}")


def _of_wave(wave: riff.Wave, longest: int) -> AudioSegment:
    format = wave.format
    _check_shape(format.rate, format.channels)
    inner = wave.sound[past_notes(wave.sound) :]
    if format.tag in MP3_IN_WAV or (format.tag == riff.PCM and is_mp3(inner)):
        return _mp3(inner, longest)
    if inner[:4] in (b"RIFF", b"fLaC", b"OggS", b"FORM"):
        raise Damaged("is damaged: it has a second header where its sound should begin")
    frames = len(wave.sound) // format.align if format.align else 0
    if format.tag in riff.LINEAR:
        if frames > longest * format.rate:
            raise _too_long(frames / format.rate, longest)
        samples = pcm.samples(format, wave.sound)
        assert samples is not None
        return _segment(samples, format.rate, format.channels)
    if format.tag in BLOCKS:
        return _by_library(riff.clean(wave), longest)
    coding = CODINGS.get(format.tag, f"number {format.tag:#x}")
    raise Damaged(f"is a WAV file in a coding that is not supported ({coding})")


def _mp3(data: bytes, longest: int) -> AudioSegment:
    whole, least = whole_mp3(data)
    return _by_library(whole, longest, least, decode_outside)


def _by_library(
    data: bytes,
    longest: int,
    least: int = 0,
    by: Callable[[bytes, int], Decoded] = decode_inside,
) -> AudioSegment:
    """Decode by libsndfile; require at least ``least`` samples per channel."""
    try:
        decoded = by(data, longest)
    except Longer as error:
        raise _too_long(float(error.args[0]), longest) from None
    except Undecodable:
        raise Damaged(
            "is damaged: not all of its sound can be decoded; export it again, or copy it again"
        ) from None
    _check_shape(decoded.rate, decoded.channels)
    if len(decoded.samples) < least * decoded.channels:
        raise Damaged("is cut off: a part of its sound is missing; copy or upload it again")
    return _segment(pcm.scaled(decoded.samples), decoded.rate, decoded.channels)


def _segment(samples: Whole, rate: int, channels: int) -> AudioSegment:
    whole = samples[: len(samples) // channels * channels].astype("<i4")
    if not len(whole):
        raise Damaged("is not a WAV file: there is no sound in it")
    return AudioSegment(whole.tobytes(), sample_width=4, frame_rate=rate, channels=channels)


def _check_shape(rate: int, channels: int) -> None:
    if not LEAST_RATE <= rate <= MOST_RATE:
        raise Damaged(
            f"has {rate} samples a second in its header: {LEAST_RATE} to {MOST_RATE} are supported"
        )
    if channels > MOST_CHANNELS:
        raise Damaged(
            f"has {channels} channels in its header: at most {MOST_CHANNELS} are supported"
        )


def _too_long(seconds: float, longest: int) -> Damaged:
    way = "record the text alone" if longest == LONGEST else "save it in parts"
    return Damaged(
        f"is longer than {longest // 60} minutes (more than {seconds:.0f} seconds); {way}"
    )


def _what(data: bytes) -> str:
    """Name the kind of a file that is not a recording."""
    if not data:
        return "it is empty (0 bytes); copy or upload it again"
    if not data.strip(b"\0"):
        return "it has only zeros, because its copying failed; copy or upload it again"
    for at, mark, what in OTHERS:
        if data.startswith(mark, at):
            return f"it is {what}"
    if np.count_nonzero(np.frombuffer(data[:512], np.uint8) < 9) == 0 and _is_text(data):
        return "it is text"
    return "it has no known header; raw sound (.raw, .alaw, .ulaw, .gsm) has none"


def _is_text(data: bytes) -> bool:
    try:
        data[:4096].decode()
    except UnicodeDecodeError as error:
        return error.start > 4000
    return True
