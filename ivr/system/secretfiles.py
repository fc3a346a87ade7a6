"""The secrets that an installation makes for itself, and what is too weak to be one.

Each is a file of IVR_HOME/secrets with mode 600. It is written under another name and renamed, so
that a process that is killed meanwhile leaves no half of a secret under its name.
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
"""Letters: 128 bits, where each is a hexadecimal digit."""
MOST_BYTES = 4096
WAY_OUT = "make one with `openssl rand -base64 32`"


def is_weak(secret: str) -> bool:
    """Whether it is short, or too regular to have been drawn by lot.

    A rule for slips, as ``password`` four times or ``changeme…``; it measures no randomness.
    """
    if len(secret) < SHORTEST:
        return True
    parts = [secret[at : at + 3] for at in range(len(secret) - 2)]
    repeats = len(set(parts)) < len(parts) * 2 / 3
    steps = Counter(ord(after) - ord(before) for before, after in pairwise(secret))
    runs = max(steps.values()) > len(secret) / 2
    return repeats or runs


def find_secret(folder: Path, name: str) -> str | None:
    """The secret of this name; None: there is none, and none is made. Unusable as kept_secret."""
    file = folder / name
    try:
        is_there = file.exists() and file.stat().st_size > 0
    except OSError as error:
        raise Unusable(
            f"{file} cannot be used: {error.strerror}; make it a file of the user of IVR_HOME"
        ) from None
    return kept_secret(folder, name) if is_there else None


def kept_secret(folder: Path, name: str) -> str:
    """The secret of this name, made if there is none. Unusable: it cannot be kept, or is weak.

    An empty file is no secret: an older version that was killed may have left it.
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
            f"{file} is no whole secret: put its copy back, or remove it and a new one is made"
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
    """Never "remove it": it may be the only copy of a pepper."""
    return (
        f"{path} is not {what} of the user of IVR_HOME: give it back to that user, with"
        f" `chown -R` as root"
    )


def _is_trusted(path: Path, found: os.stat_result) -> bool:
    """Whether it is this user's; root reads what belongs to the user of the folder around it."""
    if os.geteuid() == 0:
        return found.st_uid in (0, path.parent.stat().st_uid)
    return found.st_uid == os.geteuid()


def _read(file: Path) -> str:
    """What it holds; empty: there is none. Rights of others are taken away first."""
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
            raise Unusable(f"{file} is no text: put its copy back") from None


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
    """Of all processes, one makes a secret; the others read it then."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
