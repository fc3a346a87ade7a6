"""Where programs are looked for: what ``make setup`` has unpacked is found in any terminal."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ivr.settings import PROJECT, Settings
from ivr.telephony import executables
from tests.e2e.installation import own_settings


def unpacked(folder: Path) -> Path:
    """A tree with a program in it."""
    program = folder / "usr" / "bin" / "espeak-ng"
    program.parent.mkdir(parents=True)
    program.touch()
    library = folder / "usr" / "lib" / "x86_64-linux-gnu"
    library.mkdir(parents=True)
    (library / "ld-linux-x86-64.so.2").touch()
    return folder


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a terminal whose cache is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache of another terminal"))
    monkeypatch.setattr(executables, "REMEMBERED", tmp_path / ".runtime")
    return own_settings(tmp_path / "home")


def test_what_was_unpacked_into_another_cache_is_found(settings: Settings, tmp_path: Path) -> None:
    tree = unpacked(tmp_path / "cache" / "ivr" / "runtime")
    assert executables.tree(settings) is None
    executables.REMEMBERED.write_text(f"{tree}\n")
    assert executables.tree(settings) == tree
    assert str(tree / "usr" / "bin" / "espeak-ng") in executables.program(settings, "espeak-ng")


@pytest.mark.parametrize("noted", ["", "\n", "/nowhere/runtime", "half\0a path", "\xff\xfe"])
def test_a_note_that_is_no_use_is_passed_over(
    settings: Settings, tmp_path: Path, noted: str
) -> None:
    executables.REMEMBERED.write_text(noted, encoding="latin-1")
    assert executables.tree(settings) is None
    assert executables.tree(settings.model_copy(update={"runtime": str(unpacked(tmp_path / "a"))}))


def test_the_setting_and_the_own_cache_come_first(settings: Settings, tmp_path: Path) -> None:
    executables.REMEMBERED.write_text(str(unpacked(tmp_path / "noted")))
    own = unpacked(settings.cache / "runtime")
    assert executables.tree(settings) == own
    given = unpacked(tmp_path / "given")
    assert executables.tree(settings.model_copy(update={"runtime": str(given)})) == given


def test_setup_notes_it_and_git_does_not_see_the_note(tmp_path: Path) -> None:
    """The last lines of setup.sh alone: the others install."""
    script = (PROJECT / "setup.sh").read_text()
    (line,) = (each for each in script.splitlines() if ">.runtime" in each)
    tree = unpacked(tmp_path / "a folder with spaces")
    for folder in (tree, tmp_path / "nowhere"):
        subprocess.run(
            ["bash", "-euc", line],
            cwd=tmp_path,
            check=True,
            env={**os.environ, "runtime": str(folder)},
        )
    assert (tmp_path / ".runtime").read_text() == f"{tree}\n"
    assert "/.runtime" in (PROJECT / ".gitignore").read_text().splitlines()
