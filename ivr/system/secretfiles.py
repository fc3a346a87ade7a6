"""The secrets that an installation makes for itself, and a check for weak ones.

Each is a file in IVR_HOME/secrets with mode 600. It is written under another name and renamed, so
that a killed process never leaves half a secret.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from ivr.errors import Unusable
from ivr.system.filemodes import OTHERS

SHORTEST = 32
"""Letters: 128 bits if all are hexadecimal digits."""
MOST_BYTES = 4096
WAY_OUT = "make one with `openssl rand -base64 32`"


def is_weak(secret: str) -> bool:
    """Whether a secret is short, or too regular to be random.

    It finds mistakes such as ``password`` four times or ``changeme…``; it does not measure
    randomness.
    """
    if len(secret) < SHORTEST:
        return True
    parts = [secret[at : at + 3] for at in range(len(secret) - 2)]
    repeats = len(set(parts)) < len(parts) * 2 / 3
    steps = Counter(ord(after) - ord(before) for before, after in pairwise(secret))
    runs = max(steps.values()) > len(secret) / 2
    return repeats or runs


def find_secret(folder: Path, name: str) -> str | None:
    """Return the secret of this name; None: there is none. Unusable as for kept_secret."""
    file = folder / name
    try:
        is_there = file.exists() and file.stat().st_size > 0
    except OSError as error:
        raise Unusable(
            f"{file} cannot be used: {error.strerror}; make it a file of the user of IVR_HOME"
        ) from None
    return kept_secret(folder, name) if is_there else None


def kept_secret(folder: Path, name: str) -> str:
    """Return the secret of this name; make it if there is none.

    Unusable: it cannot be stored, or is weak. An empty file counts as none: an older version that
    was killed may have left it.
    """
    file = folder / name
    try:
        _open_folder(folder)
        found = _read(file)
        if not found:
            with _alone(folder):
                found = _read(file) or _make(file)
    except OSError as error:
        raise Unusable(
            f"{file} cannot be used: {error.strerror}; make it a file of the user of IVR_HOME"
        ) from None
    if is_weak(found):
        raise Unusable(
            f"{file} is incomplete: restore its backup, or remove it to have a new one made"
        )
    return found


def _open_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or not _is_trusted(folder, found):
        raise Unusable(_of_another(folder, "a folder"))
    if found.st_mode & OTHERS:
        folder.chmod(0o700)


def _of_another(path: Path, what: str) -> str:
    """Return an error sentence. It never advises removal: this may be the only copy of a pepper."""
    return (
        f"{path} is not {what} of the user of IVR_HOME: give it to that user, with `chown -R`"
        " as root"
    )


def _is_trusted(path: Path, found: os.stat_result) -> bool:
    """Whether it belongs to this user; for root also: to the owner of the parent folder."""
    if os.geteuid() == 0:
        return found.st_uid in (0, path.parent.stat().st_uid)
    return found.st_uid == os.geteuid()


def _read(file: Path) -> str:
    """Read a secret; empty: there is none. Remove other users' rights first."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    with open(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or not _is_trusted(file, found):
            raise Unusable(_of_another(file, "a file"))
        if found.st_mode & OTHERS:
            os.fchmod(descriptor, 0o600)
        try:
            return stream.read(MOST_BYTES).decode()
        except UnicodeDecodeError:
            raise Unusable(f"{file} is not text: restore its backup") from None


def _make(file: Path) -> str:
    made = secrets.token_urlsafe(SHORTEST)
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(made)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return made


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock the folder: one process makes a secret, the others then read it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
