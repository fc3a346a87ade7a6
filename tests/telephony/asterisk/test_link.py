"""The management link to a real Asterisk: what it tells, and Asterisk away."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.errors import CallerHungUp
from ivr.settings import host_port
from ivr.telephony import executables
from ivr.telephony.ami import AmiLink
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import Programs, render
from ivr.telephony.management import Manager
from ivr.telephony.queue import QueueState, QueueStatus, call_of
from ivr.telephony.session import AgiSession
from tests.e2e.installation import free_port, own_settings
from tests.telephony.asterisk.exchange import SECONDS, Exchange, running_exchange
from tests.waiting import until


@contextmanager
def watching(link: AmiLink) -> Iterator[QueueStatus]:
    queue_status, stop = QueueStatus(link), threading.Event()
    thread = threading.Thread(target=queue_status.follow, args=(stop,))
    thread.start()
    yield queue_status
    stop.set()
    thread.join()


def test_the_queue_tells_whose_call_it_connected_or_lost(exchange: Exchange) -> None:
    known: list[tuple[str, str]] = []
    exchange.link.listen_to(lambda name, event: known.append((name, call_of(event))))

    def queue(session: AgiSession) -> str:
        session._agi.execute("EXEC", "Queue", '"agents,,,,5"', wait=SECONDS)
        return session.environment["agi_uniqueid"]

    exchange.link.action("QueueAdd", Queue="agents", Interface="Local/agent@trial")
    call = ""

    def talk(session: AgiSession) -> object:
        nonlocal call
        call = session.environment["agi_uniqueid"]
        return queue(session)

    assert exchange.call("", talk, hold=2) is CallerHungUp
    until(lambda: ("AgentConnect", call) in known)
    exchange.link.action("QueueRemove", Queue="agents", Interface="Local/agent@trial")
    exchange.call("", talk)
    until(lambda: ("QueueCallerAbandon", call) in known)


def test_the_link_comes_back_when_asterisk_was_away(tmp_path: Path) -> None:
    settings = own_settings(tmp_path, ami_bind=f"127.0.0.1:{free_port()}")
    programs = Programs(
        executables.program(settings, "asterisk"),
        executables.modules(settings, "asterisk"),
        executables.share(settings, "asterisk"),
    )
    configuration = render(settings, programs, {})
    link = AmiLink(
        host_port(settings.ami_bind),
        Manager.FAX,
        Manager.FAX.password(settings.secret("ami_secret")),
    )
    link.start()
    for _ in range(2):
        with Asterisk(programs.asterisk, configuration, tmp_path / "asterisk.out"):
            assert link.connected.wait(SECONDS)
            assert link.action("Ping")["Response"] == "Success"
        until(lambda: not link.connected.is_set())
    link.close()


def test_everything_is_back_when_asterisk_was_killed_in_the_middle_of_calls(tmp_path: Path) -> None:
    with running_exchange(tmp_path) as exchange, watching(exchange.link) as queue_status:
        until(lambda: "agents" in [queue.name for queue in queue_status.queues])

        def waits(session: AgiSession) -> object:
            return session.telephone.ask_key([exchange.utterance("long")], 20)

        exchange.ring("", waits)
        until(lambda: exchange.server.calls == 1)
        os.kill(exchange.asterisk.pid, signal.SIGKILL)
        assert exchange.said.get(timeout=SECONDS) is CallerHungUp
        until(lambda: not exchange.asterisk.running() and not exchange.link.connected.is_set())
        assert queue_status.queues == (), "nothing is known while the link is down"
        exchange.asterisk.start_again()
        exchange.asterisk.wait_ready()
        assert exchange.link.connected.wait(SECONDS)
        until(lambda: "agents" in [queue.name for queue in queue_status.queues])

        def is_known(session: AgiSession) -> str:
            channel = session.environment["agi_channel"]
            return exchange.link.action("Status", Channel=channel)["Response"]

        assert exchange.call("", is_known) == "Success"


def test_the_board_knows_who_waits_and_which_agents_are_there(exchange: Exchange) -> None:
    def waits(session: AgiSession) -> object:
        return session._agi.execute("EXEC", "Queue", '"agents,,,,20"', wait=SECONDS)

    with watching(exchange.link) as queue_status:
        exchange.link.action("QueueAdd", Queue="agents", Interface="Local/rung@trial")
        exchange.ring("", waits, hold=20)

        def agents() -> QueueState | None:
            return next((queue for queue in queue_status.queues if queue.name == "agents"), None)

        until(
            lambda: (
                (state := agents()) is not None
                and (state.waiting, state.available, state.busy >= 1) == (1, 0, True)
            )
        )
    exchange.said.get(timeout=SECONDS)
    exchange.link.action("QueueRemove", Queue="agents", Interface="Local/rung@trial")
