"""Starts Asterisk so that it can start no other program and open no file that it does not need.

``python3 confined.py RULES PROGRAM …`` becomes PROGRAM. An attacker may make Asterisk run commands
through FastAGI, the management interface or a bug in Asterisk. The confinement gives the attacker
no shell and no other files: seccomp(2) refuses execve(2), and landlock(7) refuses each file that
RULES does not name.

Only Python's standard library is imported, so that a system's ``python3`` can run this file alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import shutil
import struct
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TZ")
"""Environment variables that the program gets: no settings, no secrets."""

FILES = 65_536
"""Files that Asterisk may have open; a call takes four to five."""
PR_SET_NO_NEW_PRIVS = 38
AT_FDCWD = -100
START_FLAGS = 0x1100
"""AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW. They mark the one start that the filter allows: the
functions of the C library that start a program pass none of the two, or only the first."""
MACHINES = {"x86_64": (0xC000003E, 59, 322, 317), "aarch64": (0xC00000B7, 221, 281, 277)}
"""AUDIT_ARCH, and the numbers of execve, execveat and seccomp."""
SET_MODE_FILTER, FLAG_SPEC_ALLOW = 1, 4
"""Constants of seccomp(2). FLAG_SPEC_ALLOW: the filter does not slow down the processor."""
LOAD, EQUAL, ABOVE, RETURN = 0x20, 0x15, 0x25, 0x06
"""Instructions of classic BPF: load a word, two conditional jumps, end."""
ALLOW, REFUSE = 0x7FFF0000, 0x0005000D
"""SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EACCES."""
NUMBER, ARCHITECTURE, FLAGS = 0, 4, 48
"""Offsets in seccomp_data: the system call, the machine, the low half of the fifth argument."""
LAST_CALL = 0x3FFFFFFF
"""Higher numbers belong to the x32 interface, which no program here uses."""

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""System calls of landlock; the numbers are the same on every machine."""
VERSION, PATH_BENEATH = 1, 1
"""A flag of CREATE_RULESET that asks for the version; a kind of rule for ADD_RULE."""
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG, MAKE_SOCK = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 9
TRUNCATE, FIRST_WITH_TRUNCATE = 1 << 14, 3
"""A right, and the first landlock version that has it."""
HANDLED = (1 << 13) - 2
"""All rights of the first version except execution, which seccomp refuses. No rule allows making
devices, pipes or symbolic links."""
READ = READ_FILE | READ_DIR
USE = READ_FILE | WRITE_FILE | TRUNCATE
WRITE = READ | USE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK
RIGHTS = {"read": READ, "use": USE, "write": WRITE}
"""Rights by the words of RULES. ``use`` is for a device."""


def main(arguments: Sequence[str]) -> None:
    """Become the program; exit 1 with a sentence if it or its rules cannot be read."""
    file, *program = arguments
    found = shutil.which(program[0])
    if found is None:
        sys.exit(f"{program[0]} does not exist")
    try:
        rules = Path(file).read_text()
    except OSError as error:
        sys.exit(f"{file} cannot be read ({error.strerror}): run `ivr asterisk render`")
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    allow_files()
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _tried("it may open any file", lambda: _see_only(libc, read_rules(rules)))
    _tried("it may start programs", lambda: _start_nothing(libc))
    _become(libc, os.path.realpath(found), program, environment)


def allow_files() -> None:
    """Raise the limit of open files to FILES, or to the hard limit: a shell's usual 1,024 are too
    few for 220 calls."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def read_rules(text: str) -> Iterator[tuple[int, str]]:
    """Yield rights and path of each line like ``read PATH``; other lines are comments."""
    for line in text.splitlines():
        word, _, path = line.partition(" ")
        if word in RIGHTS:
            yield RIGHTS[word], path


def _tried(otherwise: str, confine: Callable[[], None]) -> None:
    """Confine, or print a warning on an old kernel: the line must still take calls."""
    try:
        confine()
    except OSError as error:
        sys.stderr.write(f"Asterisk is not confined, so {otherwise}: {error.strerror}\n")


def _see_only(libc: ctypes.CDLL, rules: Iterator[tuple[int, str]]) -> None:
    """Let the kernel refuse every file that no rule names. OSError: it has no landlock."""
    version = _call(libc, CREATE_RULESET, None, 0, VERSION)
    handled = HANDLED | (TRUNCATE if version >= FIRST_WITH_TRUNCATE else 0)
    attributes = struct.pack("=Q", handled)
    ruleset = _call(libc, CREATE_RULESET, attributes, len(attributes), 0)
    for rights, path in rules:
        try:
            place = os.open(path, os.O_PATH)
        except FileNotFoundError:
            continue
        rights &= handled if os.path.isdir(path) else handled & USE
        rule = struct.pack("=Qi", rights, place)
        _call(libc, ADD_RULE, ruleset, PATH_BENEATH, rule, 0)
        os.close(place)
    _call(libc, RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _start_nothing(libc: ctypes.CDLL) -> None:
    """Let the kernel refuse every start of a program except the one by ``_become``.

    OSError: it has no seccomp, or this module lacks the machine's system call numbers.
    """
    if platform.machine() not in MACHINES:
        raise OSError(0, f"a processor of the kind {platform.machine()} is not known")
    architecture, execve, execveat, seccomp = MACHINES[platform.machine()]
    steps = (
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 0, 7, architecture),  # a jump: steps to skip if true, if false
        (LOAD, 0, 0, NUMBER),
        (ABOVE, 5, 0, LAST_CALL),
        (EQUAL, 4, 0, execve),
        (EQUAL, 0, 2, execveat),
        (LOAD, 0, 0, FLAGS),
        (EQUAL, 0, 1, START_FLAGS),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    )
    filter = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(filter))
    _call(libc, seccomp, SET_MODE_FILTER, FLAG_SPEC_ALLOW, program)


def _become(
    libc: ctypes.CDLL, path: str, words: Sequence[str], environment: Mapping[str, str]
) -> None:
    """Replace this process by the program at a path. OSError: the start fails."""
    if platform.machine() not in MACHINES:
        os.execve(path, list(words), environment)  # noqa: S606
    given = [f"{name}={value}" for name, value in environment.items()]
    _call(
        libc,
        MACHINES[platform.machine()][2],
        AT_FDCWD,
        os.fsencode(path),
        _strings(words),
        _strings(given),
        START_FLAGS,
    )


def _strings(words: Sequence[str]) -> ctypes.Array[ctypes.c_char_p]:
    """Make a null-terminated C array of strings."""
    return (ctypes.c_char_p * (len(words) + 1))(*map(os.fsencode, words), None)


def _call(libc: ctypes.CDLL, number: int, *arguments: object) -> int:
    """Make a system call that the C library has no function for. OSError: it fails."""
    wide = (ctypes.c_long(each) if isinstance(each, int) else each for each in arguments)
    answer = int(libc.syscall(ctypes.c_long(number), *wide))
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer


if __name__ == "__main__":
    main(sys.argv[1:])
