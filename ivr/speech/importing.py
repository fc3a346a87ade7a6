"""Import a long take: match it with the script, check it, and write lossless recordings."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ivr.errors import Unusable
from ivr.speech.checks import Finding, Known, Room, findings, room
from ivr.speech.likeness import Sound
from ivr.speech.loudness import SILENT, active_level
from ivr.speech.matching import Match, Matching, match, named
from ivr.speech.pcm import Whole
from ivr.speech.recording import files
from ivr.speech.script import Line
from ivr.speech.takes import Chunk, Take, cut

NEAR, AGAIN = 5, 0.25
"""Maximum number of missing or repeated items up to a chapter's end; share of repeated
items allowed in addition."""
MOST_ENDS = 4
"""Maximum number of chapter ends that are tried."""
LOST = 0.2
"""Share of items with a problem from which on the take does not belong to this script."""


LIKE, FEW = -0.02, 10
"""Limit of a take's unlikeness relative to other words, and the number of items needed to apply it.
Speakers of Asterisk's core sounds have -0.10 (English) and -0.13 (Russian) with espeak-ng."""


@dataclass(frozen=True)
class Part:
    """The part of the script that a take contains, as the user gives it."""

    first: str = ""
    """Number or name of the first item; empty: the first item of the script."""
    last: str = ""
    """Number or name of the last item; empty: the take ends at the end of a chapter."""
    skipped: Sequence[str] = ()
    """Items that the speaker left out."""
    dropped: Sequence[float] = ()
    """Times in seconds within the take at which something other than an item is said."""


@dataclass(frozen=True)
class Piece:
    """A recording that will be written."""

    match: Match
    samples: Whole = field(repr=False)
    rate: int
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether it has no fault that callers would hear."""
        return not any(finding.is_fault for finding in self.findings)


def match_part(
    take: Take, lines: Sequence[Line], part: Part, read: Callable[[str], Sound], name: str
) -> Matching:
    """Match a take with the items of a part of the script.

    Unusable: it has no speech, the part is not in the script, or its words are not those of the
    part.
    """
    chunks = [chunk for chunk in cut(take) if not _is_dropped(chunk, part)]
    if not chunks:
        raise Unusable(f"{name}: it has no speech; choose another file")
    first = _place(lines, part.first) if part.first else 0
    skipped = {_place(lines, each) for each in part.skipped}
    if part.last:
        ends = [_place(lines, part.last) + 1]
    else:
        ends = [at + 1 for at in range(first, len(lines)) if _is_last(lines, at)]
    choices = [
        [lines[at] for at in range(first, end) if at not in skipped] for end in ends if end > first
    ]
    fitting = [each for each in choices if each and (part.last or _is_near(each, chunks))]
    if not fitting:
        raise Unusable(
            f"{name} has {len(chunks)} pieces, and no chapter ends there: from"
            f" {named(lines[first])} on they have {_counts(choices)} items; give the part that"
            " was read with --from and --to"
        )
    found: Matching | None = None
    for each in sorted(fitting, key=lambda each: abs(len(each) - len(chunks)))[:MOST_ENDS]:
        other = match(take, chunks, each, read)
        if found is None or other.cost < found.cost:
            found = other
        if not found.problems:
            break
    assert found is not None
    if not part.last and _is_lost(found):
        raise Unusable(
            f"{name} does not match the script from {named(lines[first])} on; give the part"
            " that was read with --from and --to"
        )
    return found


def pieces_of(take: Take, matching: Matching) -> list[Piece]:
    """Return the recordings of a take, each with its faults."""
    chunks = [each.chunk for each in matching.matches]
    of_take = room(take.quiet(chunks), take.rate)
    samples = [take.part(chunk) for chunk in chunks]
    active = [active_level(each / 2**31, take.rate) for each in samples]
    usual = float(np.median([each for each in active if each > SILENT] or [SILENT]))
    return [
        Piece(each, sound, take.rate, tuple(_checked(take, each, sound, usual, of_take)))
        for each, sound in zip(matching.matches, samples, strict=True)
    ]


def write(folder: Path, pieces: Sequence[Piece]) -> int:
    """Write all recordings into the folder of a language, or none; return the number of replaced
    ones.

    Unusable: one of them exists with another file extension, or the disk is full.
    """
    there = files(folder)
    for piece in pieces:
        name = piece.match.line.item.name
        if name in there and there[name] != folder / f"{name}.wav":
            raise Unusable(
                f"{there[name]} is a recording of the same words: remove it first; nothing was "
                "written"
            )
    fresh: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for piece in pieces:
            file = folder / f"{piece.match.line.item.name}.wav"
            fresh.append((file.with_name(f".{file.name}.part"), file))
            _write_wave(fresh[-1][0], piece.samples, piece.rate)
        for part, file in fresh:
            os.replace(part, file)
    except OSError as error:
        raise Unusable(
            f"{folder} cannot be written ({error.strerror}): free some space there"
        ) from None
    finally:
        for part, _ in fresh:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return sum(piece.match.line.item.name in there for piece in pieces)


def _is_near(lines: Sequence[Line], chunks: Sequence[Chunk]) -> bool:
    """Tell whether the counts are plausible: a few items left out, or some read again."""
    more = len(chunks) - len(lines)
    return -NEAR <= more <= NEAR + len(lines) * AGAIN


def _is_lost(found: Matching) -> bool:
    """Tell whether a take has other words: their lengths do not fit, or they sound no more like the
    script than other words do."""
    count = len(found.matches)
    is_alike = found.unlike < LIKE or (count < FEW and not found.problems)
    return not count or len(found.problems) > max(3, LOST * count) or not is_alike


def _checked(
    take: Take, matched: Match, samples: Whole, usual: float, of_take: Room
) -> list[Finding]:
    known = Known(words=matched.line.item.words, usual=usual, room=of_take)
    return findings(samples / 2**31, take.rate, known)


def _write_wave(file: Path, samples: Whole, rate: int) -> None:
    """Write samples with the sample width of the take: a 16-bit take gives
    16-bit files, without loss."""
    used = int(np.bitwise_or.reduce(samples, initial=0)) & 0xFFFFFFFF
    width = 2 if used & 0xFFFF == 0 else 3 if used & 0xFF == 0 else 4
    data = samples.astype("<i4").view(np.uint8).reshape(-1, 4)[:, 4 - width :]
    with file.open("wb") as opened, wave.open(opened, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(width)
        target.setframerate(rate)
        target.writeframes(data.tobytes())


def _place(lines: Sequence[Line], said: str) -> int:
    """Find an item among lines by its number or name."""
    for at, line in enumerate(lines):
        if said in (str(line.number), line.item.name):
            return at
    for at, line in enumerate(lines):
        if said in line.item.keys:
            return at
    raise Unusable(
        f"the script has no item '{said}': use a number or a name of `ivr voices script` (names "
        "are in its --json)"
    )


def _is_last(lines: Sequence[Line], at: int) -> bool:
    return at + 1 == len(lines) or lines[at + 1].chapter != lines[at].chapter


def _is_dropped(chunk: Chunk, part: Part) -> bool:
    return any(chunk.first - 0.5 <= time <= chunk.last + 0.5 for time in part.dropped)


def _counts(choices: Sequence[Sequence[Line]]) -> str:
    shown = ", ".join(str(len(each)) for each in choices[:12])
    return f"{shown} …" if len(choices) > 12 else shown


def read_clock(text: str) -> float:
    """Parse a time as messages show it, ``3:07.4``, into seconds. ValueError: it is not one."""
    minutes, _, seconds = text.rpartition(":")
    return int(minutes or 0) * 60 + float(seconds)
