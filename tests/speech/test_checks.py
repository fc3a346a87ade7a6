"""What is wrong with a recording: each fault is told, and what is right passes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ivr.domain.values import Language
from ivr.speech.checks import Check, Known, findings, room
from ivr.speech.loudness import Samples
from tests.speech.takers import RATE, breath, click, hum, noise, reading, silence

TK = Language.TURKMEN
WORDS = "Galyndyňyz kyrk bäş manat"


def good(level: float = 1.0) -> Samples:
    """A recording as it should be: silence around it, a quiet room."""
    sound = np.concatenate([silence(0.3), reading(TK, WORDS) * level, silence(0.4)])
    return sound + noise(len(sound), 0.0002)


def found(sound: Samples, known: Known | None = None) -> list[Check]:
    return [finding.check for finding in findings(sound, RATE, known or Known(WORDS))]


def seconds() -> float:
    return len(reading(TK, WORDS)) / RATE


@pytest.mark.parametrize(
    ("sound", "known"),
    [
        (good, Known(WORDS)),
        (lambda: good(0.6), Known(WORDS)),
        (lambda: good(2), Known(WORDS)),
        (good, Known(WORDS, expected=seconds())),
        (good, Known(WORDS, expected=seconds() / 1.8)),
        (good, Known(WORDS, expected=seconds() * 1.8)),
        (good, Known(WORDS, usual=-26)),
        (good, Known(WORDS, room=room(noise(RATE, 0.0002), RATE))),
        (lambda: good() + 0.01, Known(WORDS)),
        (lambda: reading(TK, "Salam!"), Known("Salam!")),
        (lambda: reading(TK, "bäş"), Known("bäş")),
        (lambda: np.zeros(0), Known(WORDS)),
        (lambda: np.zeros(RATE), Known(WORDS)),
    ],
)
def test_what_is_right_passes(sound: Callable[[], Samples], known: Known) -> None:
    assert found(sound(), known) == []


def test_real_pauses_at_marks_pass() -> None:
    sound = np.concatenate([good()[: -int(0.2 * RATE)], silence(0.3), good()])
    sound += noise(len(sound), 0.0002)
    assert found(sound, Known("Galyndyňyz kyrk bäş manat. Galyndyňyz kyrk bäş manat")) == []


def clipped() -> Samples:
    return np.clip(good() * 8, -1, 1)


def hummed() -> Samples:
    return noise(2 * RATE, 0.0002) + hum(2 * RATE, 0.004)


FAULTS: list[tuple[str, Callable[[], Samples], Callable[[], Known], Check, str]] = [
    ("clipped", clipped, lambda: Known(WORDS), Check.CLIPPED, "less gain"),
    (
        "clipped at 24 bits",
        lambda: np.clip(good() * 8, -0.95, 0.95),
        lambda: Known(WORDS),
        Check.CLIPPED,
        "places",
    ),
    ("too quiet", lambda: good(0.05), lambda: Known(WORDS), Check.LEVEL, "more gain"),
    ("too loud", lambda: np.tanh(good(8)) * 0.8, lambda: Known(WORDS), Check.LEVEL, "less gain"),
    (
        "hiss around",
        lambda: good() + noise(len(good()), 0.004, 9),
        lambda: Known(WORDS),
        Check.NOISE,
        "quieter room",
    ),
    (
        "hiss in the take",
        good,
        lambda: Known(WORDS, room=room(noise(RATE, 0.004), RATE)),
        Check.NOISE,
        "dB below the voice",
    ),
    ("hum of 50 Hz", good, lambda: Known(WORDS, room=room(hummed(), RATE)), Check.HUM, "50 Hz"),
    (
        "silence in the middle",
        lambda: np.concatenate([good()[: -int(0.2 * RATE)], silence(0.6), good()]),
        lambda: Known(WORDS),
        Check.GAP,
        "in one go",
    ),
    (
        "too short",
        good,
        lambda: Known(WORDS, expected=seconds() * 2.2),
        Check.LENGTH,
        "part missing",
    ),
    (
        "too long",
        good,
        lambda: Known(WORDS, expected=seconds() / 2.4),
        Check.LENGTH,
        "more words",
    ),
    ("a DC offset", lambda: good() + 0.1, lambda: Known(WORDS), Check.OFFSET, "DC"),
    (
        "the beginning cut off",
        lambda: good()[int(0.3 * RATE) + len(reading(TK, WORDS)) // 7 :],
        lambda: Known(WORDS),
        Check.EDGE,
        "beginning",
    ),
    (
        "the end cut off",
        lambda: good()[: int(0.3 * RATE) + len(reading(TK, WORDS)) * 2 // 3],
        lambda: Known(WORDS),
        Check.EDGE,
        "end",
    ),
    ("louder than the rest", good, lambda: Known(WORDS, usual=-36), Check.LOUDNESS, "louder"),
    ("quieter than the rest", good, lambda: Known(WORDS, usual=-16), Check.LOUDNESS, "quieter"),
]


@pytest.mark.parametrize(
    ("sound", "known", "check", "said"),
    [fault[1:] for fault in FAULTS],
    ids=[fault[0] for fault in FAULTS],
)
def test_each_fault_is_told(
    sound: Callable[[], Samples], known: Callable[[], Known], check: Check, said: str
) -> None:
    told = {finding.check: finding for finding in findings(sound(), RATE, known())}
    assert check in told
    sentence = told[check].sentence
    assert said in sentence
    assert "\n" not in sentence
    assert told[check].is_fault == (check not in {Check.LEVEL, Check.OFFSET, Check.LOUDNESS})


def test_every_check_has_a_case() -> None:
    assert {fault[3] for fault in FAULTS} == set(Check)


def test_a_voice_of_a_hundred_hertz_is_no_hum() -> None:
    at = np.arange(RATE) / RATE
    voice = 0.1 * sum(np.sin(2 * np.pi * 100 * n * at) / n for n in range(1, 20))
    assert Check.HUM not in found(np.concatenate([silence(0.3), voice, silence(0.4)]))


@pytest.mark.parametrize("between", [breath(0.3), click(0.2)], ids=["a breath", "a click"])
def test_a_breath_or_a_click_beside_words_is_no_noise(between: Samples) -> None:
    sound = np.concatenate([good(), between, silence(0.3)])
    assert Check.NOISE not in found(sound, Known(WORDS, room=room(noise(RATE, 0.0002), RATE)))
