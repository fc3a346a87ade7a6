"""Processor time that the line and its Asterisk used, and that other programs left to them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
SEARCH_SECONDS = 5.0
"""Interval between two scans for our processes: a scan of all processes is costly."""
PARENT, TIMES = 1, slice(11, 13)
"""Fields of /proc/PID/stat after the name: the parent's pid; utime and stime (proc(5))."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor time of all processors together since the machine's start, in ticks."""

    ours: int
    """Used by the line and its Asterisk."""
    spare: int
    """Left to us: idle, waiting for a disk, and low-priority work (nice), which gives way."""
    all: int
    """Total, without the time that a virtual machine's host took (steal)."""


class Processors:
    """Reads the processor time of one installation. Used by one thread.

    Our processes are those below ``root``, the line's first one, and each whose command line names
    a configuration in ``home``/asterisk. An Asterisk in another container is not visible; then all
    work of normal priority counts as ours, since it cannot be told apart.
    """

    def __init__(
        self,
        home: Path,
        root: int,
        proc: Path = PROC,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._home = home
        self._root, self._proc, self._now = root, proc, now
        self._searched = float("-inf")
        self._ours: frozenset[int] = frozenset()
        self._sees_asterisk = False
        self._seen: dict[int, int] = {}
        """Ticks of each process at the last reading."""
        self._busy = 0
        self._had = 0
        """Our processor time so far. It never falls when processes end."""

    def spent(self) -> Spent:
        """Read the processor times. OSError: /proc cannot be read."""
        line = (self._proc / "stat").read_text().partition("\n")[0]
        # user nice system idle iowait irq softirq steal; guests are in user already
        user, nice, system, idle, iowait, irq, softirq, _steal = map(int, line.split()[1:9])
        spare, busy = nice + idle + iowait, user + system + irq + softirq
        own = self._since_the_last_look()
        self._had += own if self._sees_asterisk else busy - self._busy
        self._busy = busy
        return Spent(self._had, spare, spare + busy)

    def _since_the_last_look(self) -> int:
        if self._now() - self._searched >= SEARCH_SECONDS:
            self._search()
        seen = {pid: sum(map(int, stat[TIMES])) for pid, stat in self._stats(self._ours)}
        # A process seen for the first time counts 0: it may have run for long.
        had = sum(max(0, ticks - self._seen.get(pid, ticks)) for pid, ticks in seen.items())
        self._seen = seen
        return had

    def _search(self) -> None:
        self._searched = self._now()
        parents = {pid: int(stat[PARENT]) for pid, stat in self._stats(pids_in(self._proc))}
        asterisk = asterisk_of(self._home, self._proc)
        self._sees_asterisk = bool(asterisk)
        self._ours = frozenset(asterisk | {pid for pid in parents if self._is_below(pid, parents)})

    def _is_below(self, pid: int, parents: dict[int, int]) -> bool:
        while pid and pid != self._root:
            pid = parents.get(pid, 0)
        return bool(pid)

    def _stats(self, pids: Iterable[int]) -> Iterator[tuple[int, list[bytes]]]:
        for pid in pids:
            with suppress(OSError):  # the process has ended
                stat = (self._proc / str(pid) / "stat").read_bytes()
                yield pid, stat.rpartition(b")")[2].split()


def pids_in(proc: Path = PROC) -> list[int]:
    """Return the pids of all visible processes."""
    return [int(name) for name in os.listdir(proc) if name.isdecimal()]


def asterisk_of(home: Path, proc: Path = PROC) -> set[int]:
    """Return the pids of processes with a configuration in IVR_HOME/asterisk; those in other
    containers are not visible."""
    configuration = os.fsencode(home / "asterisk") + b"/"
    found = set()
    for pid in pids_in(proc):
        with suppress(OSError):  # the process has ended
            if configuration in (proc / str(pid) / "cmdline").read_bytes():
                found.add(pid)
    return found
