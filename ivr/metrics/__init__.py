"""Counts and times events for Prometheus. All packages may call these functions.

After ``share``, several processes count into one folder, each in files of its own slot. A process
that takes over a slot continues its counts; the process that serves ``/metrics`` adds up all slots.
Without ``share`` a process counts for itself. The cost of a call is in docs/decisions/0023.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Container, Iterable
from pathlib import Path
from time import perf_counter

from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ivr.metrics.registry import NO_LANGUAGE, OPEN, MetricsRegistry

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable from which the library takes the folder."""
WAITS = frozenset({"EXEC", "GET DATA", "WAIT FOR DIGIT", "STREAM FILE", "GET OPTION"})
"""AGI commands that last as long as the caller likes: counted, not timed."""

_book = MetricsRegistry()
_folder: Path | None = None


def empty(folder: Path) -> None:
    """Empty the folder. The process that starts the sharing processes calls this before."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()


def share(folder: Path, slot: str) -> None:
    """Count into ``folder`` from now on, as ``slot``: letters and digits; no other running process
    may have it.

    Call this before anything is counted.
    """
    global _book, _folder
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(lambda: slot)  # type: ignore[no-untyped-call]
    _book, _folder = MetricsRegistry(), folder


def forget(alive: Container[str]) -> None:
    """Remove the gauges of slots that are not ``alive``; keep their counters."""
    for held in _folder.glob("gauge_live*.db") if _folder else ():
        if held.stem.rpartition("_")[2] not in alive:
            held.unlink(missing_ok=True)


def exposition(others: Iterable[Collector] = ()) -> bytes:
    """Return all metrics of all processes that share the folder, in Prometheus' text format."""
    registry = CollectorRegistry()
    for other in others:
        registry.register(other)
    if _folder is None:
        registry.register(_book.registry)
    else:
        MultiProcessCollector(registry, str(_folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def command(name: str, seconds: float) -> None:
    """Count an answered AGI command; time it unless it waits for the caller."""
    label = (name,)
    _book.commands[label].inc()
    if name not in WAITS:
        _book.command_seconds[label].observe(seconds)


class Reaction:
    """Measures how long the caller of one call waits for a prompt after a key. For one thread."""

    __slots__ = ("_after", "_at", "_decides")

    def __init__(self) -> None:
        self._after = ("key",)
        self._at = 0.0
        self._decides = False

    def decides(self) -> None:
        """Note that the next key confirms an operation, which may take longer."""
        self._decides = True

    def keyed(self, after: str) -> None:
        """Note that a ``key``, ``entry`` or ``secret`` has come; empty: the caller was silent."""
        if after:
            is_confirmation = self._decides and after == "key"
            self._after = ("confirmation" if is_confirmation else after,)
            self._at = perf_counter()
        self._decides = False

    def plays(self) -> None:
        """Note that a prompt is about to play."""
        if self._at:
            _book.prompt[self._after].observe(perf_counter() - self._at)
            self._at = 0.0


def call_ended(outcome: str, language: str | None, goals: Iterable[str], seconds: float) -> None:
    _book.calls[outcome, language or NO_LANGUAGE].inc()
    _book.call_seconds.observe(seconds)
    for goal in goals:
        _book.goals[goal,].inc()


def call_refused(reason: str) -> None:
    """Count a call that was not let in. ``max-calls``, ``cpu``: the bound; ``unanswered``: it did
    not hear why; ``caller``: too many calls of one number; ``stranger``: an AGI peer that is not
    Asterisk."""
    _book.refused[reason,].inc()


def call_ended_by_line(reason: str) -> None:
    """Count a call that the line ended: ``no-progress`` or ``too-long``."""
    _book.let_go[reason,].inc()


def call_resumed() -> None:
    """Count a call that this worker resumed."""
    _book.resumed.inc()


def identified(means: str, verdict: str) -> None:
    """Count an identification attempt."""
    _book.identified[means, verdict].inc()


def identification_stands(lock_state: str) -> None:
    """Count a caller who asked to identify: allowed (``open``), or refused for a reason."""
    _book.identification_stands[lock_state,].inc()


def order_placed() -> None:
    _book.orders_placed.inc()


def order_settled(state: str) -> None:
    _book.orders_settled[state,].inc()


def message(state: str) -> None:
    """Count a text message that reached a state in which it no longer waits."""
    _book.messages[state,].inc()


def put_off(why: str) -> None:
    """Count a text message, or a link, that the message centre refused for now."""
    _book.put_off[why,].inc()


def fax_tried(reason: str | None, *, is_last: bool) -> None:
    """Count an ended try to send a fax; None: it was sent. ``is_last``: no try follows."""
    _book.fax_tries[reason or "sent",].inc()
    if is_last:
        _book.faxes[reason or "sent",].inc()


def circuit(part: str, state: str) -> None:
    """Set the breaker state of a part of the network: ``closed``, ``half-open`` or ``open``."""
    _book.circuit[part,].set(OPEN[state])


def misunderstood(part: str) -> None:
    """Count an answer of a part of the network that could not be read, or has an unknown state."""
    _book.misunderstood[part,].inc()


def round_ended(loop: str, *, is_done: bool) -> None:
    """Count a round of a background loop, done or failed."""
    _book.rounds[loop, "done" if is_done else "failed"].inc()


def pool(in_use: int, size: int) -> None:
    """Set the database connections of this process."""
    _book.pool_in_use.set(in_use)
    _book.pool_size.set(size)


class Machine:
    """Measures this process's use of the machine, from /proc. Call ``look`` every few seconds."""

    def __init__(self) -> None:
        self._cpu = 0.0

    def look(self) -> None:
        times = os.times()
        spent = times.user + times.system
        _book.cpu.inc(spent - self._cpu)
        self._cpu = spent
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        _book.memory.set(pages * os.sysconf("SC_PAGE_SIZE"))
        _book.threads.set(threading.active_count())
        _book.files.set(len(os.listdir("/proc/self/fd")))
