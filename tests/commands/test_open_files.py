"""``ivr doctor files``: how many files Asterisk may have open."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.commands.openfiles import open_files
from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.telephony import confined
from ivr.telephony.asterisk import CONFINED
from tests.e2e.installation import own_settings

LIMITS = """Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            {}                 1048576              files
"""


def proc(folder: Path, home: Path, *limits: object) -> Path:
    """A /proc in which an Asterisk of ``home`` runs with each of these limits."""
    for pid, limit in enumerate(limits, 100):
        (folder / str(pid)).mkdir(parents=True)
        (folder / str(pid) / "cmdline").write_bytes(
            b"asterisk\0-C\0" + bytes(home / "asterisk" / "etc" / "asterisk.conf")
        )
        (folder / str(pid) / "limits").write_text(LIMITS.format(limit))
    return folder


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (65536, "Asterisk may open 65536 files"),
        (1_048_576, "Asterisk may open 1048576 files"),
        ("unlimited", "Asterisk may open 65536 files"),
    ],
)
def test_enough_are_good(tmp_path: Path, limit: object, said: str) -> None:
    settings = own_settings(tmp_path)
    assert open_files(settings, proc(tmp_path / "proc", tmp_path, limit)) == said


@pytest.mark.parametrize(("limit", "calls"), [(65535, 13047), (20000, 3940), (4096, 759)])
def test_fewer_are_said_with_the_calls_that_they_are_enough_for(
    tmp_path: Path, limit: int, calls: int
) -> None:
    settings = own_settings(tmp_path, max_calls=500)
    said = open_files(settings, proc(tmp_path / "proc", tmp_path, limit))
    assert f"{limit} files, fewer than 65536: enough for {calls} calls" in said
    assert "LimitNOFILE" in said


@pytest.mark.parametrize(
    ("limit", "calls"), [(1024, 500), (1024, 121), (20000, 4000), (256, 1), (4096, 735)]
)
def test_too_few_for_the_calls_of_the_settings_are_ill(
    tmp_path: Path, limit: int, calls: int
) -> None:
    settings = own_settings(tmp_path, max_calls=calls, max_told=25)
    with pytest.raises(Unusable, match=f"may open {limit} files.*lower IVR_MAX_CALLS"):
        open_files(settings, proc(tmp_path / "proc", tmp_path, 65536, limit))


def test_without_an_asterisk_that_is_seen_it_is_told_what_one_would_have(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    settings = own_settings(tmp_path, max_calls=1, max_told=0)
    assert "a process that is started here may open" in open_files(settings, tmp_path / "proc")


def limited(program: list[str], soft: int, hard: int) -> str:
    """What a program prints that begins with these limits."""
    done = subprocess.run(
        program,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
    )
    return done.stdout.strip()


@pytest.mark.parametrize(("soft", "hard"), [(1024, 4096), (64, 300), (4096, 4096)])
def test_asterisk_and_our_processes_have_as_many_as_they_may(
    tmp_path: Path, soft: int, hard: int
) -> None:
    """Whatever the shell begins with that starts them."""
    (tmp_path / "rules").write_text(
        "read /usr\nread /lib\nread /lib64\nread /etc/ld.so.cache\nuse /dev/null\n"
    )
    shell = ["sh", "-c", "ulimit -Sn"]
    assert limited([*CONFINED, str(tmp_path / "rules"), *shell], soft, hard) == str(hard)
    ours = "from ivr.system.hardening import harden; import os; harden(); os.execvp('sh', {!r})"
    assert limited([sys.executable, "-c", ours.format(shell)], soft, hard) == str(hard)


def test_no_more_than_are_of_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that closes all files that it may have would do so for minutes."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (1024, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, limits: asked.append(limits))
    confined.allow_files()
    assert asked == [(65536, resource.RLIM_INFINITY)]
