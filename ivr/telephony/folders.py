"""Where one Asterisk reads and writes, and the links that bring it its sounds."""

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
"""The file that says that a folder's configuration is ours to write over."""
MARK = "; Rendered by the line"
"""How an asterisk.conf of ours begins. Before there was a marker, it said whose a folder is."""

Sounds = Mapping[tuple[Language, str], Path]
"""The sentences that Asterisk says by itself: (language, name) → audio path without extension."""
PACKAGED = ("documentation", "moh")
"""What Asterisk wants of its package's data; without documentation many modules do not load."""
VOICES = {"en": "en_US_f_Allison", "ru": "ru_RU_f_IvrvoiceRU"}
"""The package's own sounds by language: folders whose usual names are links of a Debian system."""


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
    """The control socket. Made by whoever starts Asterisk."""

    def make(self) -> None:
        """Make what is missing, apart from ``run``. Unusable: ``etc`` is somebody else's."""
        claim(self.etc)
        for folder in (self.var / "keys", self.data, self.spool, self.logs):
            folder.mkdir(parents=True, exist_ok=True)

    def link(self, share: Path, sounds: Sounds) -> None:
        """Fill ``data``. ``share`` may be a folder of another machine, not seen from here.

        Unusable: there is something in it that is not ours.
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
    """Unusable: a folder is there that is neither empty nor was made here. Nothing is written."""
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
    """Make a folder for a configuration, or take one that is empty or ours, and mark it.

    Its mode stays as it is, where it was there. Unusable as for check_own.
    """
    check_own(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_marked(folder):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(folder / MARKER, flags, 0o600), "w") as file:
            file.write("`ivr asterisk render` writes over what is in this folder.\n")


def _is_marked(folder: Path) -> bool:
    try:
        return stat.S_ISREG((folder / MARKER).lstat().st_mode)
    except FileNotFoundError:
        return False


def _is_of_older_version(folder: Path, names: list[str]) -> bool:
    """Whether an older version has rendered a folder, and nobody else has put anything there."""
    return (
        "asterisk.conf" in names
        and (folder / "asterisk.conf").read_text(errors="replace").startswith(MARK)
        and all(name == "data" or name.endswith((".conf", ".new")) for name in names)
    )


def _link(link: Path, target: Path) -> None:
    """Unusable: something is there that is no link, and not ours to remove."""
    if link.is_symlink():
        if link.readlink() == target:
            return
        link.unlink()
    elif link.exists():
        raise Unusable(
            f"{link} is no link, as it should be: move it to another place, and run this again"
        )
    link.symlink_to(target)


def remove_old(folder: str | Path, seconds: float) -> None:
    """Remove the files that nobody has written or touched for so long; one that cannot be stays."""
    before = time.time() - seconds
    with suppress(OSError), os.scandir(folder) as files:
        for file in files:
            with suppress(OSError):
                if file.stat().st_mtime < before:
                    os.unlink(file.path)
