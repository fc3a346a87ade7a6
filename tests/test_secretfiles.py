"""Secrets that an installation makes for itself: whole, closed, and not to be guessed."""

from __future__ import annotations

import base64
import random
import string
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.settings import Settings, read_settings
from ivr.system.secretfiles import is_weak, kept_secret

OWN = ("pepper", "ami_secret", "agent_secret")
GOOD = "q3RzNf5yJmX2uTd8LgHs6EcPKaf7bV0w"
WEAK = (
    "x",
    "1234",
    GOOD[:31],
    "a" * 64,
    "password" * 4 + "1",
    "0123456789abcdef" * 2,
    "changeme-" * 5,
    string.ascii_letters,
    "ab" * 20,
)


@pytest.mark.parametrize("weak", WEAK)
@pytest.mark.parametrize("name", OWN)
def test_a_weak_one_is_refused_in_a_sentence(
    name: str, weak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"IVR_{name.upper()}", weak)
    with pytest.raises(Unusable) as refused:
        read_settings()
    said = str(refused.value)
    assert said.startswith(f"setting IVR_{name.upper()}: ")
    assert "openssl rand -base64 32" in said
    assert len(weak) < 5 or weak not in said


@pytest.mark.parametrize("made", ["base64", "hex"])
def test_one_of_openssl_is_taken(made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.run(
        ["openssl", "rand", f"-{made}", "32"], capture_output=True, text=True, check=True
    )
    for name in OWN:
        monkeypatch.setenv(f"IVR_{name.upper()}", done.stdout.strip())
    assert read_settings().secret("pepper") == done.stdout.strip()


@pytest.mark.parametrize("seed", range(20))
def test_what_is_drawn_by_lot_is_never_weak(seed: int) -> None:
    drawn = random.Random(seed).randbytes(32)
    assert not is_weak(drawn.hex())
    assert not is_weak(drawn[:16].hex())
    assert not is_weak(base64.b64encode(drawn).decode())


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ключ", "a\x00b"])
def test_a_token_that_no_header_holds_is_refused(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="bearer token"):
        Settings(network_token=token)  # type: ignore[arg-type]
    monkeypatch.setenv("IVR_NETWORK_TOKEN", "short")  # what others gave us is theirs to choose
    assert read_settings().token_for_network == "short"


class TestFiles:
    def test_one_is_made_once_and_closed(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(8) as many:
            found = set(many.map(lambda _: kept_secret(tmp_path / "secrets", "pepper"), range(32)))
        assert found == {(tmp_path / "secrets" / "pepper").read_text()}
        assert not is_weak(found.pop())
        assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
        assert [each.name for each in (tmp_path / "secrets").iterdir()] == ["pepper"]

    @pytest.mark.parametrize("others", [0o644, 0o660, 0o606])
    def test_what_others_may_read_is_closed(self, tmp_path: Path, others: int) -> None:
        made = kept_secret(tmp_path, "pepper")
        (tmp_path / "pepper").chmod(others)
        tmp_path.chmod(0o755)
        assert kept_secret(tmp_path, "pepper") == made
        assert (tmp_path / "pepper").stat().st_mode & 0o777 == 0o600
        assert tmp_path.stat().st_mode & 0o777 == 0o700

    def test_an_empty_file_is_no_secret(self, tmp_path: Path) -> None:
        (tmp_path / "pepper").touch(mode=0o600)
        made = kept_secret(tmp_path, "pepper")
        assert not is_weak(made)
        assert kept_secret(tmp_path, "pepper") == made

    @pytest.mark.parametrize("half", [GOOD[:10], "\0" * 43, "\xff"])
    def test_half_of_one_is_refused_with_the_way_out(self, tmp_path: Path, half: str) -> None:
        (tmp_path / "pepper").write_text(half, "latin-1")
        with pytest.raises(Unusable, match="restore its backup"):
            kept_secret(tmp_path, "pepper")
        assert (tmp_path / "pepper").read_text("latin-1") == half

    def test_a_process_that_is_killed_leaves_no_half(self, tmp_path: Path) -> None:
        code = (
            "import os, signal, sys; from pathlib import Path; from ivr.system import secretfiles\n"
            "os.fsync = lambda _file: os.kill(os.getpid(), signal.SIGKILL)\n"
            "secretfiles.kept_secret(Path(sys.argv[1]), 'pepper')"
        )
        killed = subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
        assert killed.returncode == -9
        assert not (tmp_path / "pepper").exists()
        assert not is_weak(kept_secret(tmp_path, "pepper"))

    @pytest.mark.parametrize("kind", ["link", "folder"])
    def test_what_is_no_file_of_ours_is_refused(self, tmp_path: Path, kind: str) -> None:
        (tmp_path / "elsewhere").write_text(GOOD)
        if kind == "link":
            (tmp_path / "pepper").symlink_to(tmp_path / "elsewhere")
        else:
            (tmp_path / "pepper").mkdir()
        with pytest.raises(Unusable, match="pepper"):
            kept_secret(tmp_path, "pepper")


def test_the_simulator_has_a_token_of_its_own_and_a_network_only_what_it_gave(
    tmp_path: Path,
) -> None:
    simulated = Settings(_env_file=None, home=tmp_path)  # type: ignore[call-arg]
    assert simulated.token_for_network == (tmp_path / "secrets" / "network_token").read_text()
    real = Settings(_env_file=None, home=tmp_path, network_url="https://network.example")  # type: ignore[call-arg]
    assert real.token_for_network == ""
