"""Where the control socket is when IVR_HOME is too long for one: in no folder of another user."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.telephony.configuration import render, run_folder
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings, short_folder

LONG = "a" * 120


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temp directory, for which all users have the right to write."""
    folder = short_folder()
    folder.chmod(0o1777)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return folder


def rendered(home: Path) -> Path:
    container = Container(own_settings(home))
    render(container.settings, telephony.programs(container), {})
    return run_folder(home)


def test_it_is_in_the_home_where_that_is_short() -> None:
    assert run_folder(Path("/srv/ivr")) == Path("/srv/ivr/asterisk/run")


def test_it_is_made_for_this_user_alone(temporary: Path, tmp_path: Path) -> None:
    run = rendered(tmp_path / LONG)
    assert run.parent == temporary
    assert run.stat().st_mode & 0o7777 == 0o700
    assert rendered(tmp_path / LONG) == run  # the same installation, started again


@pytest.mark.parametrize("prepared", ["open", "link"])
def test_one_that_another_user_may_have_prepared_is_refused(
    temporary: Path, tmp_path: Path, prepared: str
) -> None:
    folder = run_folder(tmp_path / LONG)
    if prepared == "open":
        folder.mkdir()
        folder.chmod(0o777)
    else:
        folder.symlink_to(tmp_path)
    with pytest.raises(Unusable, match=f"^{folder} is not a folder of this user alone"):
        rendered(tmp_path / LONG)


def test_the_users_own_runtime_folder_comes_first(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = temporary / "run"
    own.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own))
    assert rendered(tmp_path / LONG).parent == own
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(temporary / "nothing"))
    assert rendered(tmp_path / LONG).parent == temporary
