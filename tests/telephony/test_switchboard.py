"""The switchboard: calls side by side in one thread, and work in others."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from queue import SimpleQueue

import pytest
import structlog

from ivr.errors import CallerHungUp
from ivr.listener import open_listener
from ivr.telephony.agi import Agi
from ivr.telephony.offload import offload, offloaded
from ivr.telephony.switchboard import Gate, Switchboard, wire
from ivr.telephony.telephone import AgiTelephone
from tests.contracts.telephone_contract import utterance
from tests.telephony.scripted import FakeAsterisk

SECONDS = 10.0
Talk = Callable[[AgiTelephone, FakeAsterisk], object]
Said = SimpleQueue[object]
"""What a call has come to."""


class House:
    """A switchboard in a thread of its own."""

    def __init__(self) -> None:
        self.board = Switchboard(open_listener("127.0.0.1:0"), self.take, lambda: None)
        self.taken: SimpleQueue[socket.socket] = SimpleQueue()
        self.thread = threading.Thread(target=self.board.run)
        self.thread.start()
        self.board.opened.wait()
        self.is_taking = True

    def take(self, connection: socket.socket) -> None:
        self.taken.put(connection)

    def sit(self, run: Callable[[], object]) -> Said:
        """Begin a call that says what it answers or raises."""
        said: Said = SimpleQueue()

        def call() -> None:
            try:
                said.put(run())
            except Exception as error:
                said.put(error)

        self.board.post(partial(self.board.seat, call))
        return said

    @contextmanager
    def ring(self, talk: Talk, keys: str = "") -> Iterator[tuple[FakeAsterisk, Said]]:
        """A caller at the board."""
        with FakeAsterisk(keys) as asterisk:

            def run() -> object:
                try:
                    return talk(AgiTelephone(Agi(asterisk.line)), asterisk)
                finally:
                    self.board.forget(asterisk.line)

            yield asterisk, self.sit(run)

    def hold(self, talk: Talk, keys: str = "") -> object:
        """What a call comes to."""
        with self.ring(talk, keys) as (_, said):
            return said.get(timeout=SECONDS)

    def stop_taking(self) -> None:
        self.is_taking = False
        self.board.stop_taking()

    def close(self) -> None:
        if self.is_taking:
            self.stop_taking()
        self.board.close()
        self.thread.join(SECONDS)
        assert not self.thread.is_alive()
        self.board.dispose()


def open_sockets() -> set[str]:
    """Sockets, epolls and events of this process, each with its number in the kernel.

    Their file numbers alone say nothing: one that is closed is given to the next that is opened.
    """
    found = set()
    for file in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the list's own
            name = os.readlink(f"/proc/self/fd/{file}")
            if not name.startswith("/"):
                found.add(f"{file} {name}" if "anon_inode" in name else name)
    return found


@pytest.fixture
def house() -> Iterator[House]:
    """A board, of which nothing may be left after the test: no thread, no socket."""
    threads, sockets = set(threading.enumerate()), open_sockets()
    with closing(House()) as house:
        yield house
    for thread in set(threading.enumerate()) - threads:
        thread.join(SECONDS)
        assert not thread.is_alive(), thread.name
    assert open_sockets() <= sockets


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What work waits for."""
    release = threading.Event()
    yield release
    release.set()


def ask(telephone: AgiTelephone) -> str | None:
    return telephone.ask_key([utterance()], 5)


def press(asterisk: FakeAsterisk, keys: str) -> None:
    """Press keys, one when the one before has been taken."""
    for key in keys:
        asterisk.press(key)
        while asterisk.has_keys:
            time.sleep(0.001)


