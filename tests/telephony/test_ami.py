"""Every fault of asterisk-ami 0.1.7, mended."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest
import structlog

from ivr.errors import TemporarilyUnavailable
from ivr.telephony.ami import AmiLink, Event
from tests.telephony.manager import FakeManager

SECONDS = 10.0
DEADLINE = 60.0
"""Seconds after which something is taken not to happen: no test depends on fewer."""
EVENT = b"Event: %s\r\nQueue: agents\r\nMemberName: Maral\r\n\r\n"


@contextmanager
def linked(
    manager: FakeManager, *, idle: float = SECONDS, answer: float = 0.5, secret: str = "secret"
) -> Iterator[AmiLink]:
    link = AmiLink(("127.0.0.1", manager.port), "ivr", secret, idle, answer)
    link.start()
    try:
        yield link
    finally:
        link.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_logs_in_and_acts() -> None:
    with FakeManager() as manager, linked(manager) as link:
        assert link.connected.wait(SECONDS)
        assert link.action("QueueStatus", Queue="agents")["Response"] == "Success"
        assert manager.actions[-1]["Queue"] == "agents"


def test_an_action_that_asterisk_refuses_is_an_answer() -> None:
    refusing = FakeManager(
        answers=lambda fields: (
            b"Response: Success\r\n"
            if fields["Action"] == "Login"
            else b"Response: Error\r\nMessage: No such channel\r\n"
        )
    )
    with refusing as manager, linked(manager) as link:
        assert link.connected.wait(SECONDS)
        said = link.action("Hangup", Channel="none")
        assert (said["Response"], said["Message"]) == ("Error", "No such channel")


def test_without_a_link_an_action_says_so_at_once() -> None:
    link = AmiLink(("127.0.0.1", 1), "ivr", "secret")
    with pytest.raises(TemporarilyUnavailable):
        link.action("Ping")
    link.close()


def test_an_answer_that_does_not_come_is_an_error_and_is_not_waited_for_longer() -> None:
    deaf = FakeManager(
        answers=lambda fields: b"Response: Success\r\n" if fields["Action"] == "Login" else None
    )
    with deaf as manager, linked(manager, answer=0.2) as link:
        assert link.connected.wait(SECONDS)
        with pytest.raises(TemporarilyUnavailable):
            link.action("QueueStatus")
        assert link.connected.is_set()


def test_an_idle_link_lives_on() -> None:
    with FakeManager() as manager, linked(manager, idle=0.1) as link:
        assert link.connected.wait(SECONDS)
        until(lambda: manager.seen("Ping") > 5)
        assert link.connected.is_set()
        assert manager.seen("Login") == 1


def test_it_comes_back_after_asterisk_restarts() -> None:
    with FakeManager() as manager, linked(manager) as link:
        assert link.connected.wait(SECONDS)
        manager.cut()
        until(lambda: manager.seen("Login") == 2)
        assert link.connected.wait(SECONDS)
        assert link.action("Ping")["Response"] == "Success"


def test_it_waits_for_an_asterisk_that_starts_later() -> None:
    with FakeManager() as manager:
        port = manager.port
    with linked(manager) as link, FakeManager(port=port):
        assert link.connected.wait(SECONDS)


def test_it_comes_back_after_a_stall() -> None:
    with FakeManager() as manager, linked(manager, idle=0.1, answer=0.2) as link:
        assert link.connected.wait(SECONDS)
        manager.silent.set()
        until(lambda: not link.connected.is_set())
        manager.silent.clear()
        assert link.connected.wait(SECONDS)
        assert link.action("Ping")["Response"] == "Success"


def test_a_wrong_secret_is_told_in_the_log_and_not_hammered() -> None:
    with structlog.testing.capture_logs() as logs, FakeManager() as manager:
        with linked(manager, secret="wrong") as link:
            until(lambda: manager.seen("Login") == 2)
            assert not link.connected.is_set()
        assert manager.seen("Login") < 5
    assert "IVR_AMI_SECRET" in str(logs)
    assert "wrong" not in str(logs)


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\xff" * 5000, b"x" * 2_000_000]
)
def test_a_peer_that_is_not_asterisk_is_left(greeting: bytes) -> None:
    with FakeManager(greeting=greeting) as manager, linked(manager) as link:
        assert not link.connected.wait(0.3)
        assert manager.seen("Login") == 0


@pytest.mark.parametrize("bad", ["a\r\nAction: Command", "a\nb", "a\0b"])
def test_a_value_cannot_inject_a_header(bad: str) -> None:
    with FakeManager() as manager, linked(manager) as link:
        assert link.connected.wait(SECONDS)
        with pytest.raises(ValueError, match="line break"):
            link.action("Hangup", Channel=bad)
        with pytest.raises(ValueError, match="line break"):
            link.action("Hangup", **{bad: "a"})
        with pytest.raises(ValueError, match="line break"):
            link.action(bad)
        assert manager.seen("Hangup") == 0


def test_actions_of_many_threads_do_not_mix_and_get_their_own_answers() -> None:
    echo = FakeManager(
        answers=lambda fields: f"Response: Success\r\nEcho: {fields.get('Value', '')}\r\n".encode()
    )
    right: SimpleQueue[bool] = SimpleQueue()
    with echo as manager, linked(manager, answer=SECONDS) as link:
        assert link.connected.wait(SECONDS)

        def act(number: int) -> None:
            for turn in range(20):
                value = f"{number}-{turn}-" + "x" * 3000
                right.put(link.action("UserEvent", Value=value)["Echo"] == value)

        threads = [threading.Thread(target=act, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
    assert [right.get_nowait() for _ in range(160)] == [True] * 160


def test_events_reach_every_listener_and_a_failing_one_harms_nobody() -> None:
    heard: SimpleQueue[tuple[str, Event]] = SimpleQueue()

    def fails(_name: str, _event: Event) -> None:
        raise KeyError("a fault of a listener")

    with (
        structlog.testing.capture_logs() as logs,
        FakeManager() as manager,
        linked(manager) as link,
    ):
        link.listen_to(fails)
        link.listen_to(lambda name, event: heard.put((name, event)))
        assert link.connected.wait(SECONDS)
        manager.tell(EVENT % b"AgentConnect" + EVENT % b"AgentComplete")
        name, event = heard.get(timeout=SECONDS)
        assert (name, event["MemberName"]) == ("AgentConnect", "Maral")
        assert heard.get(timeout=SECONDS)[0] == "AgentComplete"
        assert link.action("Ping")["Response"] == "Success"
    assert sum(line["log_level"] == "error" for line in logs) == 2


def test_an_event_cut_anywhere_is_put_together() -> None:
    heard: SimpleQueue[Event] = SimpleQueue()
    sent = "Event: AgentConnect\r\nMemberName: Näzik\r\n\r\n".encode()
    with FakeManager() as manager, linked(manager) as link:
        link.listen_to(lambda _name, event: heard.put(event))
        assert link.connected.wait(SECONDS)
        for byte in sent:
            manager.tell(bytes([byte]))
        assert heard.get(timeout=SECONDS)["MemberName"] == "Näzik"


def test_a_flood_of_events_is_read_in_linear_time() -> None:
    """The library splits its whole buffer again at each read: 10 MB would take hours."""
    last = threading.Event()
    with FakeManager() as manager, linked(manager) as link:
        link.listen_to(lambda name, _event: last.set() if name == "Last" else None)
        assert link.connected.wait(SECONDS)
        manager.tell(EVENT % b"Some" * 20_000 + EVENT % b"Last")
        assert last.wait(60)


def test_a_message_without_end_ends_the_link_and_not_the_memory() -> None:
    with FakeManager() as manager, linked(manager) as link:
        assert link.connected.wait(SECONDS)
        manager.tell(b"Event: Endless\r\n" + b"x" * 1_100_000)
        until(lambda: manager.seen("Login") == 2)
        assert link.connected.wait(SECONDS)


def test_garbage_between_events_is_passed_over() -> None:
    heard: SimpleQueue[str] = SimpleQueue()
    with FakeManager() as manager, linked(manager) as link:
        link.listen_to(lambda name, _event: heard.put(name))
        assert link.connected.wait(SECONDS)
        manager.tell(b"\xff\xfe\r\n\r\n\r\n\r\nResponse\r\n\r\nEvent\r\n\r\nResponse: \r\n\r\n")
        manager.tell(b"Event: \r\n: \r\nx\r\n\r\nEvent:Odd\r\n\r\nChanVariable: x\r\n\r\n")
        manager.tell(EVENT % b"Right")
        while heard.get(timeout=SECONDS) != "Right":
            pass
        assert link.connected.is_set()
        assert manager.seen("Login") == 1


def test_closing_ends_the_thread_and_the_connection() -> None:
    with FakeManager() as manager:
        with linked(manager) as link:
            assert link.connected.wait(SECONDS)
        assert not link.connected.is_set()
        assert "ami" not in {thread.name for thread in threading.enumerate()}


def test_a_peer_that_accepts_and_says_nothing_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        link = AmiLink(silent.getsockname(), "ivr", "secret", 0.1, 0.1)
        link.start()
        assert not link.connected.wait(0.3)
        link.close()
