"""The sounds themselves: their level, their edges, their length, in each encoding."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from G722 import G722

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.audio import (
    ENCODINGS,
    FRAME,
    NARROW,
    WIDE,
    prepare,
    read_wave,
    silence,
    write_linear,
    write_wave,
)
from ivr.speech.library import Library
from ivr.speech.loudness import SILENT, Samples, active_level
from ivr.speech.manifest import Manifest, Piece, spoken_pieces
from ivr.speech.sound import PAUSES
from ivr.speech.texts import Texts
from tests.nightly import nightly

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import audioop

TURNS = [next(iter(ENCODINGS)), *map(nightly, list(ENCODINGS)[1:])]
LEAST_SPEECH = 0.25
"""Seconds; shorter words have no level by the standard's own measure."""


def decoded(encoding: str, data: bytes) -> tuple[Samples, int]:
    """What a phone makes of a sound."""
    match encoding:
        case "g722":
            return np.asarray(G722(WIDE, 64_000).decode(data), dtype=np.float64) / 32768, WIDE
        case "alaw":
            linear = audioop.alaw2lin(data, 2)
        case _:
            linear = audioop.ulaw2lin(data, 2)
    return np.frombuffer(linear, "<i2").astype(np.float64) / 32768, NARROW


def quiet_edges(sound: Samples, rate: int) -> tuple[float, float]:
    """Seconds before the first and after the last 10 ms over -50 dBov."""
    frame = rate // 100
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    loud = np.flatnonzero(np.sqrt(np.mean(frames**2, axis=1)) > 10 ** (-50 / 20))
    return int(loud[0]) / 100, (len(frames) - 1 - int(loud[-1])) / 100


def speech(seconds: float, rate: int, level: float) -> Samples:
    """Something like speech: bursts of noise in syllables."""
    numbers = np.random.default_rng(1)
    noise = numbers.normal(0, 1, int(seconds * rate))
    envelope = np.clip(np.sin(np.arange(len(noise)) * 2 * np.pi * 4 / rate), 0.05, 1)
    sound = noise * envelope
    gain = 0.01 * 10 ** ((level - active_level(sound * 0.01, rate)) / 20)
    return np.asarray(sound * gain, dtype=np.float64)


@pytest.fixture(scope="module")
def sounds(shipped: tuple[Library, Manifest]) -> list[tuple[str, Path]]:
    library, manifest = shipped
    return [
        (f"{language} {sound.words}", library.path(sound.hash))
        for language in Language
        for sound in manifest.sounds(language)
        if sound.words not in PAUSES
    ]


@pytest.fixture(scope="module")
def of_values(texts: Texts) -> set[str]:
    """The names of those that values are put together from."""
    return {
        f"{language} {words}"
        for language in Language
        for words, kind in spoken_pieces(texts, language).items()
        if kind is not Piece.TEXT
    }


class TestShippedSounds:
    @pytest.mark.parametrize("encoding", TURNS)
    def test_speech_is_at_its_level_and_no_peak_is_over_the_limit(
        self, sounds: list[tuple[str, Path]], of_values: set[str], encoding: str
    ) -> None:
        levels: dict[str, float] = {}
        pieces: dict[str, float] = {}
        peaks: dict[str, float] = {}
        for name, path in sounds:
            sound, rate = decoded(encoding, path.with_suffix(f".{encoding}").read_bytes())
            peaks[name] = float(np.max(np.abs(sound)))
            if len(sound) >= LEAST_SPEECH * rate:
                (pieces if name in of_values else levels)[name] = active_level(sound, rate)
        assert len(levels) > 500
        assert {name: level for name, level in levels.items() if abs(level + 26) > 1} == {}
        assert len(pieces) > 500
        assert {name: level for name, level in pieces.items() if not -37 < level < -18} == {}
        assert float(np.median(list(pieces.values()))) == pytest.approx(-26, abs=2)
        assert {name: peak for name, peak in peaks.items() if peak > 10 ** (-3 / 20)} == {}

    @pytest.mark.parametrize("encoding", TURNS)
    def test_no_sound_has_more_than_0_35_seconds_of_silence_at_either_end(
        self, sounds: list[tuple[str, Path]], encoding: str
    ) -> None:
        edges = {}
        for name, path in sounds:
            sound, rate = decoded(encoding, path.with_suffix(f".{encoding}").read_bytes())
            edges[name] = quiet_edges(sound, rate)
        assert {name: both for name, both in edges.items() if max(both) > 0.35} == {}

    def test_every_encoding_has_the_same_whole_frames(self, sounds: list[tuple[str, Path]]) -> None:
        for name, path in sounds:
            sizes = {path.with_suffix(f".{each}").stat().st_size for each in ENCODINGS}
            assert len(sizes) == 1, name
            assert sizes.pop() % FRAME == 0, name


