"""Where one Asterisk reads and writes, and the links that bring it its sounds."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ivr.values import Language

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
        """Make what is missing, apart from ``run``."""
        for folder in (self.etc, self.var / "keys", self.data, self.spool, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.etc.chmod(0o700)

    def link(self, share: Path, sounds: Sounds) -> None:
        """Fill ``data``. ``share`` may be a folder of another machine, not seen from here."""
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


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    if link.is_symlink() or link.is_file():
        link.unlink()
    elif link.is_dir():
        shutil.rmtree(link)
    link.symlink_to(target)


def remove_old(folder: str | Path, seconds: float) -> None:
    """Remove the files that nobody has written or touched for so long; one that cannot be stays."""
    before = time.time() - seconds
    with suppress(OSError), os.scandir(folder) as files:
        for file in files:
            with suppress(OSError):
                if file.stat().st_mtime < before:
                    os.unlink(file.path)
