"""Sounds on disk: whole or not at all, shared with other installations, safe from many at once."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.speech.audio import ENCODINGS, FRAME
from ivr.speech.library import Library, write_all

SOUND = {encoding: encoding[:1].encode() * FRAME * 3 for encoding in ENCODINGS}
HASH = "ab" * 16


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


class TestLibrary:
    def test_keeps_a_sound_in_every_encoding(self, library: Library) -> None:
        assert library.frames(HASH) is None
        assert library.keep(HASH, SOUND) == 3
        assert library.frames(HASH) == 3
        assert library.alaw(HASH) == SOUND["alaw"]

    def test_one_encoding_missing_is_no_sound(self, library: Library) -> None:
        library.keep(HASH, SOUND)
        library.path(HASH).with_suffix(".g722").unlink()
        assert library.frames(HASH) is None

    @pytest.mark.parametrize("size", [0, 1, FRAME, FRAME * 3 + 1])
    def test_a_cut_file_is_no_sound(self, library: Library, size: int) -> None:
        library.keep(HASH, SOUND)
        os.truncate(library.path(HASH).with_suffix(".ulaw"), size)
        assert library.frames(HASH) is None

    def test_a_file_that_is_gone_is_told(self, library: Library) -> None:
        with pytest.raises(Unusable, match="start `ivr up` again"):
            library.alaw(HASH)

    @pytest.mark.parametrize("encodings_written", [0, 1, 2])
    def test_a_full_disk_leaves_nothing_of_a_sound(
        self, tmp_path: Path, encodings_written: int
    ) -> None:
        written = 0

        def write(descriptor: int, data: bytes) -> None:
            nonlocal written
            if written == encodings_written:
                write_all(descriptor, data[:7])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            written += 1
            write_all(descriptor, data)

        library = Library(tmp_path, write=write)
        with pytest.raises(Unusable, match=r"cannot be written \(No space left on device\)"):
            library.keep(HASH, SOUND)
        assert files(tmp_path) == []

    def test_a_file_that_may_not_grow_leaves_nothing(self, tmp_path: Path) -> None:
        """As a full disk, by the system itself: a process that may write 100 bytes a file."""
        program = (
            "from pathlib import Path; import sys;"
            "from ivr.speech.library import Library; from ivr.errors import Unusable\n"
            "try:\n"
            f" Library(Path(sys.argv[1])).keep({HASH!r}, {SOUND!r})\n"
            "except Unusable as error:\n"
            " print(error)"
        )

        def limited() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        said = subprocess.run(
            [sys.executable, "-c", program, tmp_path / "audio"],
            cwd=PROJECT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=limited,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "cannot be written (File too large): free some space there" in said.stdout
        assert files(tmp_path) == []

    def test_many_at_once_keep_whole_sounds(self, tmp_path: Path) -> None:
        library = Library(tmp_path / "home", tmp_path / "cache")
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: library.keep(HASH, SOUND), range(64))) == {3}
        assert files(tmp_path / "home") == files(tmp_path / "cache")
        assert files(tmp_path / "home") == sorted(f"{HASH}.{each}" for each in ENCODINGS)


class TestCache:
    def test_another_installation_finds_what_one_has_made(self, tmp_path: Path) -> None:
        Library(tmp_path / "one", tmp_path / "cache").keep(HASH, SOUND)
        other = Library(tmp_path / "other", tmp_path / "cache")
        assert other.frames(HASH) == 3
        assert other.alaw(HASH) == SOUND["alaw"]

    def test_a_damaged_one_is_not_taken(self, tmp_path: Path) -> None:
        Library(tmp_path / "one", tmp_path / "cache").keep(HASH, SOUND)
        for file in (tmp_path / "cache").rglob("*.alaw"):
            os.truncate(file, 5)
        assert Library(tmp_path / "other", tmp_path / "cache").frames(HASH) is None

    def test_one_that_cannot_be_written_costs_nothing_but_time(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("a file where a folder should be")
        library = Library(tmp_path / "home", tmp_path / "cache")
        assert library.keep(HASH, SOUND) == 3
        assert library.frames(HASH) == 3

    def test_clearing_it_takes_nothing_from_an_installation(self, tmp_path: Path) -> None:
        library = Library(tmp_path / "home", tmp_path / "cache")
        library.keep(HASH, SOUND)
        for file in (tmp_path / "cache").rglob("*.*"):
            file.unlink()
        assert library.alaw(HASH) == SOUND["alaw"]
