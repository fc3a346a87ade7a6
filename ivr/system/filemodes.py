"""Who may read what is written: IVR_HOME, and folders outside of it, belong to one user alone.

New files are closed by the umask of each process (``ivr.system.hardening``). This module closes
what an older version wrote, and refuses a folder that another user may have prepared.
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
"""The bits of a mode that are for others than the owner."""
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
"""What stands in IVR_HOME. Anything else there is not touched: IVR_HOME may be set to any folder,
also to one that has other things in it."""
SIGNS = ("*.sqlite*", "admission", "front", "node", "places", "secrets")
"""Of these, what a folder of others hardly has; /etc has ``asterisk`` as well, /var ``spool``."""
SYSTEM = frozenset(
    {
        *("/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt"),
        *("/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/usr", "/var"),
        *("/etc/asterisk", "/usr/lib", "/usr/local", "/var/cache", "/var/lib", "/var/lib/asterisk"),
        *("/var/log", "/var/run", "/var/spool"),
    }
)
"""Never an IVR_HOME: in / the default, ``var``, would be one."""


def check_home(home: Path) -> None:
    """Unusable: IVR_HOME is a folder of the system, or belongs to another user than this process's.

    Root is another user, too: what root would write there, the service could not read any more. To
    be called before anything is written.
    """
    if str(home) in SYSTEM:
        raise Unusable(
            f"IVR_HOME is {home}, a folder of the system: set it to one of its own, as /var/lib/ivr"
        )
    try:
        owner = home.stat().st_uid
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unusable(
            f"{home} cannot be written ({error.strerror}): set IVR_HOME to a folder that can"
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
    """Take the rights of others from IVR_HOME, if it is one and belongs to this process's user.

    A folder that all write to, as /tmp, is no IVR_HOME, and neither is one with foreign things
    only: they stay as they are, and ``ivr doctor`` names them.
    """
    with suppress(OSError):
        found = home.lstat()
        if stat.S_ISDIR(found.st_mode) and not found.st_mode & stat.S_ISVTX:
            names = os.listdir(home)
            if not names or _is_home(names):
                _narrow(home, found)


def narrow_tree(home: Path) -> None:
    """The same for all that is ours in IVR_HOME."""
    narrow_home(home)
    with suppress(OSError):
        if not _is_home(os.listdir(home)):
            return
    for path, found in _entries(home):
        _narrow(path, found)


def open_to_others(home: Path) -> Iterator[Path]:
    """IVR_HOME, and what is ours in it, as far as other users have a right to it."""
    with suppress(FileNotFoundError):
        if home.lstat().st_mode & OTHERS:
            yield home
    for path, found in _entries(home):
        if found.st_mode & OTHERS:
            yield path


def private_folder(folder: Path) -> None:
    """Make a folder for this user alone, or check that it is one already.

    Unusable: it cannot be made, or another user could have prepared it.
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
            f"{folder} cannot be used: {error.strerror}; see whose it is, and remove it"
        ) from None
    is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & OTHERS
    if not is_private or found.st_uid != os.geteuid():
        raise Unusable(
            f"{folder} is not a folder of this user alone (mode 700): see whose it is, and remove"
            " it"
        )


def _is_home(names: Iterable[str]) -> bool:
    return any(fnmatch(name, sign) for name in names for sign in SIGNS)


def _is_ours(name: str) -> bool:
    return any(fnmatch(name, each) for each in OURS)


def _entries(home: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """All that is ours in a folder, with its mode; links are not followed, and have none."""
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
        return  # it is gone, or another user's
    for name in names:
        yield from _below(path / name)


def _narrow(path: Path, found: os.stat_result) -> None:
    if found.st_mode & OTHERS and found.st_uid == os.geteuid():
        with suppress(OSError):
            path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
