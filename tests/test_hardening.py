"""What a process of ours does first: real processes, asked by their parent."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.settings import PROJECT
from ivr.speech.espeak import EspeakNg
from ivr.system.hardening import program_environment
from tests.e2e.installation import environment, own_settings

HARDENED = "from ivr.system.hardening import harden; harden(); "


def child(code: str) -> subprocess.CompletedProcess[str]:
    """Python in a process that may write cores of any size."""
    unlimited = resource.getrlimit(resource.RLIMIT_CORE)[1]
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (unlimited, unlimited)),
    )


def test_what_it_writes_is_its_users_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    done = child(f"{HARDENED}open({str(file)!r}, 'w'); import os; os.mkdir({str(file)!r} + 's')")
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700


def test_it_leaves_no_core_and_its_memory_is_closed() -> None:
    asked = (
        "import ctypes, resource, os; "
        "print(ctypes.CDLL(None).prctl(3), resource.getrlimit(resource.RLIMIT_CORE),"
        " len(os.listdir('/proc/self/fd')) > 2)"
    )
    assert child(HARDENED + asked).stdout == "0 (0, 0) True\n"
    assert child(asked).stdout.startswith("1 ")  # an ordinary process


def test_a_program_that_it_starts_has_no_core_either() -> None:
    started = "import subprocess; subprocess.run(['sh', '-c', 'ulimit -c; umask'])"
    assert child(HARDENED + started).stdout.split() == ["0", "0077"]


def test_every_command_begins_so(tmp_path: Path) -> None:
    code = (
        "import sys, ctypes, os; from ivr import __main__\n"
        "__main__.app = lambda: print(ctypes.CDLL(None).prctl(3), oct(os.umask(0)))\n"
        "__main__.main()"
    )
    assert child(code).stdout == "0 0o77\n"
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "calls"],
        env=environment(own_settings(home)),
        capture_output=True,
        check=False,
        umask=0o022,
    )
    assert done.returncode == 0, done.stderr
    wide = [path for path in (home, *home.rglob("*")) if path.lstat().st_mode & 0o077]
    assert (home / "ivr.sqlite").is_file()
    assert wide == []


class TestPrograms:
    SECRETS = ("IVR_PEPPER", "IVR_ANYTHING", "PGPASSWORD", "POSTGRES_PASSWORD", "SOME_API_KEY")

    @pytest.fixture(autouse=True)
    def secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in self.SECRETS:
            monkeypatch.setenv(name, "hush")

    def test_get_what_they_need_and_no_secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        given = program_environment()
        assert "hush" not in given.values()
        assert given["PATH"] == os.environ["PATH"]
        assert given["LC_ALL"] == "C.UTF-8"

    def test_the_voice_speaks_without_them(self, tmp_path: Path) -> None:
        voice, seen = tmp_path / "voice", tmp_path / "seen"
        voice.write_text(f"#!/bin/sh\nenv >{seen}\nprintf 'x%.0s' $(seq 100)\n")
        voice.chmod(0o700)
        with pytest.raises(Exception, match="espeak"):  # what it says is no sound
            EspeakNg([str(voice)], Language.TURKMEN).read("salam")
        assert "hush" not in seen.read_text()
