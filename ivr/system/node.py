"""The id of a node: one installation of line and Asterisk among several on one database.

Asterisk puts it at the beginning of each call's id. Two nodes with the same ids would mistake each
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
"""File name in IVR_HOME."""
DIGITS = 10
"""Random hexadecimal digits: 40 bits."""
LONGEST = 16
"""Letters: Asterisk's ``systemname`` has room for 19, and our prefix takes three."""
ID = re.compile(rf"[a-z0-9]{{1,{LONGEST}}}")
RULE = f"1 to {LONGEST} small letters and digits"


def kept_node(home: Path) -> str:
    """Return the id stored in IVR_HOME; make it if there is none.

    Unusable: it cannot be stored, or is no id.
    """
    file = home / FILE
    try:
        if not file.exists():
            _make(file)
        found = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Unusable(
            f"{file} cannot be used: {reason}; restore its backup, or set IVR_NODE"
        ) from None
    if not ID.fullmatch(found):
        raise Unusable(
            f"{file} does not have the id of a node ({RULE}): restore its backup, or set IVR_NODE"
        )
    return found


def _make(file: Path) -> None:
    """Write the file atomically; keep a file that another process has made meanwhile."""
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
