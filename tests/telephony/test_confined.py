"""A confined program: it starts no other, and opens no file that its rules do not name."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.telephony import confined
from ivr.telephony.asterisk import CONFINED

NEEDED = "read /usr\nread /lib\nread /lib64\nread /etc/ld.so.cache\nuse /dev/null\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What it may read, what it may write, and neither."""
    for name in ("read", "write", "neither"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(f"in {name}")
    (tmp_path / "rules").write_text(
        f"; a comment\n{NEEDED}read {tmp_path}/read\nwrite {tmp_path}/write\nread {tmp_path}/gone\n"
    )
    return tmp_path


def run(folder: Path, script: str, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """A confined shell."""
    return subprocess.run(
        [*CONFINED, str(folder / "rules"), "sh", "-c", script, "sh", *words],
        env={**os.environ, **given},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_it_reads_and_writes_what_it_may(folder: Path) -> None:
    done = run(folder, "read x <read/file; echo $x; read x <write/file; echo $x; echo y >write/y")
    assert (done.stdout, done.stderr) == ("in read\nin write\n", "")
    assert (folder / "write" / "y").read_text() == "y\n"


@pytest.mark.parametrize(
    "script",
    [
        "read x <neither/file; echo $x",
        "read x </etc/passwd; echo $x",
        "read x </proc/1/environ; echo $x",
        "read x <rules; echo $x",
        "read x <read/../neither/file; echo $x",
    ],
)
def test_it_reads_nothing_else(folder: Path, script: str) -> None:
    done = run(folder, script)
    assert done.stdout.strip() == ""
    assert "Permission denied" in done.stderr or "cannot open" in done.stderr


@pytest.mark.parametrize("file", ["read/file", "read/new", "neither/file", "neither/new", "new"])
def test_it_writes_nothing_else(folder: Path, file: str) -> None:
    before = {each: each.read_text() for each in folder.rglob("*") if each.is_file()}
    run(folder, f"echo x >{file}")
    run(folder, f"echo x >>{file}")
    assert {each: each.read_text() for each in folder.rglob("*") if each.is_file()} == before


@pytest.mark.parametrize(
    "command",
    [
        "touch write/new",
        "/bin/touch write/new",
        "exec /bin/touch write/new",
        "sh -c 'echo x >write/new'",
        "$0 -c 'echo x >write/new'",
        f'{sys.executable} -c \'open("write/new", "w")\'',
        "(touch write/new)",
        "x=$(touch write/new)",
    ],
)
def test_it_starts_no_program(folder: Path, command: str) -> None:
    done = run(folder, command)
    assert done.returncode != 0
    assert not (folder / "write" / "new").exists()


@pytest.mark.parametrize("call", ["execv", "spawn", "fexecve", "execveat"])
def test_no_call_of_the_system_starts_one(folder: Path, call: str) -> None:
    script = f"""
import ctypes, os
touch = os.path.realpath("/bin/touch")
new = {str(folder / "write" / "new")!r}
libc = ctypes.CDLL(None, use_errno=True)
words = (ctypes.c_char_p * 3)(touch.encode(), new.encode(), None)
match {call!r}:
    case "execv":
        os.execv(touch, [touch, new])
    case "spawn":
        os.posix_spawn(touch, [touch, new], {{}})
    case "fexecve":
        os.execve(os.open(touch, os.O_RDONLY), [touch, new], {{}})
    case "execveat":
        number = {confined.MACHINES[platform.machine()][2]}
        for flags in (0, 0x100, 0x1000):
            libc.syscall(number, -100, touch.encode(), words, None, flags)
        raise PermissionError
"""
    with (folder / "rules").open("a") as rules:
        rules.write(f"read {sys.base_prefix}\nread {Path(sys.executable).parent.parent}\n")
    done = subprocess.run(
        [*CONFINED, str(folder / "rules"), sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "PermissionError" in done.stderr
    assert not (folder / "write" / "new").exists()


def test_it_gets_no_setting_no_core_and_writes_for_itself_alone(folder: Path) -> None:
    script = "echo ${IVR_PEPPER-no} ${PGPASSWORD-no} $TZ; ulimit -c; umask; echo x >write/new"
    done = run(folder, script, IVR_PEPPER="p", PGPASSWORD="q", TZ="UTC")
    assert done.stdout == "no no UTC\n0\n0077\n"
    assert (folder / "write" / "new").stat().st_mode & 0o777 == 0o600


def test_a_program_that_is_not_there_is_named(folder: Path) -> None:
    done = subprocess.run(
        [*CONFINED, str(folder / "rules"), "no-such-program"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "no-such-program does not exist\n")


def test_without_rules_nothing_is_started(folder: Path) -> None:
    (folder / "rules").unlink()
    done = run(folder, "echo x >write/new")
    assert done.returncode == 1
    assert done.stderr.endswith(
        "cannot be read (No such file or directory): run `ivr asterisk render`\n"
    )
    assert not (folder / "write" / "new").exists()


def test_rules_are_lines_of_a_word_and_a_path() -> None:
    text = "; a comment\nread /a b\nwrite /c\nuse /d\n\nexecute /e\n"
    assert list(confined.read_rules(text)) == [
        (confined.READ, "/a b"),
        (confined.WRITE, "/c"),
        (confined.USE, "/d"),
    ]
