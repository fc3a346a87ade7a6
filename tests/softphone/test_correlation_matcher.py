"""What is said is known by its likeness where no sample is as it was rendered."""

from __future__ import annotations

import numpy as np
import pytest
import soxr
from G722 import G722
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.softphone.correlation_matcher import CorrelationMatcher, PrefixIndex
from ivr.softphone.exact_matcher import FRAME, learn
from tests.softphone.sounds import SILENT, pieces, said, vocabulary_of

KNOWN = pieces(30, seed=4)
BEGINNINGS = PrefixIndex(vocabulary_of(KNOWN))


def hear(sound: bytes, rate: int = 8000, portion: int = 1000) -> CorrelationMatcher:
    likeness = CorrelationMatcher(BEGINNINGS, rate)
    for at in range(0, len(sound), portion):
        likeness.feed(sound[at : at + portion])
    likeness.feed(bytes(rate))
    return likeness


def words(likeness: CorrelationMatcher) -> list[str]:
    return [each.piece.words for each in likeness.heard]


def samples(sound: bytes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(sound, "<i2").astype(np.float64)


def linear(sound: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bytes:
    return np.clip(np.round(sound), -32768, 32767).astype("<i2").tobytes()


@settings(max_examples=25, deadline=None)
@given(
    order=st.lists(st.integers(0, len(KNOWN) - 1), min_size=1, max_size=5),
    shift=st.integers(0, 159),
    noise=st.sampled_from([0.0, 300.0, 1500.0]),
    drift=st.sampled_from([1.0, 0.9999, 1.0001]),
)
def test_noise_alignment_and_drift_do_not_hide_what_is_said(
    order: list[int], shift: int, noise: float, drift: float
) -> None:
    clean = bytes(2 * shift) + SILENT * 5
    clean += b"".join(said(KNOWN[number]) + SILENT * 10 for number in order)
    sound = soxr.resample(samples(clean), 8000, 8000 * drift) if drift != 1 else samples(clean)
    level = noise * (np.abs(sound) > 300)
    sound = sound + level * np.random.default_rng(1).standard_normal(len(sound))
    likeness = hear(linear(sound))
    assert words(likeness) == [KNOWN[number].words for number in order]
    assert all(each.complete for each in likeness.heard)


@pytest.mark.parametrize("number", range(0, 30, 5))
def test_wideband_is_understood(number: int) -> None:
    wide = soxr.resample(samples(SILENT * 10 + said(KNOWN[number])), 8000, 16000)
    codec = G722(16000, 64000)
    decoded = G722(16000, 64000).decode(codec.encode(wide.clip(-32768, 32767).astype("<i2")))
    likeness = hear(np.asarray(decoded).astype("<i2").tobytes(), rate=16000)
    assert words(likeness) == [KNOWN[number].words]
    assert abs(likeness.heard[0].start - 0.2) < 0.05


@settings(max_examples=25, deadline=None)
@given(number=st.integers(0, len(KNOWN) - 1), data=st.data())
def test_a_piece_cut_off_is_told_as_far_as_it_was_heard(number: int, data: st.DataObject) -> None:
    length = len(KNOWN[number].frames)
    if length < 32:
        return
    cut = data.draw(st.integers(22, length - 8))
    likeness = hear(said(KNOWN[number])[: cut * FRAME])
    assert words(likeness) == [KNOWN[number].words]
    assert not likeness.heard[0].complete
    assert abs(likeness.heard[0].end - cut * 0.02) < 0.1


def test_music_is_strange() -> None:
    place = np.arange(16000) / 8000
    likeness = hear(linear(5000 * np.sin(2 * np.pi * 440 * place)))
    assert likeness.heard == []
    assert sum(each.end - each.start for each in likeness.strange) > 1.5


def test_silence_is_neither_said_nor_strange() -> None:
    likeness = hear(SILENT * 200)
    assert (likeness.heard, likeness.strange) == ([], [])


def test_what_is_rendered_during_a_call_is_known_when_it_is_said() -> None:
    fresh = [KNOWN[7]]
    beginnings = PrefixIndex(learn(KNOWN[:3], lambda: [fresh.pop()] if fresh else []))
    likeness = CorrelationMatcher(beginnings)
    likeness.feed(said(KNOWN[1]) + SILENT * 10 + said(KNOWN[7]) + SILENT * 50)
    assert words(likeness) == [KNOWN[1].words, KNOWN[7].words]
