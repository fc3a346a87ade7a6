"""The id of a node: one installation of line and Asterisk among several on one database.

Asterisk begins the id of each call with it. Two nodes that made the same ids would take each
other's orders for their own.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from ivr.errors import Unusable

FILE = "node"
"""In IVR_HOME."""
DIGITS = 10
"""Hexadecimal, drawn by lot: 40 bits."""
LONGEST = 16
"""Letters: Asterisk's ``systemname`` has room for 19, and three are ours."""
ID = re.compile(rf"[a-z0-9]{{1,{LONGEST}}}")
RULE = f"1 to {LONGEST} small letters and digits"


def kept_node(home: Path) -> str:
    """The id that is kept in IVR_HOME, made if there is none; it is made once.

    Unusable: it cannot be kept, or is no id.
    """
    file = home / FILE
    try:
        if not file.exists():
            _make(file)
        found = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise Unusable(
            f"{file} cannot be used: {reason}; put its copy back, or set IVR_NODE"
        ) from None
    if not ID.fullmatch(found):
        raise Unusable(f"{file} has no id of a node ({RULE}): put its copy back, or set IVR_NODE")
    return found


def _make(file: Path) -> None:
    """Whole or not at all, and never over one that another process has made meanwhile."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f".{FILE}.{secrets.token_hex(4)}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(secrets.token_hex(DIGITS // 2) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        with suppress(FileExistsError):
            os.link(fresh, file)
    finally:
        fresh.unlink()
