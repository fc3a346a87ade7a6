"""The check of ``ivr doctor`` that looks at how many files Asterisk may have open."""

from __future__ import annotations

import re
import resource
from pathlib import Path

from ivr.errors import Unusable
from ivr.settings import Settings
from ivr.system.hardening import FILES
from ivr.telephony.processors import PROC, asterisk_of

FILES_A_CALL = 5
"""Seen on Asterisk 22: 4.7."""
OTHER_FILES = 300
"""What Asterisk has open without a call, its modules and links."""
LIMIT = re.compile(r"^Max open files +(\d+|unlimited) ", re.M)
"""In /proc/PID/limits, the soft one first (proc(5))."""


def open_files(settings: Settings, proc: Path = PROC) -> str:
    """Unusable: there are too few for the calls that the settings allow."""
    found = [each for pid in asterisk_of(settings.home, proc) if (each := _limit(proc, pid))]
    if found:
        limit, whose = min(found), "Asterisk may open"
    else:
        limit, whose = _own_limit(), "a process that is started here may open"
    calls = settings.max_calls + settings.max_told
    wanted = FILES_A_CALL * calls + OTHER_FILES
    way_out = (
        "raise it for who starts Asterisk (`ulimit -Hn`, LimitNOFILE of systemd, nofile of"
        " docker-compose.yml)"
    )
    if limit < wanted:
        raise Unusable(
            f"{whose} {limit} files, and {calls} calls (IVR_MAX_CALLS and IVR_MAX_TOLD) need"
            f" {wanted}: {way_out}, or lower IVR_MAX_CALLS"
        )
    if limit < FILES:
        enough = (limit - OTHER_FILES) // FILES_A_CALL
        return f"{whose} {limit} files, fewer than {FILES}: no more than {enough} calls; {way_out}"
    return f"{whose} {limit} files"


def _limit(proc: Path, pid: int) -> int | None:
    """None: the process has ended."""
    try:
        found = LIMIT.search((proc / str(pid) / "limits").read_text())
    except OSError:
        return None
    if found is None:
        return None
    return FILES if found[1] == "unlimited" else int(found[1])


def _own_limit() -> int:
    """What a process may have that raises its limit, as Asterisk does here."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return FILES if most == resource.RLIM_INFINITY else most
