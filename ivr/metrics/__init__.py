"""What happens, counted and timed for Prometheus. Anybody may call these functions.

``share`` makes several processes count into one folder, each in files of its own slot, so that a
process that takes a slot over goes on counting; whoever serves ``/metrics`` adds them up. Without
it a process counts for itself. What a call costs: docs/decisions/0023.
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
"""Where the library looks for the folder."""
WAITS = frozenset({"EXEC", "GET DATA", "WAIT FOR DIGIT", "STREAM FILE", "GET OPTION"})
"""AGI commands that last as long as the caller likes: counted, not timed."""

_book = MetricsRegistry()
_folder: Path | None = None


def empty(folder: Path) -> None:
    """Begin anew: for who starts the processes that share a folder, before it starts them."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()


def share(folder: Path, slot: str) -> None:
    """Count into ``folder`` from now on, as ``slot``: letters and figures, no other's meanwhile.

    To be called before anything is counted.
    """
    global _book, _folder
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(lambda: slot)  # type: ignore[no-untyped-call]
    _book, _folder = MetricsRegistry(), folder


def forget(alive: Container[str]) -> None:
    """Slots that are not ``alive`` hold nothing any more; what they have counted stays."""
    for held in _folder.glob("gauge_live*.db") if _folder else ():
        if held.stem.rpartition("_")[2] not in alive:
            held.unlink(missing_ok=True)


def exposition(others: Iterable[Collector] = ()) -> bytes:
    """Everything that was counted, by all who share the folder, in Prometheus' text format."""
    registry = CollectorRegistry()
    for other in others:
        registry.register(other)
    if _folder is None:
        registry.register(_book.registry)
    else:
        MultiProcessCollector(registry, str(_folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def command(name: str, seconds: float) -> None:
    """An AGI command was answered."""
    label = (name,)
    _book.commands[label].inc()
    if name not in WAITS:
        _book.command_seconds[label].observe(seconds)


class Reaction:
    """Of one call: how long the caller waits for a prompt after a key. For one thread."""

    __slots__ = ("_after", "_at", "_decides")

    def __init__(self) -> None:
        self._after = ("key",)
        self._at = 0.0
        self._decides = False

    def decides(self) -> None:
        """The next key is a decision: what it starts may take its time."""
        self._decides = True

    def keyed(self, after: str) -> None:
        """A ``key``, an ``entry`` or a ``secret`` has come; empty: the caller was silent."""
        if after:
            is_confirmation = self._decides and after == "key"
            self._after = ("confirmation" if is_confirmation else after,)
            self._at = perf_counter()
        self._decides = False

    def plays(self) -> None:
        """A prompt is about to be played."""
        if self._at:
            _book.prompt[self._after].observe(perf_counter() - self._at)
            self._at = 0.0


def call_ended(outcome: str, language: str | None, goals: Iterable[str], seconds: float) -> None:
    _book.calls[outcome, language or NO_LANGUAGE].inc()
    _book.call_seconds.observe(seconds)
    for goal in goals:
        _book.goals[goal,].inc()


def call_refused(reason: str) -> None:
    """A new call was not let in: ``max-calls`` or ``cpu``; ``unanswered``: not even told why;
    ``caller``: too many of one number; ``stranger``: a peer of the AGI port, not Asterisk."""
    _book.refused[reason,].inc()


def call_ended_by_line(reason: str) -> None:
    """The line said goodbye: ``no-progress`` or ``too-long``."""
    _book.let_go[reason,].inc()


def call_resumed() -> None:
    """A call goes on here that another worker began."""
    _book.resumed.inc()


def identified(means: str, verdict: str) -> None:
    """A try to prove the right to a number."""
    _book.identified[means, verdict].inc()


def identification_stands(standing: str) -> None:
    """A caller asked to identify, and may (``open``), or is refused for a reason."""
    _book.identification_stands[standing,].inc()


def order_placed() -> None:
    _book.orders_placed.inc()


def order_settled(state: str) -> None:
    _book.orders_settled[state,].inc()


def message(state: str) -> None:
    """A text message came into a state that it does not wait in."""
    _book.messages[state,].inc()


def put_off(why: str) -> None:
    """The message centre did not take a text message, or a link, now; it is tried again."""
    _book.put_off[why,].inc()


def fax_tried(reason: str | None, *, is_last: bool) -> None:
    """A try to send a fax has ended: for a reason, or None: it was sent. ``is_last``: there is no
    further one."""
    _book.fax_tries[reason or "sent",].inc()
    if is_last:
        _book.faxes[reason or "sent",].inc()


def circuit(part: str, state: str) -> None:
    """The circuit of a part behind is ``closed``, ``half-open`` or ``open``."""
    _book.circuit[part,].set(OPEN[state])


def misunderstood(part: str) -> None:
    """An answer of a part behind could not be read, or an order is in a state of its own."""
    _book.misunderstood[part,].inc()


def round_ended(loop: str, *, is_done: bool) -> None:
    """A worker's loop has made a round, or failed to."""
    _book.rounds[loop, "done" if is_done else "failed"].inc()


def pool(in_use: int, size: int) -> None:
    """Connections of this process to the database."""
    _book.pool_in_use.set(in_use)
    _book.pool_size.set(size)


class Machine:
    """What this process takes of its machine, from /proc. ``look`` at it every few seconds."""

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
