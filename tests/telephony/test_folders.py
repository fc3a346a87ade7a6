"""The folders of an Asterisk: what is not ours is neither written over, nor closed, nor removed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.telephony.folders import MARKER, Folders

RENDERED = "; Rendered by the line from dialplans/. Edit the template, not this file.\n"


def folders(etc: Path, home: Path) -> Folders:
    return Folders(etc, etc / "data", home / "var", home / "spool", home / "logs", home / "run")


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """All that is below a folder, with mode and contents."""
    found = {".": (folder.stat().st_mode, "")}
    for path in sorted(folder.rglob("*")):
        held = path.read_text() if path.is_file() else ""
        found[str(path.relative_to(folder))] = path.lstat().st_mode, held
    return found


def a_file(folder: Path) -> None:
    (folder / "hosts").write_text("127.0.0.1 localhost")


def a_package(folder: Path) -> None:
    (folder / "asterisk.conf").write_text("[directories]\n")
    (folder / "sip.conf").write_text("[general]\n")


def the_machine(folder: Path) -> None:
    """Into which an older version has rendered."""
    a_file(folder)
    (folder / "asterisk.conf").write_text(RENDERED)
    (folder / "data").mkdir()
    (folder / "ssh").mkdir()


def a_hidden_file(folder: Path) -> None:
    (folder / ".git").mkdir()


def a_marker_that_is_a_link(folder: Path) -> None:
    a_file(folder)
    (folder / MARKER).symlink_to(folder / "hosts")


def a_marker_that_is_a_folder(folder: Path) -> None:
    (folder / MARKER).mkdir()


def others_music(folder: Path) -> None:
    (folder / "data" / "moh").mkdir(parents=True)
    (folder / "data" / "moh" / "ours.wav").write_text("music")


@pytest.mark.parametrize(
    "there",
    [
        *(a_file, a_package, the_machine, a_hidden_file, others_music),
        *(a_marker_that_is_a_link, a_marker_that_is_a_folder),
    ],
    ids=lambda there: there.__name__.replace("_", " "),
)
def test_a_folder_of_others_is_refused_and_stays_as_it_is(
    tmp_path: Path, there: Callable[[Path], None]
) -> None:
    etc = tmp_path / "etc"
    etc.mkdir(mode=0o755)
    etc.chmod(0o755)
    there(etc)
    before = tree(etc)
    with pytest.raises(Unusable, match=r"/etc is not empty .* choose a new folder"):
        folders(etc, tmp_path / "home").make()
    assert tree(etc) == before
    assert not (tmp_path / "home").exists()


def test_a_new_one_is_closed_and_an_empty_one_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty").chmod(0o750)
    for name, mode in (("new", 0o700), ("empty", 0o750)):
        folders(tmp_path / name, tmp_path / "home").make()
        assert (tmp_path / name).stat().st_mode & 0o777 == mode
        assert (tmp_path / name / MARKER).stat().st_mode & 0o777 == 0o600


def test_one_of_its_own_is_taken_again_whatever_else_was_put_there(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    folders(etc, tmp_path / "home").make()
    a_file(etc)
    etc.chmod(0o711)
    folders(etc, tmp_path / "home").make()
    assert (etc / "hosts").read_text() == "127.0.0.1 localhost"
    assert etc.stat().st_mode & 0o777 == 0o711


def test_one_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    (etc / "data" / "sounds").mkdir(parents=True)
    (etc / "asterisk.conf").write_text(RENDERED)
    (etc / "gone.conf").write_text("of a template that is no more")
    (etc / "pjsip.new").write_text("half")
    folders(etc, tmp_path / "home").make()
    assert (etc / MARKER).is_file()


@pytest.mark.parametrize("what", ["file", "folder"])
@pytest.mark.parametrize("name", ["moh", "documentation", "sounds/en"])
def test_what_stands_where_a_link_belongs_is_named_and_not_removed(
    tmp_path: Path, what: str, name: str
) -> None:
    made = folders(tmp_path / "etc", tmp_path / "home")
    made.make()
    place = made.data / name
    place.parent.mkdir(exist_ok=True)
    if what == "folder":
        place.mkdir()
        (place / "kept").write_text("kept")
    else:
        place.write_text("kept")
    before = tree(place.parent)
    with pytest.raises(Unusable, match=f"{name} must be a symbolic link: move it"):
        made.link(tmp_path / "share", {})
    assert tree(place.parent).items() >= before.items()


def test_links_are_made_anew(tmp_path: Path) -> None:
    made = folders(tmp_path / "etc", tmp_path / "home")
    made.make()
    sounds = {(Language.ENGLISH, "busy"): tmp_path / "audio" / "a1"}
    made.link(tmp_path / "old", {})
    made.link(tmp_path / "new", sounds)
    made.link(tmp_path / "new", sounds)
    assert (made.data / "moh").readlink() == tmp_path / "new" / "moh"
    assert os.readlink(made.data / "sounds" / "ivr" / "en" / "busy.alaw").endswith("a1.alaw")