def test_calls_are_held_side_by_side_in_one_thread(house: House) -> None:
    together = threading.Barrier(10)

    def talk(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        first = ask(telephone)
        offload(together.wait, SECONDS)
        return first, ask(telephone), threading.get_ident()

    with ExitStack() as callers:
        calls = [
            callers.enter_context(house.ring(talk, f"{number} {9 - number}"))
            for number in range(10)
        ]
        assert [said.get(timeout=SECONDS) for _, said in calls] == [
            (str(number), str(9 - number), house.thread.ident) for number in range(10)
        ]


def test_a_connection_is_taken_by_the_board(house: House) -> None:
    with (
        socket.create_connection(house.board.address, SECONDS) as caller,
        house.taken.get(timeout=SECONDS) as taken,
    ):
        assert taken.getpeername() == caller.getsockname()


def test_what_came_before_it_was_waited_for_is_there(house: House) -> None:
    ours, theirs = socket.socketpair()

    def run() -> object:
        ours_wire = wire(ours)
        offload(theirs.send, b"a")
        offload(int)  # the board has looked once more
        try:
            return ours_wire.wait(SECONDS), ours.recv(1), ours_wire.wait(0.01)
        finally:
            house.board.forget(ours)

    with ours, theirs:
        assert house.sit(run).get(timeout=SECONDS) == (True, b"a", False)


def test_the_time_of_an_earlier_wait_does_not_end_a_later_one(house: House) -> None:
    ours, theirs = socket.socketpair()
    silent, nobody = socket.socketpair()

    def run() -> object:
        ours_wire = wire(ours)
        theirs.send(b"a")
        first = ours_wire.wait(0.1), ours.recv(1)
        house.board.post(partial(house.board.seat, send_later))
        try:
            return *first, ours_wire.wait(SECONDS), ours.recv(1)
        finally:
            house.board.forget(ours)

    def send_later() -> None:
        wire(silent).wait(0.2)  # times end in their order: that of the first wait is over
        house.board.forget(silent)
        theirs.send(b"b")

    with ours, theirs, silent, nobody:
        assert house.sit(run).get(timeout=SECONDS) == (True, b"a", True, b"b")


def test_work_is_done_in_another_thread_and_answers(house: House) -> None:
    ident = house.sit(lambda: offload(threading.get_ident)).get(timeout=SECONDS)
    assert ident not in (house.thread.ident, threading.get_ident())
    assert house.sit(lambda: offload(int, "12", base=8)).get(timeout=SECONDS) == 10


def test_what_work_raises_is_raised_in_its_call(house: House) -> None:
    def run() -> object:
        with pytest.raises(ValueError, match="x"):
            offload(int, "x")
        return "goes on"

    assert house.sit(run).get(timeout=SECONDS) == "goes on"


def test_what_is_bound_to_a_calls_logs_is_bound_to_those_of_its_work(house: House) -> None:
    together = threading.Barrier(2)

    def run(call: str) -> object:
        structlog.contextvars.bind_contextvars(call=call)
        offload(together.wait, SECONDS)
        return offload(structlog.contextvars.get_contextvars)

    calls = [house.sit(partial(run, call)) for call in "ab"]
    assert [said.get(timeout=SECONDS) for said in calls] == [{"call": "a"}, {"call": "b"}]
    assert house.sit(structlog.contextvars.get_contextvars).get(timeout=SECONDS) == {}


def test_other_calls_go_on_while_one_waits_for_its_work(
    house: House, release: threading.Event
) -> None:
    waiting = house.sit(lambda: offload(release.wait, SECONDS))
    assert house.hold(lambda telephone, _: ask(telephone), "7") == "7"
    assert waiting.empty()
    release.set()
    assert waiting.get(timeout=SECONDS) is True


def test_keys_pressed_during_work_answer_the_next_questions_in_order(house: House) -> None:
    def work(asterisk: FakeAsterisk) -> None:
        for key in "234":
            press(asterisk, key)
            time.sleep(0.1)

    def talk(telephone: AgiTelephone, asterisk: FakeAsterisk) -> object:
        first = ask(telephone)
        offload(work, asterisk)
        asterisk.press("5")
        return [first, *(ask(telephone) for _ in range(4))]

    assert house.hold(talk, "1") == list("12345")


def test_work_may_use_the_telephone_of_its_call(house: House) -> None:
    def talk(telephone: AgiTelephone, asterisk: FakeAsterisk) -> object:
        first = ask(telephone)

        def work() -> None:
            press(asterisk, "2")  # the caller is listened to
            assert telephone.ask_key([utterance("/moment")], 5) == "2"
            telephone.play([utterance("/moment")])
            telephone.note("SAID", "moment")

        offload(work)
        return first, ask(telephone), telephone.noted("SAID"), asterisk.heard

    assert house.hold(talk, "1 3") == (
        "1",
        "3",
        "moment",
        ["/sounds/one", "/moment", "/sounds/one"],
    )


class Port:
    def ident(self) -> int:
        return threading.get_ident()


def test_a_port_is_offloaded_at_a_board_only(house: House) -> None:
    port = offloaded(Port())
    assert port.ident() == threading.get_ident()
    assert house.sit(port.ident).get(timeout=SECONDS) != house.thread.ident
    assert house.sit(lambda: offload(port.ident)).get(timeout=SECONDS) != house.thread.ident


def test_a_gate_lets_so_many_through_and_the_others_in_their_order(
    house: House, release: threading.Event
) -> None:
    gate = Gate(2)
    come: SimpleQueue[int] = SimpleQueue()
    passed: list[int] = []
    inside: set[int] = set()
    most: list[int] = []

    def talk(number: int, telephone: AgiTelephone, _: FakeAsterisk) -> object:
        come.put(number)
        with gate.passed():
            passed.append(number)
            inside.add(number)
            most.append(len(inside))
            try:
                offload(release.wait, SECONDS)
                return ask(telephone)
            finally:
                inside.remove(number)

    with ExitStack() as callers:
        calls = []
        for number in range(6):
            calls.append(callers.enter_context(house.ring(partial(talk, number), str(number))))
            assert come.get(timeout=SECONDS) == number
        calls[3][0].hang_up()
        release.set()
        said = [said.get(timeout=SECONDS) for _, said in calls]
    assert isinstance(said.pop(3), CallerHungUp)
    assert said == ["0", "1", "2", "4", "5"]
    assert passed == list(range(6))
    assert max(most) == 2


def test_a_call_that_fails_ends_alone(house: House, release: threading.Event) -> None:
    def fail(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        raise KeyError(ask(telephone))

    def wait(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        offload(release.wait, SECONDS)
        return ask(telephone)

    with house.ring(wait, "2") as (_, other):
        assert repr(house.hold(fail, "1")) == "KeyError('1')"
        release.set()
        assert other.get(timeout=SECONDS) == "2"


def test_what_is_posted_is_done_by_the_boards_thread_in_order(house: House) -> None:
    done: SimpleQueue[tuple[int, int]] = SimpleQueue()
    for number in range(100):
        house.board.post(lambda number=number: done.put((number, threading.get_ident())))  # type: ignore[misc]
    assert [done.get(timeout=SECONDS) for _ in range(100)] == [
        (number, house.thread.ident) for number in range(100)
    ]


def test_a_board_that_takes_no_more_leaves_its_calls(
    house: House, release: threading.Event
) -> None:
    def talk(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        first = ask(telephone)
        offload(release.wait, SECONDS)
        return first, ask(telephone)

    with house.ring(talk, "1 2") as (_, said):
        address = house.board.address
        house.stop_taking()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, SECONDS)
        release.set()
        assert said.get(timeout=SECONDS) == ("1", "2")


def test_a_board_that_is_closed_ends_while_work_is_being_done(
    house: House, release: threading.Event
) -> None:
    begun = threading.Event()

    def work() -> None:
        begun.set()
        release.wait(SECONDS)

    house.sit(lambda: offload(work))
    assert begun.wait(SECONDS)
    house.stop_taking()
    house.board.close()
    house.thread.join(SECONDS)
    assert not house.thread.is_alive()
