"""FastAGI servers of several workers on one socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from ivr.supervision.listener import open_listener
from ivr.supervision.scoreboard import Scoreboard, State
from ivr.telephony.offload import offload
from ivr.telephony.server import LineServer
from tests.telephony.harness import SECONDS
from tests.telephony.scripted import LOCK, FakeAsterisk
from tests.waiting import until


@dataclass
class Shared:
    """Two servers on one socket and one board, with one bound."""

    listener: socket.socket
    servers: list[LineServer]
    board: Scoreboard
    release: threading.Event

    def ring(self) -> FakeAsterisk:
        return FakeAsterisk("- " * 1000, server=self.listener.getsockname())


@pytest.fixture
def shared() -> Iterator[Shared]:
    board = Scoreboard(2)
    with open_listener("127.0.0.1:0") as listener:
        release = threading.Event()
        servers = [
            LineServer(
                listener.dup(),
                3,
                lambda session: session.set("BY", "") or offload(release.wait, SECONDS),  # type: ignore[arg-type,func-returns-value]
                lambda session: session.set("IVR_NEXT", "busy"),
                lock=LOCK,
                place=(board, slot),
            )
            for slot in board.slots
        ]
        for server in servers:
            server.start()
        until(lambda: board.serving == 2)
        yield Shared(listener, servers, board, release)
        release.set()
        for server in servers:
            server.close()
    board.close()


def test_servers_on_one_socket_take_turns_and_keep_one_bound(shared: Shared) -> None:
    with ExitStack() as callers:
        for _ in range(3):
            asterisk = callers.enter_context(shared.ring())
            while "BY" not in asterisk.variables:
                assert not asterisk.ended.wait(0.01)
        assert sorted(server.calls for server in shared.servers) == [1, 2]
        with shared.ring() as one_more:
            assert one_more.ended.wait(SECONDS)
        assert one_more.variables == {"IVR_NEXT": "busy"}
        assert shared.board.calls == 3
        shared.release.set()


def test_a_server_that_drains_leaves_the_socket_to_the_others(shared: Shared) -> None:
    shared.servers[0].close()
    assert shared.board.slots[0].state is State.ENDING
    with shared.ring(), shared.ring() as asterisk:
        while shared.servers[1].calls < 2:
            assert not asterisk.ended.wait(0.01)
        shared.release.set()
