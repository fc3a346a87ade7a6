"""Who runs a command, for the audit."""

from __future__ import annotations

import getpass
import os


def author() -> str:
    """Name of the user at this terminal; a container's user may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
