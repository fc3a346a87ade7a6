"""The check of ``ivr doctor`` on Asterisk's limit of open files."""

from __future__ import annotations

import re
import resource
from pathlib import Path

from ivr.errors import Unusable
from ivr.settings import Settings
from ivr.system.hardening import FILES
from ivr.telephony.processors import PROC, asterisk_of

FILES_A_CALL = 5
"""Measured on Asterisk 22: 4.7."""
OTHER_FILES = 300
"""Files that Asterisk has open without a call: its modules and connections."""
LIMIT = re.compile(r"^Max open files +(\d+|unlimited) ", re.M)
"""In /proc/PID/limits, soft limit first (proc(5))."""


def open_files(settings: Settings, proc: Path = PROC) -> str:
    """Raise Unusable if there are too few files for the calls that the settings allow."""
    found = [each for pid in asterisk_of(settings.home, proc) if (each := _limit(proc, pid))]
    if found:
        limit, whose = min(found), "Asterisk may open"
    else:
        limit, whose = _own_limit(), "a process that is started here may open"
    calls = settings.max_calls + settings.max_told
    wanted = FILES_A_CALL * calls + OTHER_FILES
    way_out = (
        "raise the limit for the user who starts Asterisk (`ulimit -Hn`, LimitNOFILE of"
        " systemd, nofile of docker-compose.yml)"
    )
    if limit < wanted:
        raise Unusable(
            f"{whose} {limit} files, and {calls} calls (IVR_MAX_CALLS and IVR_MAX_TOLD) need"
            f" {wanted}: {way_out}, or lower IVR_MAX_CALLS"
        )
    if limit < FILES:
        enough = (limit - OTHER_FILES) // FILES_A_CALL
        return f"{whose} {limit} files, fewer than {FILES}: enough for {enough} calls; {way_out}"
    return f"{whose} {limit} files"


def _limit(proc: Path, pid: int) -> int | None:
    """Return a process's limit; None if it has ended."""
    try:
        found = LIMIT.search((proc / str(pid) / "limits").read_text())
    except OSError:
        return None
    if found is None:
        return None
    return FILES if found[1] == "unlimited" else int(found[1])


def _own_limit() -> int:
    """Return the limit of a process that raises its own, as Asterisk does here."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return FILES if most == resource.RLIM_INFINITY else most
