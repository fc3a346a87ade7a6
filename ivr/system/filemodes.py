"""File modes: only one user may read IVR_HOME and our folders outside of it.

The umask of each process protects new files (``ivr.system.hardening``). This module removes other
users' rights from files of older versions, and refuses a folder that another user may have
prepared.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

from ivr.errors import Unusable

OTHERS = 0o077
"""Mode bits of group and others."""
OURS = (
    "*.sqlite*",
    "admission",
    "asterisk",
    "audio",
    "fax",
    "front",
    "logs",
    "metrics",
    "node",
    "places",
    "secrets",
    "spool",
)
"""Our entries in IVR_HOME. Other entries are not touched: IVR_HOME may be set to any folder, also
to one with other files."""
SIGNS = ("*.sqlite*", "admission", "front", "node", "places", "secrets")
"""Entries that mark a folder as an IVR_HOME: other folders rarely have them. /etc has ``asterisk``
too, /var ``spool``."""
SYSTEM = frozenset(
    {
        *("/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt"),
        *("/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/usr", "/var"),
        *("/etc/asterisk", "/usr/lib", "/usr/local", "/var/cache", "/var/lib", "/var/lib/asterisk"),
        *("/var/log", "/var/run", "/var/spool"),
    }
)
"""Folders that must not be IVR_HOME. In / the default ``var`` would be one of them."""


def check_home(home: Path) -> None:
    """Raise Unusable if IVR_HOME is a system folder or belongs to another user.

    Root is also another user: the service could not read files that root writes there. Call this
    before anything is written.
    """
    if str(home) in SYSTEM:
        raise Unusable(
            f"IVR_HOME is {home}, a folder of the system: set it to a separate folder such as"
            " /var/lib/ivr"
        )
    try:
        owner = home.stat().st_uid
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unusable(
            f"{home} cannot be written ({error.strerror}): set IVR_HOME to another folder"
        ) from None
    if owner != os.geteuid():
        name, runner = _name_of(owner), _name_of(os.geteuid())
        raise Unusable(
            f"{home} belongs to the user {name}, and this is {runner}: run it as"
            f" that user, as with `sudo -u {name}`, or set IVR_HOME to a folder of your own"
        )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"


def narrow_home(home: Path) -> None:
    """Remove other users' rights from IVR_HOME if it is one and belongs to this process's user.

    A shared folder such as /tmp is no IVR_HOME, nor is one that has only foreign files. They stay
    unchanged, and ``ivr doctor`` names them.
    """
    with suppress(OSError):
        found = home.lstat()
        if stat.S_ISDIR(found.st_mode) and not found.st_mode & stat.S_ISVTX:
            names = os.listdir(home)
            if not names or _is_home(names):
                _narrow(home, found)


def narrow_tree(home: Path) -> None:
    """Remove other users' rights from IVR_HOME and from all our entries in it."""
    narrow_home(home)
    with suppress(OSError):
        if not _is_home(os.listdir(home)):
            return
    for path, found in _entries(home):
        _narrow(path, found)


def open_to_others(home: Path) -> Iterator[Path]:
    """Yield IVR_HOME and our entries in it that other users have rights to."""
    with suppress(FileNotFoundError):
        if home.lstat().st_mode & OTHERS:
            yield home
    for path, found in _entries(home):
        if found.st_mode & OTHERS:
            yield path


def private_folder(folder: Path) -> None:
    """Make a folder that only this user can access, or check that an existing one is such.

    Unusable: it cannot be made, or another user may have prepared it.
    """
    with suppress(FileExistsError):
        try:
            folder.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            raise
        except OSError as error:
            raise Unusable(
                f"{folder} cannot be made: {error.strerror}; let this user write there"
            ) from None
    try:
        found = folder.lstat()
    except OSError as error:
        raise Unusable(
            f"{folder} cannot be used: {error.strerror}; check its owner, then remove it"
        ) from None
    is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & OTHERS
    if not is_private or found.st_uid != os.geteuid():
        raise Unusable(
            f"{folder} is not a folder of this user alone (mode 700): check its owner, then"
            " remove it"
        )


def _is_home(names: Iterable[str]) -> bool:
    return any(fnmatch(name, sign) for name in names for sign in SIGNS)


def _is_ours(name: str) -> bool:
    return any(fnmatch(name, each) for each in OURS)


def _entries(home: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield all our entries in a folder with their stat; skip symbolic links."""
    try:
        names = sorted(filter(_is_ours, os.listdir(home)))
    except OSError:
        return
    for name in names:
        yield from _below(home / name)


def _below(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            return
        yield path, found
        names = os.listdir(path) if stat.S_ISDIR(found.st_mode) else []
    except OSError:
        return  # it was removed, or belongs to another user
    for name in names:
        yield from _below(path / name)


def _narrow(path: Path, found: os.stat_result) -> None:
    if found.st_mode & OTHERS and found.st_uid == os.geteuid():
        with suppress(OSError):
            path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
