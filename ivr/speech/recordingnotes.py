"""Notes on recordings: faults of single recordings, and sentences in two voices. A note does
not prevent publishing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.flow.document import Flow
from ivr.speech.checks import FRAME, Finding, Known, findings, length, levels, loudness, span
from ivr.speech.coverage import State, coverage
from ivr.speech.loudness import active_level
from ivr.speech.recording import names, read_bytes, read_recording, recordings
from ivr.speech.texts import Texts

FEW = 10
"""Minimum number of recordings to determine the pace and the usual level."""
MOST = 10
"""Maximum number of notes of one kind that are listed singly."""
Seconds = Callable[[Language, str], float]
"""The length of the synthetic reading of words, in seconds."""


@dataclass(frozen=True, slots=True)
class _Heard:
    file: Path
    findings: list[Finding]
    level: float
    seconds: float
    expected: float
    """Seconds of the synthetic reading; 0 if there is none."""


def notes(folder: Path, texts: Texts, flow: Flow, seconds: Seconds) -> Iterator[str]:
    """Yield a sentence for each note. Unusable names a recording that cannot be used."""
    every = list(recordings(folder, texts))
    for language in Language:
        found = [(file, words) for each, _, file, words in every if each is language]
        if not found:
            continue
        yield from _few(_faults(found, language, seconds), f"recordings of {language}")
        yield from _few(
            _halves(folder, texts, language, flow), f"half recorded texts of {language}"
        )


def _few(found: Iterator[str], what: str) -> Iterator[str]:
    every = list(found)
    yield from every[:MOST]
    if len(every) > MOST:
        yield f"{len(every) - MOST} more notes on {what}"


def _faults(
    found: Sequence[tuple[Path, str]], language: Language, seconds: Seconds
) -> Iterator[str]:
    heard = [_heard(file, words, language, seconds) for file, words in found]
    is_set = len(heard) >= FEW
    usual = float(np.median([each.level for each in heard]))
    paces = [each.seconds / each.expected for each in heard if each.expected]
    pace = float(np.median(paces)) if is_set and paces else 1.0
    for each in heard:
        told = list(each.findings)
        if each.expected:
            told += length(each.seconds / (each.expected * pace))
        if is_set:
            told += loudness(each.level, usual)
        yield from (f"{each.file} {finding.sentence}" for finding in told)


def _heard(file: Path, words: str, language: Language, seconds: Seconds) -> _Heard:
    sound, rate = read_recording(read_bytes(file), file)
    begin, end = span(levels(sound, rate))
    expected = 0.0
    with suppress(Unusable):  # without a voice the lengths are unknown
        expected = seconds(language, words)
    found = findings(sound, rate, Known(words))
    return _Heard(file, found, active_level(sound, rate), (end - begin) * FRAME, expected)


def _halves(folder: Path, texts: Texts, language: Language, flow: Flow) -> Iterator[str]:
    found = coverage(texts, language, flow, names(folder, language))
    for sentence in found.of(found.sentences, State.HALF):
        yield (
            f"text '{sentence.key}' of {language} is half recorded: the synthetic voice says whole "
            f"sentences of it; missing: {sentence.lacks()}"
        )
