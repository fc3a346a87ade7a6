"""What each process of ours does first, so that its data and its memory stay with its user.

``PR_SET_DUMPABLE`` 0 (prctl(2)) means: the kernel writes no core of this process, wherever
``core_pattern`` leads, and no process of the same user may attach to it or read its memory and
its environment; ``/proc/PID`` belongs to root. The process itself still reads ``/proc/self``. The
flag ends with exec(2): each ``ivr`` process sets it for itself, and a program that we start is an
ordinary one. The limit of cores is inherited by all of them.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal

UMASK = 0o077
FILES = 65_536
"""That a process of ours may have open at once, if the system lets it."""
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
HANDED_ON = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"),
        *("LD_LIBRARY_PATH", "XDG_RUNTIME_DIR"),
    }
)
"""Variables that other people's programs are started with, besides those of the locale."""


def harden() -> None:
    """Close new files to others, write no core of this process, and let it open many files."""
    os.umask(UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    allow_files()
    close_memory()


def allow_files() -> None:
    """Let this process open FILES, or as many as it may: a shell begins with fewer."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def close_memory() -> None:
    """Let no other process of this user attach to this one or read its memory."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def program_environment() -> dict[str, str]:
    """The environment for a program that is not ours, as Asterisk: no setting, no secret.

    It names what is handed on, not what is left out: a secret may have any name.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name in HANDED_ON or name.startswith("LC_")
    }


def die_with_parent() -> None:
    """In a child before exec: the kernel ends it when its parent is gone, however that went."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
