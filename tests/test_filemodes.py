"""Who may read IVR_HOME, and what another user may have prepared."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.system.filemodes import (
    check_home,
    narrow_home,
    narrow_tree,
    open_to_others,
    private_folder,
)


def mode(path: Path) -> int:
    return path.lstat().st_mode & 0o7777


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """As a version before left it."""
    home = tmp_path / "home"
    for folder in ("logs", "front/ended", "audio/ab", "secrets"):
        (home / folder).mkdir(parents=True)
    names = ("ivr.sqlite", "ivr.sqlite-wal", "smsc.sqlite", "logs/line.log", "audio/ab/abc.alaw")
    for name in names:
        (home / name).write_text("x")
        (home / name).chmod(0o644)
    (home / "audio" / "ab" / "link").symlink_to("/etc/passwd")
    home.chmod(0o755)
    return home


class TestHome:
    def test_all_of_an_older_version_is_closed(self, home: Path) -> None:
        before = mode(Path("/etc/passwd"))
        assert home in set(open_to_others(home))
        narrow_tree(home)
        assert list(open_to_others(home)) == []
        assert {mode(path) for path in home.rglob("*") if not path.is_symlink()} == {0o600, 0o700}
        assert mode(Path("/etc/passwd")) == before

    def test_a_command_closes_the_folder_around_it(self, home: Path) -> None:
        narrow_home(home)
        assert mode(home) == 0o700

    def test_an_empty_folder_is_taken(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        narrow_home(tmp_path)
        assert mode(tmp_path) == 0o700

    @pytest.mark.parametrize("wide", [0o755, 0o1777])
    def test_a_folder_of_other_things_stays_as_it_is(self, tmp_path: Path, wide: int) -> None:
        (tmp_path / "bin").mkdir(mode=0o755)
        tmp_path.chmod(wide)
        narrow_tree(tmp_path)
        assert (mode(tmp_path), mode(tmp_path / "bin")) == (wide, 0o755)
        assert list(open_to_others(tmp_path)) == [tmp_path]  # the doctor says so

    @pytest.mark.parametrize(
        "names",
        [
            ("asterisk", "hosts", "ssh"),
            ("spool", "log", "lib", "cache"),
            ("logs", "audio"),
            ("metrics", "fax"),
        ],
        ids=["etc", "var", "a project", "another"],
    )
    def test_a_folder_of_others_with_names_as_ours_stays_as_it_is(
        self, tmp_path: Path, names: tuple[str, ...]
    ) -> None:
        for name in names:
            (tmp_path / name / "in").mkdir(parents=True)
            (tmp_path / name).chmod(0o755)
        tmp_path.chmod(0o755)
        narrow_tree(tmp_path)
        assert {mode(path) for path in (tmp_path, *(tmp_path / name for name in names))} == {0o755}

    @pytest.mark.parametrize("system", ["/", "/etc", "/var", "/var/lib", "/usr", "/root"])
    def test_a_folder_of_the_system_is_refused(self, system: str) -> None:
        """In / the default, ``var``, is one."""
        with pytest.raises(Unusable, match=f"^IVR_HOME is {system}, a folder of the system: set"):
            check_home(Path(system))

    def test_what_is_not_there_is_left_so(self, tmp_path: Path) -> None:
        narrow_tree(tmp_path / "home")
        assert list(open_to_others(tmp_path / "home")) == []
        assert not (tmp_path / "home").exists()


class TestPrivateFolder:
    def test_is_made_and_used_again(self, tmp_path: Path) -> None:
        folder = tmp_path / "run" / "ivr"
        for _ in range(2):
            private_folder(folder)
        assert mode(folder) == 0o700

    @pytest.mark.parametrize("wide", [0o777, 0o755, 0o710, 0o1777])
    def test_is_refused_where_others_have_a_right_to_it(self, tmp_path: Path, wide: int) -> None:
        folder = tmp_path / "ivr"
        folder.mkdir()
        folder.chmod(wide)
        with pytest.raises(Unusable, match="is not a folder of this user alone"):
            private_folder(folder)

    def test_is_refused_where_it_is_a_link_or_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir(mode=0o700)
        (tmp_path / "link").symlink_to(tmp_path / "real")
        (tmp_path / "file").touch(mode=0o600)
        for name in ("link", "file"):
            with pytest.raises(Unusable, match="is not a folder of this user alone"):
                private_folder(tmp_path / name)

    def test_is_refused_where_it_is_another_users(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "ivr"
        folder.mkdir(mode=0o700)
        monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
        with pytest.raises(Unusable, match="is not a folder of this user alone"):
            private_folder(folder)

    def test_that_cannot_be_made_is_one_sentence(self) -> None:
        with pytest.raises(Unusable, match=r"^/proc/nothing/ivr cannot be made: "):
            private_folder(Path("/proc/nothing/ivr"))
