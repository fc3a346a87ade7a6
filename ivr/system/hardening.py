"""Hardening at the start of each process: its files and its memory are private to its user.

``PR_SET_DUMPABLE`` 0 (prctl(2)) means: the kernel writes no core dump of this process, whatever
``core_pattern`` is, and no process of the same user may attach to it or read its memory and its
environment; ``/proc/PID`` belongs to root. The process itself can still read ``/proc/self``. The
flag ends with exec(2): each ``ivr`` process sets it for itself, and other programs that we start do
not have it. All of them inherit the limit of core dumps.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal

UMASK = 0o077
FILES = 65_536
"""Files that a process may have open at once, if the system allows it."""
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
HANDED_ON = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"),
        *("LD_LIBRARY_PATH", "XDG_RUNTIME_DIR"),
    }
)
"""Variables that third-party programs get, besides those of the locale."""


def harden() -> None:
    """Set the umask, disable core dumps, close the memory, raise the limit of open files."""
    os.umask(UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    allow_files()
    close_memory()


def allow_files() -> None:
    """Raise the limit of open files to FILES, or to the hard limit: a shell's default is lower."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def close_memory() -> None:
    """Let no other process of this user attach to this one or read its memory."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def program_environment() -> dict[str, str]:
    """Return the environment for a third-party program such as Asterisk: no settings, no secrets.

    It is a list of allowed names, because a secret may have any name.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name in HANDED_ON or name.startswith("LC_")
    }


def die_with_parent() -> None:
    """Make the kernel end this process when its parent ends in any way. For a child before exec."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
