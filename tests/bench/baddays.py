"""What a bad day does to calls: a worker is killed, all are replaced, the database stops.

Counts, not speeds: calls that went on, orders lost or doubled, seconds of silence. Without the
front, but where too many ring, so that the workers have all calls.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ivr.domain.call import CallOutcome
from tests.bench import machine
from tests.bench.dialogues import LINE
from tests.bench.outcomes import (
    check_orders,
    count_outcomes,
    figure_of,
    find_silences,
    read_metrics,
    record_audio,
    samples_of,
)
from tests.bench.sipp import Load, Script
from tests.bench.station import RTP_HIGH, RTP_LOW, Station, station
from tests.bench.wire import Tap, callers
from tests.postgres import Postgres, running

CALLS = 100
LISTENS = Script((1500, "3", 28_000))
"""Who chooses English and listens to the main menu."""
RATE, MINUTE = 10.0, 60.0
OUTAGE = 30.0
BOUND = 0.6
"""Of the most calls that the machine holds, as the configured number of calls."""
SHED_CPU, SHED_SECONDS = 80.0, 30.0
"""Percent of the machine at which fewer calls are let in; how long too many begin."""
SETTLED_SECONDS = 12.0
"""After them, until the journal has all of them."""


def measure_bad_days(most: int) -> dict[str, Any]:
    """All of it, in some nine minutes. ``most`` calls are what the line holds at once."""
    return {
        "worker_killed": _killed_while_listening(),
        "worker_killed_while_ordering": _killed_while_ordering(),
        "workers_replaced": _replaced(),
        "database_stopped": _database_stopped(),
        "too_many_calls": _too_many(most),
    }


def _killed_while_listening() -> dict[str, Any]:
    """A hundred callers hear the menu; the one worker that has them all is killed."""
    with station(1) as place:
        capture = place.folder / "audio.pcap"
        with record_audio(capture), _calls(place, LISTENS, 20.0, CALLS) as load:
            time.sleep(CALLS / 20.0 + 4)
            (worker,) = _workers(place)
            killed = time.time()
            os.kill(worker, signal.SIGKILL)
        silences = sorted(find_silences(capture, killed))
        outcomes = count_outcomes(place)
    return {
        **_load(load()),
        "outcomes": outcomes,
        "heard_again": len(silences),
        "silence_p50_s": round(statistics.median(silences), 3),
        "silence_p95_s": round(silences[int(len(silences) * 0.95)], 3),
        "silence_most_s": round(silences[-1], 3),
    }


def _killed_while_ordering() -> dict[str, Any]:
    """A hundred callers identify and order, each at another step when their worker is killed."""
    with station(1, orders=True) as place:
        dialogue = place.dialogues["service"]
        result = Tap.on(RTP_LOW, RTP_HIGH, [dialogue.result])
        capture = place.folder / "results.pcap"
        answers = f"udp src port {place.container.settings.sip_bind.rpartition(':')[2]}"
        with (
            result.open(capture, answers),
            _calls(place, dialogue.script, 5.0, CALLS) as load,
        ):
            time.sleep(CALLS / 5.0 + 3)
            (worker,) = _workers(place)
            os.kill(worker, signal.SIGKILL)
        numbers = callers(capture)
        told = {numbers[port] for port in result.heard(capture)}
        return {**_load(load()), "outcomes": count_outcomes(place), **check_orders(place, told)}


def _replaced() -> dict[str, Any]:
    """Ten calls a second for a minute, all workers are replaced meanwhile."""
    with station(2) as place:
        script = place.dialogues["first"].script
        with _calls(place, script, RATE, round(RATE * MINUTE)) as load:
            time.sleep(15)
            before = set(_workers(place))
            os.kill(place.line, signal.SIGHUP)
            replaced = _until(lambda: not before & set(_workers(place)), 120)
        return {**_load(load()), "replaced_in_s": replaced, "outcomes": count_outcomes(place)}


def _database_stopped() -> dict[str, Any]:
    """Ten calls a second for a minute; PostgreSQL is away for half of it."""
    with running() as server:
        url = server.url(server.create())
        with station(2, url) as place:
            script = place.dialogues["first"].script
            with _calls(place, script, RATE, round(RATE * MINUTE)) as load:
                time.sleep(10)
                before = samples_of(read_metrics(place))
                server.stop()
                time.sleep(OUTAGE)
                during = read_metrics(place)
                back = _back(server, place, before)
            found = {
                **_load(load()),
                "outcomes": count_outcomes(place),
                "metrics": len(before),
                "missing_during": sorted(before - samples_of(during)),
                "all_metrics_back_in_s": back,
            }
    found["database_available_during"] = figure_of(during, "ivr_database_available")
    return found


def _back(server: Postgres, place: Station, before: set[str]) -> float | None:
    """Seconds from the return of the database until all metrics of before it went are there."""
    server.start()

    def all_there() -> bool:
        text = read_metrics(place)
        return figure_of(text, "ivr_database_available") == 1.0 and before <= samples_of(text)

    return _until(all_there, 60)


def _too_many(most: int) -> dict[str, Any]:
    """Half as many calls again as the machine holds: those inside must feel nothing.

    Once bounded by the configured number of calls, once by the processors alone.
    """
    return {
        "bounded": _overloaded(most, max_calls=round(most * BOUND), shed_cpu=0),
        "shed": _overloaded(most, shed_cpu=SHED_CPU),
    }


def _overloaded(most: int, **given: Any) -> dict[str, Any]:
    with station(1, **given) as place:
        lasts = place.dialogues["menus"].script.seconds
        usual, trial = (
            place.measure(LINE, "menus", calls / lasts, SHED_SECONDS)
            for calls in (most / 2, most * 1.5)
        )
        time.sleep(SETTLED_SECONDS)
        told = [
            record
            for record in place.container.store.journal.newest(10_000)
            if record.reason == "overload"
        ]
    # Nobody is at the agents' queue, so whom the line has told so it also sends away.
    sent_away = sum(record.outcome == CallOutcome.ENDED for record in told)
    return {
        **{name: str(value) for name, value in given.items()},
        "starts_a_second": round(trial.rate, 1),
        "calls": trial.load.made,
        "refused": trial.load.refused,
        "told": len(told),
        "failed_inside": usual.load.failed + trial.load.failed - sent_away,
        "key_to_prompt_p95_ms": {
            "usual": round(1000 * usual.delays.percentile(0.95), 1),
            "overloaded": round(1000 * trial.delays.percentile(0.95), 1),
        },
    }


@contextmanager
def _calls(place: Station, script: Script, rate: float, calls: int) -> Iterator[Callable[[], Load]]:
    """Calls are made beside the block, and all have ended behind it."""
    made: list[Load] = []
    thread = threading.Thread(target=lambda: made.append(place.ring(LINE, script, rate, calls)))
    thread.start()
    try:
        yield lambda: made[0]
    finally:
        thread.join()


def _workers(place: Station) -> list[int]:
    """Processes of the line that have taken calls, or do."""
    found = []
    for pid in machine.family(place.line):
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"line-worker" in command and pid in _serving(place):
                found.append(pid)
    return found


def _serving(place: Station) -> set[int]:
    """Processes that have a connection of Asterisk's."""
    port = place.container.settings.agi_bind.rpartition(":")[2]
    said = subprocess.run(
        ["ss", "-tnpH", "state", "established", f"( sport = :{port} )"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {int(part.partition(",")[0]) for part in said.stdout.split("pid=")[1:]}


def _load(load: Load) -> dict[str, Any]:
    return {"calls": load.made, "failed": load.failed, "most_calls": load.most}


def _until(done: Callable[[], bool], seconds: float) -> float | None:
    """Seconds until something is so; None: it never was."""
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        if done():
            return round(time.monotonic() - begun, 2)
        time.sleep(0.1)
    return None
