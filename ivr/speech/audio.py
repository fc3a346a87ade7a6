"""Prepare sound for the telephone: trim, set the level, encode.

The encodings are ITU-T G.711 and G.722, in whole frames of 20 ms, as Asterisk plays them without
transcoding.
"""

from __future__ import annotations

import warnings
import wave
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soxr
from G722 import G722

from ivr.errors import Unusable
from ivr.speech.decoding import decode
from ivr.speech.loudness import SILENT, Samples, active_level
from ivr.speech.pcm import Whole
from ivr.speech.riff import Damaged
from ivr.speech.sndfile import LONGEST

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydub warns at import; Python 3.13 needs audioop-lts
    import audioop

    from pydub import AudioSegment

NARROW, WIDE = 8_000, 16_000
FRAME = 160
"""Bytes of 20 ms in each of the three encodings."""
LEVEL = -26.0
"""Active speech level of every prompt, in dBov."""
PEAK = 10 ** (-3.6 / 20)
"""Maximum of a sample. The limit is -3 dBFS, and encoding adds a little."""
QUIET = 10 ** (-50 / 20)
CANCELLED = 0.15
"""Minimum power of the mix of both channels, as a share of the louder channel's power. If one
channel is silent, the mix has a quarter."""
FULL_SCALE = 0.975
"""A sample from this value on counts as full scale: ITU-T G.711 mu-law ends at 0.980."""
MOST_CLIPPED = 0.1
"""Share of clipped samples from which on a recording is unusable."""
EDGE = 0.03
"""Seconds kept before the first and after the last audible sound."""
FADE = 0.008
"""Seconds of fade-in and fade-out, so that a cut does not click."""
FLOOR = (6.0, 24.0, 32.0)
"""Threshold for audible sound, in decibels: above the noise of the recording, at least so many
below the loudest moment, at most so many below it."""
BLOCK = 1_000_000
"""Samples processed at a time: a take of an hour has 170 million."""
ENCODINGS = ("alaw", "ulaw", "g722")

Encoded = Mapping[str, bytes]
"""One sound by encoding: alaw, ulaw, g722."""


def read_wave(data: bytes, name: str) -> tuple[Samples, int]:
    """Return the samples (mixed to mono, without DC) and the sample rate of a recording.

    Reads every kind of WAV and the other formats of ``decode``. Unusable names the file and the
    fault.
    """
    whole, rate = read_whole(data, name)
    mono: Samples = whole / 2**31
    mono -= mono.mean() if len(mono) else 0.0
    if not len(mono) or float(np.max(np.abs(mono))) < QUIET:
        raise Unusable(
            f"{name} is silent, or too quiet to be heard; record it again, nearer to the microphone"
        )
    return mono, rate


def read_whole(data: bytes, name: str, longest: int = LONGEST) -> tuple[Whole, int]:
    """Return the unchanged samples (mixed to mono) and the rate of a recording.

    ``longest`` is in seconds. Unusable names the file and the fault.
    """
    try:
        segment = _mono(decode(data, longest))
    except Damaged as error:
        way = "" if ";" in str(error) else "; save it as WAV (PCM, 16 bit)"
        raise Unusable(f"{name} {error}{way}") from None
    return _whole(segment), int(segment.frame_rate)


def _mono(sound: AudioSegment) -> AudioSegment:
    """Mix both channels; take the louder one alone if they cancel out or if there are more than
    two.

    Damaged: the recording is clipped.
    """
    loudest = max(sound.split_to_mono(), key=_power)
    if _clipped(loudest) > MOST_CLIPPED:
        raise Damaged("is clipped: it was too loud for the recorder; record it again, less loud")
    mixed = sound.set_channels(1) if sound.channels == 2 else loudest
    return mixed if _power(mixed) > CANCELLED * _power(loudest) else loudest


def _power(sound: AudioSegment) -> float:
    """Return the mean square, without DC."""
    whole = _whole(sound)
    if not len(whole):
        return 0.0
    total = square = 0.0
    for at in range(0, len(whole), BLOCK):
        part = whole[at : at + BLOCK].astype(np.float64)
        total += float(part.sum())
        square += float(part @ part)
    return square / len(whole) - (total / len(whole)) ** 2


def _clipped(sound: AudioSegment) -> float:
    """Return the share of samples that stay at full scale."""
    samples, end = _whole(sound), int(FULL_SCALE * 2**31)
    stays = ((samples[1:] > end) | (samples[1:] < -end)) & (samples[1:] == samples[:-1])
    return float(np.mean(stays)) if len(stays) else 0.0


def _whole(sound: AudioSegment) -> Whole:
    return np.frombuffer(sound.raw_data, np.int32)


def write_wave(path: Path, alaw: bytes) -> None:
    """Write A-law bytes as a WAV file: 8 kHz, mono, 16 bit."""
    write_linear(path, audioop.alaw2lin(alaw, 2))


