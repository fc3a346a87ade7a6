"""Sounds that are always said together are joined into one."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import structlog

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.telephony.medley import ENCODINGS, UNUSED_SECONDS, Medleys

SECONDS = 10.0


@pytest.fixture
def medleys(tmp_path: Path) -> Medleys:
    return Medleys(tmp_path / "medleys")


def utterance(folder: Path, *names: str, is_fixed: bool = True) -> Utterance:
    """One whose sounds say their own names."""
    for name in names:
        for encoding in ENCODINGS:
            (folder / f"{name}.{encoding}").write_text(f"{name} in {encoding}. ")
    sounds = tuple(str(folder / name) for name in names)
    return Utterance("text", Language.ENGLISH, "words", sounds, 1.0, is_fixed)


def settled(medleys: Medleys, utterances: Sequence[Utterance]) -> list[str]:
    """What is played to the second caller."""
    medleys.sounds(utterances)
    for thread in threading.enumerate():
        if thread.name == "medley":
            thread.join(SECONDS)
    return medleys.sounds(utterances)


def test_the_first_caller_hears_the_sounds_and_the_next_one_sound(
    medleys: Medleys, tmp_path: Path
) -> None:
    menu = [utterance(tmp_path, "a", "b"), utterance(tmp_path, "c")]
    assert medleys.sounds(menu) == [str(tmp_path / name) for name in "abc"]
    (medley,) = settled(medleys, menu)
    for encoding in ENCODINGS:
        assert Path(f"{medley}.{encoding}").stat().st_mode & 0o777 == 0o644
        said = Path(f"{medley}.{encoding}").read_text()
        assert said == f"a in {encoding}. b in {encoding}. c in {encoding}. "


def test_what_has_a_value_in_it_is_never_joined(medleys: Medleys, tmp_path: Path) -> None:
    balance = utterance(tmp_path, "your", "balance", is_fixed=False)
    menu = [utterance(tmp_path, "a", "b"), balance, utterance(tmp_path, "c", "d")]
    first, *middle, last = settled(medleys, menu)
    assert middle == list(balance.sounds)
    assert {Path(first).parent, Path(last).parent} == {tmp_path / "medleys"}
    said = b"".join(file.read_bytes() for file in (tmp_path / "medleys").iterdir())
    assert b"balance" not in said


def test_one_sound_and_none_stay_what_they_are(medleys: Medleys, tmp_path: Path) -> None:
    alone = utterance(tmp_path, "a")
    assert settled(medleys, [alone]) == list(alone.sounds)
    assert settled(medleys, []) == []
    assert not (tmp_path / "medleys").exists()


def test_another_process_takes_what_is_there(medleys: Medleys, tmp_path: Path) -> None:
    menu = [utterance(tmp_path, "a", "b")]
    made = settled(medleys, menu)
    for encoding in ENCODINGS:
        Path(f"{made[0]}.{encoding}").write_text("made before")
    assert settled(Medleys(tmp_path / "medleys"), menu) == made
    assert Path(f"{made[0]}.alaw").read_text() == "made before"


def test_a_sound_that_is_not_there_leaves_the_row_as_it_is(
    medleys: Medleys, tmp_path: Path
) -> None:
    menu = [utterance(tmp_path, "a", "b")]
    (tmp_path / "b.ulaw").unlink()
    with structlog.testing.capture_logs() as logs:
        assert settled(medleys, menu) == [str(tmp_path / name) for name in "ab"]
    assert [line["event"] for line in logs] == ["sounds are not joined"]
    assert {file.suffix for file in (tmp_path / "medleys").iterdir()} == {".alaw"}


def test_only_what_is_used_no_more_is_swept(medleys: Medleys, tmp_path: Path) -> None:
    (medley,) = settled(medleys, [utterance(tmp_path, "a", "b")])
    then = time.time() - UNUSED_SECONDS - 60
    os.utime(f"{medley}.alaw", (then, then))
    medleys.sweep()
    left = sorted(file.suffix for file in (tmp_path / "medleys").iterdir())
    assert left == [".g722", ".ulaw"]
