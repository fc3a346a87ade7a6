"""An hour at half the most calls: what the line's processes hold must stay what it was.

Half of the callers are known and hear the three menus, half ring for the first time, and a few
identify and order. Memory is compared under the same load, between an early and the last part of
the time; threads, sockets and files before the first call and after the last. The line keeps as
many connections with its database as it has needed at once, up to its pools' bound; so the pools
are filled before anything is counted, and their files are counted apart.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ivr.store.database import file_of
from tests.bench import machine
from tests.bench.dialogues import LINE
from tests.bench.sipp import Load
from tests.bench.station import Station, station

CROWD, CROWDED_SECONDS = 100, 40.0
"""Callers who order at once, beside those who listen, while the pools are filled."""
LOCKED_SECONDS, STOPPED_SECONDS = 2.0, 0.4
"""How long the database is locked and the workers are stopped then: all that is asked comes at once
afterwards, and nobody waits long enough for an apology or another worker."""
WARM_SECONDS = 60.0
"""Of calls before anything is compared: what is loaded once is loaded then."""
IDLE_SECONDS = 45.0
"""After the last call: threads that wait for work end after 30."""
ORDERING = 20
"""Callers at once who identify and order."""
LOOK_SECONDS = 10.0
EARLY, LATE = (0.05, 0.15), (0.9, 1.0)
"""Parts of the time whose memory is compared."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the processes of the line hold together."""

    megabytes: float
    threads: int
    sockets: int
    database_files: int
    """Of connections with the database: two each, and one of each process."""
    files: int
    """All others."""

    @classmethod
    def of(cls, place: Station) -> Holdings:
        megabytes, threads = 0.0, 0
        for pid in machine.family(place.line):
            with suppress(OSError):
                megabytes += machine.resident(pid) / 2**20
                threads += len(os.listdir(f"/proc/{pid}/task"))
        names, database = _open_files(place), _database(place).name
        sockets = names.pop("socket", 0)
        of_database = sum(names.pop(name) for name in list(names) if name.startswith(database))
        return cls(round(megabytes, 1), threads, sockets, of_database, names.total())


def _open_files(place: Station) -> Counter[str]:
    """What they have open, by name; all sockets by one."""
    names: Counter[str] = Counter()
    for pid in machine.family(place.line):
        with suppress(OSError):
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    name = os.path.basename(os.readlink(file))
                    names["socket" if name.startswith("socket:") else name] += 1
    return names


def _database(place: Station) -> Path:
    file = file_of(place.container.store.database.engine.url)
    assert file is not None
    return file


def measure_soak(calls: int, seconds: float) -> dict[str, Any]:
    """``calls`` at once for ``seconds``, besides a minute before and after."""
    with station(1, orders=True) as place:
        _fill_pools(place, calls)
        with _calls(place, calls, WARM_SECONDS):
            pass
        time.sleep(IDLE_SECONDS)
        before, had = Holdings.of(place), _open_files(place)
        looks: list[tuple[float, Holdings]] = []
        begun = time.monotonic()
        with _calls(place, calls, seconds) as loads:
            while (at := time.monotonic() - begun) < seconds:
                looks.append((at / seconds, Holdings.of(place)))
                time.sleep(LOOK_SECONDS)
        time.sleep(IDLE_SECONDS)
        after, has = Holdings.of(place), _open_files(place)
    early, late = (_mean(looks, part) for part in (EARLY, LATE))
    return {
        "calls_at_once": calls,
        "seconds": seconds,
        "calls": sum(load.made for load in loads),
        "failed": sum(load.failed for load in loads),
        "megabytes_early": early,
        "megabytes_late": late,
        "memory_growth": round(late / early - 1, 4),
        "most_threads": max(look.threads for _, look in looks),
        "before": asdict(before),
        "after": asdict(after),
        "files_more": dict(has - had),
    }


def _fill_pools(place: Station, calls: int) -> None:
    """Have all the connections made that are kept: many order, and what they ask comes at once."""
    begun = time.monotonic()
    with _calls(place, calls, CROWDED_SECONDS, CROWD):
        while time.monotonic() - begun < CROWDED_SECONDS:
            with closing(sqlite3.connect(_database(place), isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                time.sleep(LOCKED_SECONDS)
                connection.execute("ROLLBACK")
            time.sleep(1)
            workers = _workers(place)
            for pid in workers:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(STOPPED_SECONDS)
            for pid in workers:
                os.kill(pid, signal.SIGCONT)
            time.sleep(1)


def _workers(place: Station) -> list[int]:
    return [
        pid
        for pid in machine.family(place.line)
        if b"line-worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


@contextmanager
def _calls(
    place: Station, calls: int, seconds: float, ordering: int = ORDERING
) -> Iterator[list[Load]]:
    """All kinds of callers beside the block; all have ended behind it."""
    loads: list[Load] = []
    listening = (calls - ORDERING) / 2
    at_once = {"menus": listening, "first": listening, "service": ordering}

    def ring(dialogue: str) -> None:
        script = place.dialogues[dialogue].script
        rate = at_once[dialogue] / script.seconds
        loads.append(place.ring(LINE, script, rate, max(1, round(rate * seconds))))

    threads = [threading.Thread(target=ring, args=(dialogue,)) for dialogue in at_once]
    for thread in threads:
        thread.start()
    try:
        yield loads
    finally:
        for thread in threads:
            thread.join()


def _mean(looks: list[tuple[float, Holdings]], part: tuple[float, float]) -> float:
    low, high = part
    held = [look.megabytes for at, look in looks if low <= at <= high]
    return round(statistics.mean(held or [look.megabytes for _, look in looks]), 1)
