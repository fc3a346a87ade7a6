"""What `ivr doctor` says of other users and machines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ivr.commands import guarding
from ivr.errors import Unusable
from tests.e2e.installation import environment, own_settings

SHORT: dict[str, Any] = {
    "smsc": "smpp://ivr@10.0.0.7:2775",
    "smsc_password": "four",
    "network_token": "short",
}


def test_a_closed_home_is_good_and_an_open_one_is_named(tmp_path: Path) -> None:
    settings = own_settings(tmp_path / "home")
    assert guarding.rights(settings) == "nothing is written yet"
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "logs").mkdir(mode=0o700)
    assert "is closed to other users" in guarding.rights(settings)
    (tmp_path / "home" / "logs").chmod(0o750)
    with pytest.raises(Unusable, match=r"home/logs can be used by other users: run `chmod -R go= "):
        guarding.rights(settings)


def test_a_home_of_another_user_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
    with pytest.raises(Unusable, match="belongs to another user"):
        guarding.rights(own_settings(tmp_path))


def test_secrets_that_are_kept_are_whole(tmp_path: Path) -> None:
    settings = own_settings(tmp_path)
    settings.secret("pepper")
    assert guarding.secrets(settings).startswith("0 from the environment, 1 in ")
    (tmp_path / "secrets" / "pepper").write_text("half")
    with pytest.raises(Unusable, match="restore its backup"):
        guarding.secrets(settings)


def test_short_ones_that_others_gave_are_told_and_not_repeated(tmp_path: Path) -> None:
    said = guarding.secrets(own_settings(tmp_path, **SHORT))
    assert "IVR_SMSC_PASSWORD has fewer" in said
    assert "IVR_NETWORK_TOKEN is short:" in said
    assert "four" not in said


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("core\n", "none are written"), ("|/usr/share/apport/apport -p%p\n", "go to /usr/share")],
)
def test_where_cores_go_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, said: str
) -> None:
    (tmp_path / "pattern").write_text(pattern)
    monkeypatch.setattr(guarding, "CORE_PATTERN", tmp_path / "pattern")
    assert said in guarding.cores(own_settings(tmp_path))


def test_what_listens_beyond_loopback_is_named(tmp_path: Path) -> None:
    assert guarding.reach(own_settings(tmp_path)) == "everything listens on loopback"
    beyond = own_settings(tmp_path, sip_bind="10.0.0.9:5060", health_bind="0.0.0.0:8092")
    said = guarding.reach(beyond)
    assert "IVR_SIP_BIND 10.0.0.9:5060, IVR_HEALTH_BIND 0.0.0.0:8092" in said
    with pytest.raises(Unusable, match="IVR_NETWORK_SIMULATOR_BIND is 10"):
        guarding.reach(own_settings(tmp_path, network_simulator_bind="10.0.0.9:8090"))


def test_the_command_says_so(tmp_path: Path) -> None:
    def doctor() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ivr", "doctor", "rights", "secrets", "cores", "reach"],
            env=environment(own_settings(tmp_path / "home")),
            capture_output=True,
            text=True,
            check=False,
        )

    good = doctor()
    assert (good.returncode, good.stdout.count("good")) == (0, 4), good.stdout
    (tmp_path / "home" / "audio").mkdir(parents=True)
    (tmp_path / "home" / "audio").chmod(0o755)
    ill = doctor()
    assert ill.returncode == 1
    assert "ILL   rights" in ill.stdout
