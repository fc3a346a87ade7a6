"""Everything that is measured, running on this machine: one Asterisk and its three contestants."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

from ivr.system.hardening import die_with_parent
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.wiring import telephony
from ivr.wiring.container import Container, prepare_database
from tests.bench import dialogues, machine, sipp
from tests.bench.dialogues import BARE, FASTAGI, LINE, Spoken
from tests.bench.population import ACQUAINTANCES, CALLERS, introduce, populate
from tests.bench.sipp import Callers, Load, Script
from tests.bench.wire import Delays, Tap
from tests.e2e.installation import environment, free_port, own_settings, watched
from tests.publishing import publish
from tests.telephony.extended import extend

RTP_LOW, RTP_HIGH = 30_000, 34_999
MOST_CALLS = 2_000
"""The bound on calls of the line: what is measured is the machine's."""
SETTLE_SECONDS = 1.0
"""After the last call, so that what is still being written counts too."""
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Trial:
    """One contestant under one load. CPU in milliseconds a call."""

    contestant: str
    dialogue: str
    rate: float
    load: Load
    asterisk: float
    ours: float
    database: float
    delays: Delays

    @property
    def cpu(self) -> float:
        """Asterisk and ours."""
        return self.asterisk + self.ours

    @property
    def held(self) -> bool:
        """No call failed, and what follows a key came within 100 ms for 95 of 100 keys."""
        return self.load.failed == self.load.refused == 0 and self.delays.percentile(0.95) < 0.1


@dataclass
class Station:
    """What runs. ``measure`` makes calls to it."""

    folder: Path
    container: Container
    dialogues: dict[str, Spoken]
    asterisk: int
    fastagi: int
    line: int
    database: int | None
    _numbers: Mapping[Callers, Iterator[int]] = field(
        default_factory=lambda: {
            "subscribers": cycle(range(CALLERS)),
            "acquaintances": cycle(ACQUAINTANCES),
            "strangers": count(ACQUAINTANCES.stop),
        }
    )
    _turns: Iterator[int] = field(default_factory=count)

    def measure(self, contestant: str, dialogue: str, rate: float, seconds: float) -> Trial:
        """Calls begin at ``rate`` a second for ``seconds``, each to its end."""
        spoken = self.dialogues[dialogue]
        calls = max(1, round(rate * seconds))
        before = self._cpu(contestant)
        capture = self.folder / "capture.pcap"
        tap = Tap.on(RTP_LOW, RTP_HIGH, spoken.beginnings)
        with tap.open(capture):
            called = LINE if contestant == LINE else f"{contestant}-{dialogue}"
            load = self.ring(called, spoken.script, rate, calls)
            time.sleep(SETTLE_SECONDS)
        asterisk, ours, database = (
            1000 * (after - begun) / calls
            for begun, after in zip(before, self._cpu(contestant), strict=True)
        )
        delays = tap.delays(capture)
        return Trial(contestant, dialogue, rate, load, asterisk, ours, database, delays)

    def ring(self, called: str, script: Script, rate: float, calls: int) -> Load:
        """Calls to ``line``, or to an extension of a contestant, until all have ended.

        Every one by another caller of those that the script wants. Others may ring meanwhile.
        """
        callers = self._numbers[script.callers]
        return sipp.ring(
            self.folder / f"sipp-{next(self._turns)}",
            self.container.settings.sip_bind,
            "0890" if called == LINE else called,
            script,
            rate=rate,
            callers=[next(callers) for _ in range(calls)],
            port=free_port(socket.SOCK_DGRAM),
            media=free_port(socket.SOCK_DGRAM),
        )

    def _cpu(self, contestant: str) -> tuple[float, float, float]:
        """Seconds of Asterisk, of the contestant, of the database."""
        roots = {BARE: None, FASTAGI: self.fastagi, LINE: self.line}
        return (
            _seconds([self.asterisk]),
            _seconds(machine.family(root)) if (root := roots[contestant]) else 0.0,
            _seconds(machine.family(self.database)) if self.database else 0.0,
        )


def _seconds(pids: list[int]) -> float:
    return sum(machine.cpu_seconds(pid) for pid in pids)


@contextmanager
def station(
    workers: int,
    database_url: str = "",
    database: int | None = None,
    *,
    orders: bool = False,
    **given: object,
) -> Iterator[Station]:
    """Start everything; all of it has ended after the block.

    ``database`` is a server's process. With ``orders`` there is a network and who finishes orders.
    ``given`` are settings.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-")))
        container = Container(
            own_settings(
                folder / "home",
                rtp_ports=f"{RTP_LOW}-{RTP_HIGH}",
                database_url=database_url,
                **{"max_calls": MOST_CALLS, **given},
            )
        )
        prepare_database(container)
        publish(container)
        live = container.release_cache.live()
        spoken = [dialogues.menus(live), dialogues.first(live), dialogues.service(live)]
        port = free_port()
        (folder / "dialogues.json").write_text(dialogues.to_json(spoken))
        configuration = render(
            container.settings,
            telephony.programs(container),
            telephony.dialplan_sounds(live.prompts),
        )
        extend(configuration, modules=("app_read",), dialplan=dialogues.dialplan(spoken, port))
        asterisk = stack.enter_context(
            Asterisk(telephony.programs(container).asterisk, configuration, folder / "asterisk.out")
        )
        asterisk.wait_ready()
        simple = _process(
            stack, ["tests.bench.fastagi", str(port), str(folder / "dialogues.json")], {}, "ready"
        )
        env = watched(environment(container.settings))
        if orders:
            _process(stack, ["ivr", "network-simulator"], env, "simulat")
            _process(stack, ["ivr", "orders"], env, "orders")
        populate(container)
        introduce(container)
        line = _process(stack, ["ivr", "line", "--workers", str(workers)], env, "taking calls")
        yield Station(
            folder,
            container,
            {each.name: each for each in spoken},
            asterisk.pid,
            simple,
            line,
            database,
        )


def _process(stack: ExitStack, module: list[str], env: dict[str, str], ready: str) -> int:
    """Start ``python -m …`` and wait until it says that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        env=env or None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent,
    )
    assert process.stdout is not None
    stack.callback(_end, process)
    said = ""
    for line in process.stdout:
        said += line
        if ready in line:
            return process.pid
    raise RuntimeError(f"{' '.join(module)} has not started: {said}")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(START_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()
