"""The call loop: calls side by side in one thread."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack
from functools import partial
from queue import SimpleQueue

import pytest
import structlog

from ivr.telephony.call_loop import wire
from ivr.telephony.offload import offload
from ivr.telephony.telephone import AgiTelephone
from tests.telephony.call_loop.harness import SECONDS, Harness, ask
from tests.telephony.scripted import FakeAsterisk


def test_calls_are_held_side_by_side_in_one_thread(harness: Harness) -> None:
    together = threading.Barrier(10)

    def talk(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        first = ask(telephone)
        offload(together.wait, SECONDS)
        return first, ask(telephone), threading.get_ident()

    with ExitStack() as callers:
        calls = [
            callers.enter_context(harness.ring(talk, f"{number} {9 - number}"))
            for number in range(10)
        ]
        assert [said.get(timeout=SECONDS) for _, said in calls] == [
            (str(number), str(9 - number), harness.thread.ident) for number in range(10)
        ]


def test_a_connection_is_taken_by_the_board(harness: Harness) -> None:
    with (
        socket.create_connection(harness.call_loop.address, SECONDS) as caller,
        harness.taken.get(timeout=SECONDS) as taken,
    ):
        assert taken.getpeername() == caller.getsockname()


def test_what_came_before_it_was_waited_for_is_there(harness: Harness) -> None:
    ours, theirs = socket.socketpair()

    def run() -> object:
        ours_wire = wire(ours)
        offload(theirs.send, b"a")
        offload(int)  # the board has looked once more
        try:
            return ours_wire.wait(SECONDS), ours.recv(1), ours_wire.wait(0.01)
        finally:
            harness.call_loop.forget(ours)

    with ours, theirs:
        assert harness.sit(run).get(timeout=SECONDS) == (True, b"a", False)


def test_the_time_of_an_earlier_wait_does_not_end_a_later_one(harness: Harness) -> None:
    ours, theirs = socket.socketpair()
    silent, nobody = socket.socketpair()

    def run() -> object:
        ours_wire = wire(ours)
        theirs.send(b"a")
        first = ours_wire.wait(0.1), ours.recv(1)
        harness.call_loop.post(partial(harness.call_loop.start_call, send_later))
        try:
            return *first, ours_wire.wait(SECONDS), ours.recv(1)
        finally:
            harness.call_loop.forget(ours)

    def send_later() -> None:
        wire(silent).wait(0.2)  # times end in their order: that of the first wait is over
        harness.call_loop.forget(silent)
        theirs.send(b"b")

    with ours, theirs, silent, nobody:
        assert harness.sit(run).get(timeout=SECONDS) == (True, b"a", True, b"b")


def test_a_call_that_fails_ends_alone(harness: Harness, release: threading.Event) -> None:
    def fail(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        raise KeyError(ask(telephone))

    def wait(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        offload(release.wait, SECONDS)
        return ask(telephone)

    with harness.ring(wait, "2") as (_, other):
        assert repr(harness.hold(fail, "1")) == "KeyError('1')"
        release.set()
        assert other.get(timeout=SECONDS) == "2"


def test_what_is_posted_is_done_by_the_boards_thread_in_order(harness: Harness) -> None:
    done: SimpleQueue[tuple[int, int]] = SimpleQueue()
    for number in range(100):
        harness.call_loop.post(lambda number=number: done.put((number, threading.get_ident())))  # type: ignore[misc]
    assert [done.get(timeout=SECONDS) for _ in range(100)] == [
        (number, harness.thread.ident) for number in range(100)
    ]


def test_a_fault_outside_of_a_call_is_logged_and_calls_go_on(harness: Harness) -> None:
    def fail() -> None:
        raise KeyError("broken")

    with structlog.testing.capture_logs() as logs:
        harness.call_loop.post(fail)
        assert harness.hold(lambda telephone, _: ask(telephone), "7") == "7"
    assert [log["event"] for log in logs] == ["a fault in the call loop"]
    assert isinstance(logs[0]["exc_info"][1], KeyError)


def test_a_board_that_takes_no_more_leaves_its_calls(
    harness: Harness, release: threading.Event
) -> None:
    def talk(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        first = ask(telephone)
        offload(release.wait, SECONDS)
        return first, ask(telephone)

    with harness.ring(talk, "1 2") as (_, said):
        address = harness.call_loop.address
        harness.stop_taking()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, SECONDS)
        release.set()
        assert said.get(timeout=SECONDS) == ("1", "2")
