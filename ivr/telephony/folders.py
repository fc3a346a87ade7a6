"""The folders of one Asterisk, and the links to its sounds."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ivr.domain.values import Language
from ivr.errors import Unusable

MARKER = ".ivr-rendered"
"""File that marks a folder whose configuration we may overwrite."""
MARK = "; Rendered by the line"
"""Beginning of our asterisk.conf. It marks folders of versions without MARKER."""

Sounds = Mapping[tuple[Language, str], Path]
"""Sentences that the dialplan plays itself: (language, name) → audio path without extension."""
PACKAGED = ("documentation", "moh")
"""Package data that Asterisk needs; without documentation many modules do not load."""
VOICES = {"en": "en_US_f_Allison", "ru": "ru_RU_f_IvrvoiceRU"}
"""The package's sounds by language: real folders; a Debian system has links to them."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one Asterisk."""

    etc: Path
    """The configuration, with passwords."""
    data: Path
    """Links to the package's data and to the line's own sentences."""
    var: Path
    spool: Path
    logs: Path
    run: Path
    """The control socket. The process that starts Asterisk makes this folder."""

    def make(self) -> None:
        """Make missing folders except ``run``. Unusable: ``etc`` was not made by us."""
        claim(self.etc)
        for folder in (self.var / "keys", self.data, self.spool, self.logs):
            folder.mkdir(parents=True, exist_ok=True)

    def link(self, share: Path, sounds: Sounds) -> None:
        """Fill ``data``. ``share`` may be a path on another machine that does not exist here.

        Unusable: ``data`` has a file that we did not make.
        """
        for name in PACKAGED:
            _link(self.data / name, share / name)
        (self.data / "sounds").mkdir(exist_ok=True)
        for language, voice in VOICES.items():
            found = share / "sounds" / voice
            source = found if found.exists() else share / "sounds" / language
            _link(self.data / "sounds" / language, source)
        for (language, name), audio in sounds.items():
            folder = self.data / "sounds" / "ivr" / language
            folder.mkdir(parents=True, exist_ok=True)
            for encoding in ("alaw", "ulaw", "g722"):
                _link(folder / f"{name}.{encoding}", audio.with_name(f"{audio.name}.{encoding}"))


def check_own(folder: Path) -> None:
    """Raise Unusable if the folder exists, is not empty and was not made by us. Write nothing."""
    if not os.path.lexists(folder):
        return
    names = sorted(os.listdir(folder))
    if not names or _is_marked(folder) or _is_of_older_version(folder, names):
        return
    raise Unusable(
        f"{folder} is not empty and was not made by `ivr asterisk render` ({names[0]} is there):"
        " nothing was written, choose a new folder, or an empty one"
    )


def claim(folder: Path) -> None:
    """Make a configuration folder, or take an empty one or one of ours, and mark it.

    The mode of an existing folder stays as it is. Unusable as for check_own.
    """
    check_own(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_marked(folder):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(folder / MARKER, flags, 0o600), "w") as file:
            file.write("`ivr asterisk render` overwrites this folder.\n")


def _is_marked(folder: Path) -> bool:
    try:
        return stat.S_ISREG((folder / MARKER).lstat().st_mode)
    except FileNotFoundError:
        return False


def _is_of_older_version(folder: Path, names: list[str]) -> bool:
    """Whether an older version rendered this folder and it has no other files."""
    return (
        "asterisk.conf" in names
        and (folder / "asterisk.conf").read_text(errors="replace").startswith(MARK)
        and all(name == "data" or name.endswith((".conf", ".new")) for name in names)
    )


def _link(link: Path, target: Path) -> None:
    """Make or correct a link. Unusable: its path is taken by something that is no link."""
    if link.is_symlink():
        if link.readlink() == target:
            return
        link.unlink()
    elif link.exists():
        raise Unusable(
            f"{link} must be a symbolic link: move it to another place, and run this again"
        )
    link.symlink_to(target)


def remove_old(folder: str | Path, seconds: float) -> None:
    """Remove files that are older than ``seconds`` (mtime); ignore errors."""
    before = time.time() - seconds
    with suppress(OSError), os.scandir(folder) as files:
        for file in files:
            with suppress(OSError):
                if file.stat().st_mtime < before:
                    os.unlink(file.path)
