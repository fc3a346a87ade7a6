"""A command of another user than the owner of IVR_HOME: one sentence, and nothing is written."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.system.filemodes import check_home
from tests.e2e.installation import environment, own_settings

NOBODY = 65534
COMMANDS = (
    "up",
    "line",
    "orders",
    "messages send",
    "messages",
    "network-simulator",
    "flow publish",
    "flow check",
    "subscribers import /dev/null",
    "codeword set 99365123456",
    "asterisk render",
    "callbacks",
    "callbacks done 1",
    "calls",
    "pepper replace --delete-secrets",
    "doctor",
    "call",
)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")


def run(home: Path, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ivr", *words],
        env={**environment(own_settings(home)), **given},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def as_nobody(
    environment: dict[str, str], folder: Path, *words: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder as a user without rights, who cannot read this checkout."""
    code = (
        "import os, sys, ivr.__main__; "
        f"os.chdir({str(folder)!r}); os.setgid({NOBODY}); os.setuid({NOBODY}); "
        f"sys.argv = ['ivr', *{words!r}]; ivr.__main__.main()"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that all users may look into, as those of pytest are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def files(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mode for path in [folder, *folder.rglob("*")]}


@pytest.mark.parametrize("other", [1, 1000, NOBODY])
def test_another_user_s_home_is_refused(
    other: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: own + other)
    with pytest.raises(Unusable, match=r"belongs to the user .* run it as that user"):
        check_home(tmp_path)
    check_home(tmp_path / "not there yet")


def test_a_home_that_cannot_be_looked_at_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unusable, match=r"home cannot be written \(Not a directory\): set IVR_HOME"):
        check_home(tmp_path / "file" / "home")


@needs_root
def test_root_writes_nothing_into_the_home_of_the_service(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "logs").mkdir(mode=0o755)
    os.chown(home, NOBODY, -1)
    before = files(home)
    done = run(home, "flow", "publish")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"ivr: {home} belongs to the user nobody, and this is root: ")
    assert "`sudo -u nobody`" in done.stderr
    assert done.stderr.count("\n") == 1
    assert files(home) == before


@needs_root
@pytest.mark.nightly
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses(command: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    os.chown(home, NOBODY, -1)
    before = files(home)
    posts = {f"IVR_WORKER_{name}": "0" for name in ("SLOT", "LISTENER", "BOARD", "PARENT")}
    done = run(home, *command.split(), **(posts if command == "line-worker" else {}))
    assert "Traceback" not in done.stderr
    assert done.returncode != 0
    assert files(home) == before


@needs_root
@pytest.mark.parametrize("what", ["secrets", "secrets/pepper"])
def test_secrets_of_another_user_are_one_sentence(open_folder: Path, what: str) -> None:
    """What an older version left that root had started once."""
    home = open_folder / "home"
    settings = own_settings(home)
    settings.secret("pepper")
    for path in (home, home / "secrets", home / "secrets" / "pepper"):
        os.chown(path, 0 if str(path).endswith(what) else NOBODY, -1)
    done = as_nobody(environment(settings), Path("/"), "doctor", "secrets")
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    assert "ILL   secrets" in done.stdout
    assert f"{home}/secrets" in done.stdout


@needs_root
def test_a_file_of_settings_that_cannot_be_read_is_one_sentence(open_folder: Path) -> None:
    (open_folder / ".env").write_text("IVR_HOME=/srv/ivr")
    (open_folder / ".env").chmod(0o600)
    done = as_nobody(dict(os.environ), open_folder, "calls")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "ivr: the file .env cannot be read: Permission denied; give this user the right to read"
        " it\n"
    )
