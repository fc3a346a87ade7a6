"""A small line for trials: `python -m tests.supervision.trial WORKERS DRAIN_SECONDS`.

Prints its port, then what the supervisor tells. Its workers (`trial` without arguments) answer
with the real server: a call is told the worker's pid, then its key says what becomes of the worker.
Each start does what the file named by TRIAL says: nothing special, ``broken`` or ``silent``.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

from ivr import log
from ivr.supervision import supervisor as supervision
from ivr.supervision import worker
from ivr.supervision.listener import open_listener
from ivr.supervision.supervisor import Supervisor
from ivr.supervision.systemd import Systemd, passed_listener
from ivr.supervision.worker_process import WorkerProcess
from ivr.system.hardening import die_with_parent
from ivr.telephony.offload import offload
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from tests.contracts.telephone_contract import utterance
from tests.telephony.scripted import LOCK
from tests.waiting import pause

WORKER = (sys.executable, "-m", "tests.supervision.trial")


def supervise(workers: int, drain_seconds: float) -> int:
    supervision.FIRST_SECONDS = 60.0  # a test machine may be slow
    if within := os.environ.get("READY_WITHIN"):
        worker.START_SECONDS = float(within)
    passed = passed_listener(os.environ.get("BIND", ""))
    listener: socket.socket = passed or open_listener("127.0.0.1:0")
    say(str(listener.getsockname()[1]))
    supervisor = Supervisor(
        listener,
        workers,
        (*WORKER, str(drain_seconds)),
        drain_seconds,
        is_ours=passed is None,
        systemd=Systemd(),
        tell=say,
    )
    return supervisor.run()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def work(drain_seconds: float) -> None:
    die_with_parent()
    worker = WorkerProcess.of_environment()
    match Path(os.environ["TRIAL"]).read_text():
        case "broken":
            sys.exit(1)
        case "silent":
            threading.Event().wait()
    server = LineServer(
        worker.listener,
        100,
        lambda session: answer(session, server, worker),
        print,
        lock=LOCK,
        place=(worker.scoreboard, worker.slot),
        exhausted=worker.exhausted,
    )
    with ExitStack() as stack:
        if worker.wait_for_work():
            server.start()
            stack.callback(server.drain, drain_seconds)
            worker.wait_for_end()


def answer(session: AgiSession, server: LineServer, worker: WorkerProcess) -> None:
    session.set("WORKER", str(os.getpid()))
    while (key := session.telephone.ask_key([utterance()], 5)) != "1":
        match key:
            case "4":  # a caller who keeps still until one of both hangs up
                while True:
                    offload(pause, 0.05)
                    session.get("STILL")
            case "5":  # a deadlock
                server._lock.acquire()
                threading.Event().wait()
            case "6":  # the interpreter's lock is held for ever
                re.match(r"(a+)+$", "a" * 60 + "b")
            case "7":
                raise MemoryError
            case "8":
                raise RuntimeError("can't start new thread")
    session.set("IVR_DONE", "1")


if __name__ == "__main__":
    log.set_up("info")
    if len(sys.argv) == 2:
        work(float(sys.argv[1]))
    else:
        sys.exit(supervise(int(sys.argv[1]), float(sys.argv[2])))
