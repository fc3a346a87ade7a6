"""What is to be said of the recordings that are there: faults of single ones, sentences of two
voices. Nothing of it keeps a release from being published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.errors import Unusable
from ivr.flow.document import Flow
from ivr.speech.checks import FRAME, Finding, Known, findings, levels, span
from ivr.speech.coverage import State, coverage
from ivr.speech.loudness import SILENT, active_level
from ivr.speech.recording import names, read_bytes, read_recording, recordings
from ivr.speech.texts import Texts
from ivr.values import Language

FEW = 10
"""Recordings of which a pace and a usual level can be told."""
MOST = 10
"""Notes of one kind that are told one by one."""
Seconds = Callable[[Language, str], float]
"""How long the synthetic reading of words is."""


@dataclass(frozen=True, slots=True)
class _Heard:
    file: Path
    words: str
    level: float
    seconds: float
    expected: float | None


def notes(folder: Path, texts: Texts, flow: Flow, seconds: Seconds) -> Iterator[str]:
    """A sentence for each thing to know. Unusable names a recording that cannot be used."""
    for language in Language:
        yield from _few(_faults(folder, texts, language, seconds), f"recordings of {language}")
        yield from _few(
            _halves(folder, texts, language, flow), f"half recorded texts of {language}"
        )


def _few(found: Iterator[str], what: str) -> Iterator[str]:
    every = list(found)
    yield from every[:MOST]
    if len(every) > MOST:
        yield f"{len(every) - MOST} more notes on {what}"


def _faults(folder: Path, texts: Texts, language: Language, seconds: Seconds) -> Iterator[str]:
    heard = [_heard(file, words, language, seconds) for file, words in _of(folder, texts, language)]
    is_set = len(heard) >= FEW
    known = [each.level for each in heard if each.level > SILENT]
    usual = float(np.median(known)) if is_set and known else None
    paces = [each.seconds / each.expected for each in heard if each.expected]
    pace = float(np.median(paces)) if is_set and paces else 1.0
    for each in heard:
        expected = each.expected * pace if each.expected else None
        for finding in _findings(each, Known(each.words, expected, usual)):
            yield f"{each.file} {finding.sentence}"


def _of(folder: Path, texts: Texts, language: Language) -> Iterator[tuple[Path, str]]:
    return ((file, words) for each, _, file, words in recordings(folder, texts) if each is language)


def _heard(file: Path, words: str, language: Language, seconds: Seconds) -> _Heard:
    sound, rate = read_recording(read_bytes(file), file)
    begin, end = span(levels(sound, rate))
    expected = None
    with suppress(Unusable):  # there is no voice: the lengths are not known
        expected = seconds(language, words)
    return _Heard(file, words, active_level(sound, rate), (end - begin) * FRAME, expected)


def _findings(heard: _Heard, known: Known) -> list[Finding]:
    sound, rate = read_recording(read_bytes(heard.file), heard.file)
    return findings(sound, rate, known)


def _halves(folder: Path, texts: Texts, language: Language, flow: Flow) -> Iterator[str]:
    found = coverage(texts, language, flow, names(folder, language))
    for sentence in found.of(found.sentences, State.HALF):
        yield (
            f"text '{sentence.key}' of {language} is half recorded: the synthetic voice says whole "
            f"sentences of it; missing: {sentence.lacks()}"
        )
