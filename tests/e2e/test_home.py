"""IVR_HOME of a line that runs: closed to every other user, whatever was written, by whom."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.speech.audio import ENCODINGS
from ivr.system.filemodes import OURS, open_to_others
from tests.e2e.installation import short_folder
from tests.e2e.line import RunningLine, running_line


@pytest.fixture(scope="module")
def upgraded() -> Iterator[RunningLine]:
    """A line in a home that a version before has left open."""
    folder = short_folder()
    home = folder / "home"
    for name in ("logs", "front/ended", "audio/medleys", "spool/outgoing", "secrets"):
        (home / name).mkdir(parents=True)
        (home / name).chmod(0o755)
    for name in ("logs/line.log", "smsc.sqlite", "network.sqlite", "front/ended/1"):
        (home / name).touch()
        (home / name).chmod(0o644)
    home.chmod(0o755)
    with running_line(home) as line:
        yield line
    shutil.rmtree(folder)


@pytest.mark.nightly
def test_nothing_of_an_upgraded_home_is_open_to_others(upgraded: RunningLine) -> None:
    number = upgraded.subscriber()
    with upgraded.call(number) as caller:
        caller.language = Language.ENGLISH
        caller.press("31#")
        caller.proves()  # an identified call writes to the database, the places and the journal
    home = upgraded.settings.home
    assert list(open_to_others(home)) == []
    wide = [
        path.relative_to(home)
        for path in home.rglob("*")
        if not path.is_symlink() and stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]
    assert wide == []
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    there = {path.name for path in home.iterdir()}
    assert {"ivr.sqlite", "smsc.sqlite", "network.sqlite", "logs", "audio", "admission"} <= there
    assert all(any(Path(name).match(each) for each in OURS) for name in there), there


@pytest.mark.nightly
def test_asterisk_reads_what_is_closed_since_it_is_the_same_user(upgraded: RunningLine) -> None:
    audio = next((upgraded.settings.home / "audio").rglob(f"*.{ENCODINGS[0]}"))
    assert stat.S_IMODE(audio.stat().st_mode) == 0o600
    assert audio.stat().st_uid == os.geteuid()
    with upgraded.call("99365000001") as caller:
        caller.hears("language.press", language=Language.TURKMEN, press=1)
