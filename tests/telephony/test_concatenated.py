"""What is said together is one sound: made at publishing, looked up by calls."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import structlog

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.telephony.concatenated import ENCODINGS, UNUSED_SECONDS, ConcatenatedPrompts


@pytest.fixture
def maker(tmp_path: Path) -> ConcatenatedPrompts:
    return ConcatenatedPrompts(tmp_path / "concatenated")


@pytest.fixture
def worker(tmp_path: Path) -> ConcatenatedPrompts:
    """Another process."""
    return ConcatenatedPrompts(tmp_path / "concatenated")


def utterance(folder: Path, *names: str, is_fixed: bool = True) -> Utterance:
    """One whose sounds say their own names."""
    for name in names:
        for encoding in ENCODINGS:
            (folder / f"{name}.{encoding}").write_text(f"{name} in {encoding}. ")
    sounds = tuple(str(folder / name) for name in names)
    return Utterance("text", Language.ENGLISH, "words", sounds, 1.0, is_fixed)


def test_a_call_plays_single_sounds_until_there_is_one_for_all(
    maker: ConcatenatedPrompts, worker: ConcatenatedPrompts, tmp_path: Path
) -> None:
    menu = [utterance(tmp_path, "a", "b"), utterance(tmp_path, "c")]
    assert worker.sounds(menu) == [str(tmp_path / name) for name in "abc"]
    assert not (tmp_path / "concatenated").exists(), "a call makes nothing"
    assert maker.make([menu]) == 1
    (prompt,) = worker.sounds(menu)
    for encoding in ENCODINGS:
        said = Path(f"{prompt}.{encoding}").read_text()
        assert said == f"a in {encoding}. b in {encoding}. c in {encoding}. "


def test_the_longest_prompts_are_played_and_the_rest_sound_by_sound(
    maker: ConcatenatedPrompts, worker: ConcatenatedPrompts, tmp_path: Path
) -> None:
    menu = [utterance(tmp_path, *"cd"), utterance(tmp_path, "e")]
    maker.make([menu, menu[:1]])
    whole, part = worker.sounds(menu)[0], worker.sounds(menu[:1])[0]
    greeting = [utterance(tmp_path, "a"), utterance(tmp_path, "b")]
    single = [str(tmp_path / name) for name in "abf"]
    assert worker.sounds([*greeting, *menu]) == [*single[:2], whole]
    assert worker.sounds([*menu[:1], utterance(tmp_path, "f")]) == [part, single[2]]


def test_what_has_a_value_in_it_is_never_joined(maker: ConcatenatedPrompts, tmp_path: Path) -> None:
    balance = utterance(tmp_path, "your", "balance", is_fixed=False)
    menu = [utterance(tmp_path, "a", "b"), balance, utterance(tmp_path, "c", "d")]
    assert maker.make([menu]) == 2
    first, *middle, last = maker.sounds(menu)
    assert middle == list(balance.sounds)
    assert {Path(first).parent, Path(last).parent} == {tmp_path / "concatenated"}
    said = b"".join(file.read_bytes() for file in (tmp_path / "concatenated").iterdir())
    assert b"balance" not in said


def test_one_sound_and_none_stay_what_they_are(maker: ConcatenatedPrompts, tmp_path: Path) -> None:
    alone = utterance(tmp_path, "a")
    assert maker.make([[alone], []]) == 0
    assert maker.sounds([alone]) == list(alone.sounds)
    assert maker.sounds([]) == []


def test_what_is_there_is_not_made_again(maker: ConcatenatedPrompts, tmp_path: Path) -> None:
    menu = [utterance(tmp_path, "a", "b")]
    maker.make([menu])
    (prompt,) = maker.sounds(menu)
    Path(f"{prompt}.alaw").write_text("made before")
    maker.make([menu])
    assert Path(f"{prompt}.alaw").read_text() == "made before"


def test_a_sound_that_is_not_there_leaves_the_row_as_it_is(
    maker: ConcatenatedPrompts, tmp_path: Path
) -> None:
    menu = [utterance(tmp_path, "a", "b")]
    (tmp_path / "b.ulaw").unlink()
    with structlog.testing.capture_logs() as logs:
        maker.make([menu])
    assert maker.sounds(menu) == [str(tmp_path / name) for name in "ab"]
    assert [line["event"] for line in logs] == ["prompts are not concatenated"]


def test_only_what_no_release_needs_is_removed(maker: ConcatenatedPrompts, tmp_path: Path) -> None:
    old, needed = [utterance(tmp_path, "a", "b")], [utterance(tmp_path, "c", "d")]
    maker.make([old, needed])
    then = time.time() - UNUSED_SECONDS - 60
    for file in (tmp_path / "concatenated").iterdir():
        os.utime(file, (then, then))
    maker.make([needed])
    assert len(maker.sounds(old)) == 2
    assert len(maker.sounds(needed)) == 1