class TestPreparing:
    @pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000])
    @pytest.mark.parametrize("level", [-50.0, -26.0, -8.0])
    def test_any_rate_and_level_becomes_the_line_s_own(self, rate: int, level: float) -> None:
        made = prepare(speech(2.0, rate, level), rate, 0.1)
        for encoding in ENCODINGS:
            sound, to = decoded(encoding, made[encoding])
            assert abs(active_level(sound, to) + 26) < 1
            assert np.max(np.abs(sound)) < 10 ** (-3 / 20)

    def test_silence_before_and_after_is_cut(self) -> None:
        padded = np.pad(speech(1.0, NARROW, -26), (2 * NARROW, 3 * NARROW))
        length = len(prepare(padded, NARROW, 0.1)["alaw"]) / NARROW
        assert length == pytest.approx(1.0, abs=0.25)

    def test_silence_over_noise_of_a_recording_is_cut_too(self) -> None:
        noise = np.random.default_rng(2).normal(0, 10 ** (-55 / 20), 5 * NARROW)
        noise[2 * NARROW : 3 * NARROW] += speech(1.0, NARROW, -26)
        assert len(prepare(noise, NARROW, 0.1)["alaw"]) / NARROW == pytest.approx(1.0, abs=0.3)

    def test_the_pause_at_the_end_is_as_asked(self) -> None:
        sound = speech(1.0, NARROW, -26)
        short, long = (len(prepare(sound, NARROW, tail)["alaw"]) for tail in (0.04, 0.18))
        assert (long - short) / NARROW == pytest.approx(0.14, abs=0.02)

    def test_a_pause_is_silent(self) -> None:
        for encoding, data in silence(0.1).items():
            sound, rate = decoded(encoding, data)
            assert len(sound) / rate == pytest.approx(0.1, abs=0.02)
            assert active_level(sound, rate) < -60


class TestWaveFiles:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "sound.wav"

    def test_are_read_as_they_were_written(self, file: Path) -> None:
        sound = speech(0.5, NARROW, -26)
        write_wave(file, prepare(sound, NARROW, 0)["alaw"])
        read, rate = read_wave(file.read_bytes(), "sound")
        assert rate == NARROW
        assert active_level(read, rate) == pytest.approx(-26, abs=1)

    @pytest.mark.parametrize(
        "data", [b"", b"RIFF", b"RIFF....WAVEfmt ", b"ID3 an mp3" * 50, b"\0" * 4_000]
    )
    def test_what_is_none_is_refused_by_name(self, data: bytes) -> None:
        with pytest.raises(Unusable, match=r"tk/welcome\.wav is not a WAV file"):
            read_wave(data, "tk/welcome.wav")

    def test_silence_is_refused_by_name(self, file: Path) -> None:
        write_linear(file, bytes(16_000))
        with pytest.raises(Unusable, match="welcome is silent"):
            read_wave(file.read_bytes(), "welcome")

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match="cannot be written"):
            write_linear(tmp_path / "none" / "sound.wav", b"\0\0")


class TestLevel:
    @pytest.mark.parametrize("rate", [NARROW, WIDE])
    def test_a_full_scale_square_wave_is_0_dbov(self, rate: int) -> None:
        square = np.sign(np.sin(np.arange(rate) * 2 * np.pi * 400 / rate + 0.1))
        assert active_level(square, rate) == pytest.approx(0, abs=0.1)

    def test_a_full_scale_sine_is_3_decibels_under_it(self) -> None:
        sine = np.sin(np.arange(NARROW) * 2 * np.pi * 400 / NARROW)
        assert active_level(sine, NARROW) == pytest.approx(-3.01, abs=0.2)

    def test_pauses_do_not_count(self) -> None:
        sine = 0.1 * np.sin(np.arange(4 * NARROW) * 2 * np.pi * 400 / NARROW)
        paused = np.concatenate([sine, np.zeros(4 * NARROW)])
        assert active_level(paused, NARROW) == pytest.approx(active_level(sine, NARROW), abs=0.5)

    def test_silence_has_none(self) -> None:
        assert active_level(np.zeros(NARROW), NARROW) == SILENT
        assert active_level(np.zeros(0), NARROW) == SILENT
