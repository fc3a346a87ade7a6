"""What became of calls and orders on a bad day."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from ivr.domain.orders import OrderState
from ivr.simulators.network import NetworkSimulator
from tests.bench.station import RTP_HIGH, RTP_LOW, Station
from tests.bench.wire import packets

SETTLE_SECONDS = 90.0
"""How long orders may take to be carried out after a bad day."""


@contextmanager
def record_audio(file: Path) -> Iterator[None]:
    """All that Asterisk says, by its packets' times."""
    process = subprocess.Popen(
        [
            *("tcpdump", "-i", "lo", "-n", "-p", "-s", "64", "-B", "16384"),
            *("--time-stamp-precision=nano", "-w", str(file)),
            f"udp src portrange {RTP_LOW}-{RTP_HIGH}",
        ],
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert b"listening" in process.stderr.readline()
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def find_silences(file: Path, killed: float) -> Iterator[float]:
    """The longest time without a packet, within six seconds of the kill, of each call."""
    times: dict[int, list[float]] = {}
    for at, source, _, _ in packets(file):
        if source % 2 == 0 and killed - 0.1 < at < killed + 6:  # odd ones are RTCP
            times.setdefault(source, []).append(at)
    for heard in times.values():
        if heard[0] < killed and heard[-1] > killed + 3:
            yield max(after - before for before, after in pairwise(heard))


def count_outcomes(place: Station) -> dict[str, int]:
    """How calls ended, as the journal has it."""
    found: dict[str, int] = {}
    time.sleep(2)
    for record in place.container.store.journal.newest(5_000):
        found[str(record.outcome)] = found.get(str(record.outcome), 0) + 1
    return found


def check_orders(place: Station, told: set[str]) -> dict[str, Any]:
    """What was ordered, what is settled, what the network switched too often or not at all.

    ``told`` are the callers who heard that their service is on.
    """
    book = place.container.store.orders
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        orders = book.newest(1_000)
        if all(order.settled for order in orders):
            break
        time.sleep(0.5)
    network = NetworkSimulator(place.container.settings.home / "network.sqlite")
    done = Counter(
        (order.number, change.service)
        for order in orders
        if order.state is OrderState.COMPLETED
        for change in order.changes
    )
    numbers = {order.number for order in orders}
    switched = {what: network.times(*what) for what in done}
    return {
        "orders": len(orders),
        "of_numbers": len(numbers),
        "told": len(told),
        "told_but_not_written": len(told - numbers),
        "not_settled": sum(1 for order in orders if not order.settled),
        "lost": sum(1 for what, times in switched.items() if times < done[what]),
        "doubled": sum(1 for what, times in switched.items() if times > done[what]),
    }


def read_metrics(place: Station) -> str:
    with urllib.request.urlopen(
        f"http://{place.container.settings.health_bind}/metrics", timeout=5
    ) as answer:
        text: str = answer.read().decode()
        return text


def samples_of(text: str) -> set[str]:
    """Names and labels of all that is told."""
    return {line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")}


def figure_of(text: str, name: str) -> float | None:
    for line in text.splitlines():
        if line.startswith(f"{name} "):
            return float(line.rpartition(" ")[2])
    return None
