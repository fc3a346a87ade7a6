"""Finds the programs that are not Python: Asterisk, espeak-ng, RHVoice, baresip.

Each comes from a tree of Debian packages, or else from the machine if its version is new enough.
``make setup`` unpacks the tree into the cache and notes its path in the checkout. Programs of the
tree run through the tree's own loader, so that neither root nor chroot is needed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ivr.errors import Unusable
from ivr.settings import PROJECT, Settings
from ivr.system.hardening import program_environment

LEAST_ASTERISK = 22


REMEMBERED = PROJECT / ".runtime"
"""File in which ``make setup`` notes the tree: another terminal may have another cache folder."""


def tree(settings: Settings) -> Path | None:
    """Return the unpacked tree of packages, or None if there is none."""
    if settings.runtime:
        folders = [Path(settings.runtime)]
    else:
        folders = [settings.cache / "runtime", *_remembered()]
    return next((folder for folder in folders if (folder / "usr").is_dir()), None)


def _remembered() -> list[Path]:
    try:
        found = REMEMBERED.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return []
    return [Path(found)] if found else []


def program(settings: Settings, name: str) -> list[str]:
    """Return the beginning of the argument list that starts a program.

    Unusable names the missing program and what to do.
    """
    unpacked = tree(settings)
    if unpacked is not None:
        for folder in ("usr/sbin", "usr/bin"):
            if (unpacked / folder / name).exists():
                return [*_loader(unpacked), str(unpacked / folder / name), *_data(unpacked, name)]
    found = shutil.which(name)
    if found and _good(name, found):
        return [found]
    raise Unusable(
        f"{name} is not installed: run `make setup`, or set IVR_RUNTIME to the folder that it is"
        " unpacked in"
    )


def modules(settings: Settings, name: str) -> Path:
    """Return the folder of loadable modules of ``asterisk`` or ``baresip``."""
    roots = [root for root in (tree(settings), Path("/")) if root is not None]
    for root in roots:
        for folder in _libraries(root):
            candidate = folder / name / "modules"
            if candidate.is_dir():
                return candidate
    raise Unusable(f"the modules of {name} are not found: run `make setup`")


def share(settings: Settings, name: str) -> Path:
    """Return a package's folder of shared data: for ``asterisk`` ``usr/share/asterisk``."""
    roots = [root for root in (tree(settings), Path("/")) if root is not None]
    for root in roots:
        if (root / "usr/share" / name).is_dir():
            return root / "usr/share" / name
    raise Unusable(f"the data of {name} is not found: run `make setup`")


def rhvoice(settings: Settings) -> tuple[list[str], Path, Path] | None:
    """Return RHVoice's argument list, library and folder of voices; None: it is not installed."""
    unpacked = tree(settings)
    for root in (root for root in (unpacked, Path("/")) if root is not None):
        data = root / "usr/share/RHVoice"
        for folder in _libraries(root) if (data / "voices").is_dir() else ():
            if (library := folder / "libRHVoice.so.5").exists():
                # Use the tree's loader: its C++ library is newer than the machine's.
                python = str(Path(sys.executable).resolve())
                starts = [*_loader(root), "--argv0", python] if root == unpacked else []
                reader = PROJECT / "ivr" / "speech" / "rhvoice_process.py"
                flags = [python, "-E", "-S", str(reader)]
                return [*starts, *flags, str(library), str(data)], library, data
    return None


def _libraries(root: Path) -> Iterator[Path]:
    yield from sorted((root / "usr/lib").glob("*-linux-gnu*"))
    yield root / "usr/lib"


def _loader(unpacked: Path) -> list[str]:
    for library in _libraries(unpacked):
        for loader in sorted(library.glob("ld-linux*.so.*")):
            folders = [library, library / "asterisk", library / "pulseaudio"]
            path = os.pathsep.join(str(folder) for folder in folders if folder.is_dir())
            return [str(loader), "--library-path", path]
    raise Unusable(f"{unpacked} has no program loader: remove it and run `make setup`")


def _data(unpacked: Path, name: str) -> list[str]:
    if name == "espeak-ng":
        for library in _libraries(unpacked):
            if (library / "espeak-ng-data").is_dir():
                return [f"--path={library}"]
    return []


def _good(name: str, path: str) -> bool:
    if name != "asterisk":
        return True
    said = subprocess.run(
        [path, "-V"],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
        env=program_environment(),
    )
    version = re.search(r"Asterisk (\d+)", said.stdout)
    return version is not None and int(version.group(1)) >= LEAST_ASTERISK