def write_linear(path: Path, sound: bytes) -> None:
    """Write 16-bit sound of 8 kHz as a WAV file. Unusable: it cannot be written."""
    try:
        with path.open("wb") as file, wave.open(file, "wb") as target:
            target.setnchannels(1)
            target.setsampwidth(2)
            target.setframerate(NARROW)
            target.writeframes(sound)
    except OSError as error:
        raise Unusable(f"{path} cannot be written ({error.strerror})") from None


def prepare(sound: Samples, rate: int, tail: float, gain: float | None = None) -> Encoded:
    """Trim, set the level and encode; append ``tail`` seconds of silence.

    ``gain`` in decibels is common to a set of sounds; without it, the level of this sound alone is
    set.
    """
    centred = sound - sound.mean()
    narrow = soxr.resample(centred, rate, NARROW, quality="VHQ")
    wide = soxr.resample(centred, rate, WIDE, quality="VHQ")
    begin, end = _heard(narrow)
    return encode(
        _levelled(_padded(_cut(narrow, NARROW, begin, end), NARROW, tail), NARROW, gain),
        _levelled(_padded(_cut(wide, WIDE, begin, end), WIDE, tail), WIDE, gain),
    )


def gain_of(sound: Samples, rate: int) -> float:
    """Return the gain in decibels that brings a sound to the prompt level in the telephone band."""
    narrow = soxr.resample(sound - sound.mean(), rate, NARROW, quality="VHQ")
    return LEVEL - active_level(narrow, NARROW)


def decoded(sound: Encoded) -> tuple[Samples, Samples]:
    """Decode the A-law (8 kHz) and the G.722 (16 kHz) of a sound, as a phone does."""
    narrow = np.frombuffer(audioop.alaw2lin(sound["alaw"], 2), "<i2")
    wide = np.asarray(G722(WIDE, 64_000).decode(sound["g722"]))
    return narrow.astype(np.float64) / 32768, wide.astype(np.float64) / 32768


def silence(seconds: float) -> Encoded:
    """Return silence in every encoding."""
    return encode(np.zeros(int(seconds * NARROW)), np.zeros(int(seconds * WIDE)))


def encode(narrow: Samples, wide: Samples) -> Encoded:
    """Encode a sound, given at 8 kHz and 16 kHz, and pad all encodings to the same frames."""
    frames = -(-len(narrow) // FRAME)
    narrow = np.pad(narrow, (0, frames * FRAME - len(narrow)))
    wide = np.pad(wide[: 2 * len(narrow)], (0, max(0, 2 * len(narrow) - len(wide))))
    linear = _integers(narrow).tobytes()
    return {
        "alaw": audioop.lin2alaw(linear, 2),
        "ulaw": audioop.lin2ulaw(linear, 2),
        "g722": bytes(G722(WIDE, 64_000).encode(_integers(wide))),
    }


def _integers(sound: Samples) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.clip(np.round(sound * 32767), -32768, 32767).astype("<i2")


def _heard(narrow: Samples) -> tuple[float, float]:
    """Return the times in seconds of the first and the last audible sound on a telephone."""
    frame = NARROW // 100
    count = -(-len(narrow) // frame)
    frames = np.pad(narrow, (0, count * frame - len(narrow))).reshape(count, frame)
    levels = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    over_noise, least, most = FLOOR
    loudest = float(levels.max())
    threshold = float(np.percentile(levels, 10)) + over_noise
    loud = np.flatnonzero(levels > min(loudest - least, max(loudest - most, threshold)))
    return int(loud[0]) / 100, (int(loud[-1]) + 1) / 100


def _cut(sound: Samples, rate: int, begin: float, end: float) -> Samples:
    """Cut out a part with its edges, faded in and out."""
    kept = sound[max(0, int((begin - EDGE) * rate)) : int((end + EDGE) * rate)].copy()
    fade = min(int(FADE * rate), len(kept) // 2)
    if fade:
        ramp = np.linspace(0.0, 1.0, fade)
        kept[:fade] *= ramp
        kept[-fade:] *= ramp[::-1]
    return kept


def _levelled(sound: Samples, rate: int, decibels: float | None) -> Samples:
    """Apply the gain, or set the level without one; limit the peaks."""
    if decibels is not None:
        return _limited(sound * 10 ** (decibels / 20))
    gain = 1.0
    for _ in range(20):
        level = active_level(_limited(sound * gain), rate)
        if level == SILENT or abs(level - LEVEL) < 0.05:
            break
        gain *= 10 ** ((LEVEL - level) / 20)
    return _limited(sound * gain)


def _limited(sound: Samples) -> Samples:
    """Limit peaks softly; samples below 0.6 of the limit are unchanged."""
    knee = 0.6 * PEAK
    over = np.abs(sound) > knee
    if not over.any():
        return sound
    bent = sound.copy()
    room = PEAK - knee
    bent[over] = np.sign(sound[over]) * (knee + room * np.tanh((np.abs(sound[over]) - knee) / room))
    return bent


def _padded(sound: Samples, rate: int, tail: float) -> Samples:
    return np.pad(sound, (0, max(0, int((tail - EDGE) * rate))))
