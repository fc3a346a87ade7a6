"""The FastAGI server: a bound on calls, a graceful end."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import ExitStack, closing, suppress

import pytest
import structlog

from ivr.errors import Unusable
from ivr.telephony.offload import offload
from ivr.telephony.server import BUSY_AT_ONCE, LineServer
from ivr.telephony.session import AgiSession
from tests.contracts.telephone_contract import utterance
from tests.telephony.harness import SECONDS, Harness
from tests.telephony.scripted import LOCK, FakeAsterisk, Hangup, header

RESUMED = header("resume")


def test_a_call_is_answered_and_its_connection_closed(harness: Harness) -> None:
    assert harness.dial()["IVR_DONE"] == "1"


def test_what_asterisk_says_of_the_call_is_known(harness: Harness) -> None:
    known: list[str] = []
    server = LineServer(
        "127.0.0.1:0",
        1,
        lambda session: known.append(session.environment["agi_callerid"]),
        print,
        lock=LOCK,
    )
    server.start()
    with FakeAsterisk(server=server.address) as asterisk:
        assert asterisk.ended.wait(SECONDS)
    server.close()
    assert known == ["99365112233"]


def test_a_variable_of_the_call_is_read_back() -> None:
    known: list[str] = []

    def answer(session: AgiSession) -> None:
        session.set("IVR_PLACE", "services/mms ü")
        known.extend([session.get("IVR_PLACE"), session.get("IVR_NOTHING")])

    server = LineServer("127.0.0.1:0", 1, answer, print, lock=LOCK)
    server.start()
    with FakeAsterisk(server=server.address) as asterisk:
        assert asterisk.ended.wait(SECONDS)
    server.close()
    assert known == ["services/mms ü", ""]


def test_calls_run_side_by_side_and_are_counted(harness: Harness) -> None:
    with harness.ring("5"), harness.ring("5"):
        harness.waits(2)
        assert (harness.server.calls, harness.server.most_seen) == (2, 2)
        harness.release.set()


def test_a_call_over_the_bound_is_told_so_at_once(harness: Harness) -> None:
    with harness.ring("5"), harness.ring("5"):
        harness.waits(2)
        assert harness.dial() == {"IVR_NEXT": "busy", "IVR_DONE": "1"}
        harness.release.set()
    assert harness.server.most_seen == 2


def test_a_call_that_another_worker_has_begun_is_taken_over_the_bound(harness: Harness) -> None:
    with harness.ring("5"), harness.ring("5"):
        harness.waits(2)
        assert "IVR_NEXT" not in harness.dial("1", RESUMED)
        assert harness.dial("1")["IVR_NEXT"] == "busy"
        harness.release.set()
    assert harness.server.most_seen == 3


def test_a_call_that_the_dialplan_has_not_let_in_is_told_so_and_no_call_of_the_line(
    harness: Harness,
) -> None:
    assert harness.dial("1", header("busy")) == {"IVR_NEXT": "busy", "IVR_DONE": "1"}
    assert harness.server.most_seen == 0


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("can't start new thread")], ids=["memory", "thread"]
)
def test_a_server_that_can_serve_nobody_says_so(error: Exception) -> None:
    said: list[str] = []

    def answer(session: AgiSession) -> None:
        raise error

    server = LineServer("127.0.0.1:0", 1, answer, print, exhausted=said.append, lock=LOCK)
    server.start()
    with structlog.testing.capture_logs(), FakeAsterisk(server=server.address) as asterisk:
        assert asterisk.ended.wait(SECONDS)
    server.close()
    assert said == [str(error) or "no memory"]


def test_a_place_that_is_free_again_is_given_to_the_next_call(harness: Harness) -> None:
    for _ in range(10):
        assert harness.dial()["IVR_DONE"] == "1"


def test_far_over_the_bound_connections_are_closed(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.telephony.server.MOST_REFUSED", 0)
    with harness.ring("5"), harness.ring("5"):
        harness.waits(2)
        assert harness.dial() == {}
        harness.release.set()


def test_a_fault_in_one_call_ends_that_call_without_done(harness: Harness) -> None:
    with harness.ring("5") as other:
        harness.waits(1)
        with structlog.testing.capture_logs() as logs:
            assert "IVR_DONE" not in harness.dial("9")
        assert [line["event"] for line in logs] == ["a call failed"]
        harness.release.set()
        assert other.ended.wait(SECONDS)
    assert other.variables["IVR_DONE"] == "1"


class Panic(BaseException):
    """As a library in another language raises it: no Exception."""


def panic() -> None:
    raise Panic


def test_no_fault_of_any_kind_ends_the_board() -> None:
    server = LineServer("127.0.0.1:0", 1, lambda _: offload(panic), print, lock=LOCK)
    server.start()
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            with FakeAsterisk(server=server.address) as asterisk:
                assert asterisk.ended.wait(SECONDS)
    assert server.is_taking
    server.close()
    assert [line["event"] for line in logs] == ["a call failed"] * 2


@pytest.mark.parametrize("form", list(Hangup))
def test_a_hang_up_is_no_fault(harness: Harness, form: Hangup) -> None:
    with structlog.testing.capture_logs() as logs, harness.ring("", form) as asterisk:
        assert asterisk.ended.wait(SECONDS)
    assert logs == []


def test_draining_lets_a_call_end(harness: Harness) -> None:
    with harness.ring("5") as asterisk:
        harness.waits(1)
        draining = threading.Thread(target=harness.server.drain, args=(SECONDS,))
        draining.start()
        harness.release.set()
        assert asterisk.ended.wait(SECONDS)
        draining.join()
    assert asterisk.variables["IVR_DONE"] == "1"


def test_draining_takes_no_new_call(harness: Harness) -> None:
    address = harness.server.address
    harness.server.drain(0)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, SECONDS)


def test_after_the_drain_the_dialplan_takes_the_rest_over() -> None:
    def talk_on(session: AgiSession) -> None:
        while True:
            session.telephone.ask_key([utterance()], 5)

    server = LineServer("127.0.0.1:0", 2, talk_on, print, lock=LOCK)
    server.start()
    with FakeAsterisk("- " * 1_000_000, server=server.address) as asterisk:
        while not asterisk.heard:
            assert not asterisk.ended.wait(0.01)
        server.drain(0.1)
        assert asterisk.ended.wait(SECONDS)
    assert "IVR_DONE" not in asterisk.variables
    assert server.calls == 0


def sockets() -> set[str]:
    """Those that this process holds."""
    found = set()
    for file in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the list's own
            found.add(os.readlink(f"/proc/self/fd/{file}"))
    return {name for name in found if name.startswith("socket:")}


def test_those_who_wait_to_be_told_that_it_is_busy_are_let_go_at_the_end() -> None:
    before = sockets()

    def busy(session: AgiSession) -> None:
        while True:
            session.telephone.ask_key([utterance()], 5)

    server = LineServer("127.0.0.1:0", 0, print, busy, lock=LOCK)
    server.start()
    with ExitStack() as callers:
        calls = [
            callers.enter_context(FakeAsterisk("- " * 1000, server=server.address))
            for _ in range(2 * BUSY_AT_ONCE)
        ]
        while sum(bool(asterisk.heard) for asterisk in calls) < BUSY_AT_ONCE:
            assert not calls[0].ended.wait(0.01)
        server.close()
        for asterisk in calls:
            assert asterisk.ended.wait(SECONDS)
    assert sockets() <= before


def test_a_server_that_was_never_started_can_be_closed() -> None:
    LineServer("127.0.0.1:0", 1, print, print, lock=LOCK).close()


@pytest.mark.parametrize("most", [0, 1], ids=["of the loop", "of its waiting"])
def test_a_line_without_a_thread_left_says_so_at_its_start(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def start_some(thread: threading.Thread) -> None:
        if len(started) == most:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    server = LineServer("127.0.0.1:0", 1, print, print, lock=LOCK)
    monkeypatch.setattr(threading.Thread, "start", start_some)
    said = r"cannot take calls \(can't start new thread\): .* raise TasksMax="
    with closing(server), pytest.raises(Unusable, match=said):
        server.start()
    assert not server.is_taking


def test_a_port_in_use_is_named_with_the_setting_that_moves_it(harness: Harness) -> None:
    bind = "{}:{}".format(*harness.server.address)
    with pytest.raises(Unusable, match=rf"{bind}.*IVR_AGI_BIND"):
        LineServer(bind, 1, print, print, lock=LOCK)
