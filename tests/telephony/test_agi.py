"""Every fault of pyst2 0.5.1, mended."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.errors import CallerHungUp, FlowBroken, IvrError
from ivr.telephony.agi import LONGEST_COMMAND, LONGEST_HEADER, LONGEST_REPLY, Agi, NotAsterisk
from tests.telephony.scripted import HEADER, FakeAsterisk

SECONDS = 10.0


@contextmanager
def peer(*sent: bytes, ends: bool = False) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection whose far end has sent something already."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        try:
            for part in sent:
                theirs.sendall(part)
            if ends:
                theirs.shutdown(socket.SHUT_WR)
        except OSError:
            return

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield ours, theirs
    finally:
        ours.close()
        theirs.close()
        thread.join()


def replies(*lines: str, ends: bool = False) -> bytes:
    return HEADER + "".join(line + "\n" for line in lines).encode()


def often(agi: Agi, times: int) -> None:
    for _ in range(times):
        agi.noop()


def flood(agi: Agi) -> None:
    for _ in range(1000):
        agi.send_command("NOOP", "a" * 7000)


def test_a_dialogue_runs_off_the_main_thread_and_touches_no_signal() -> None:
    before = signal.getsignal(signal.SIGHUP)
    callers: list[str] = []
    with FakeAsterisk() as asterisk:
        thread = threading.Thread(
            target=lambda: callers.append(Agi(asterisk.line).env["agi_callerid"])
        )
        thread.start()
        thread.join(SECONDS)
    assert callers == ["99365112233"]
    assert signal.getsignal(signal.SIGHUP) == before


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with FakeAsterisk("4711#") as asterisk:
        agi = Agi(asterisk.line)
        agi.set_variable("A", "b")
        agi.execute("GET DATA", '"/a"', 1000, 8)
    assert capfd.readouterr() == ("", "")


def test_text_of_every_language_passes_both_ways() -> None:
    with FakeAsterisk() as asterisk:
        agi = Agi(asterisk.line)
        agi.set_variable("A", "ýüz müň манат")
        assert asterisk.variables["A"] == "ýüz müň манат"
        assert agi.get_full_variable("${A}") == "ýüz müň манат"


@given(st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=99))
def test_any_value_arrives_as_it_was(value: str) -> None:
    with FakeAsterisk() as asterisk:
        Agi(asterisk.line).set_variable("A", value)
        assert asterisk.variables["A"] == value


@pytest.mark.parametrize("bad", ["a\nHANGUP", "a\rb", "a\0b"])
def test_an_argument_cannot_inject_a_command(bad: str) -> None:
    with FakeAsterisk() as asterisk:
        agi = Agi(asterisk.line)
        for run in (
            lambda: agi.set_variable("A", bad),
            lambda: agi.execute("STREAM FILE", bad, '""'),
            lambda: agi.stream_file(bad),
        ):
            with pytest.raises(FlowBroken):
                run()
        assert asterisk.commands == []


def test_a_command_too_long_for_asterisk_is_not_sent() -> None:
    with FakeAsterisk() as asterisk:
        agi = Agi(asterisk.line)
        room = LONGEST_COMMAND - len('SET VARIABLE "A" ""\n')
        agi.set_variable("A", "ž" * (room // 2))
        with pytest.raises(FlowBroken):
            agi.set_variable("A", "ž" * (room // 2 + 1))
        assert len(asterisk.commands) == 1


def test_the_hangup_line_is_no_reply_and_the_next_replies_stay_in_step() -> None:
    said = replies("HANGUP", "200 result=1 (first)", "200 result=1 (second)")
    with peer(said) as (ours, _):
        agi = Agi(ours)
        assert agi.get_full_variable("${A}") == "first"
        assert agi.get_full_variable("${B}") == "second"


def test_minus_one_of_a_talking_channel_is_not_a_hang_up() -> None:
    with peer(replies("200 result=-1 endpos=0", "200 result=6")) as (ours, _):
        agi = Agi(ours)
        with pytest.raises(FlowBroken):
            agi.stream_file("/missing")


@pytest.mark.parametrize(
    "said",
    [
        ["200 result=-1", "HANGUP", "200 result=6"],
        ["HANGUP", "200 result=-1"],
        ["200 result=-1", "200 result=0"],
        ["200 result=-1", "511 Command Not Permitted on a dead channel"],
        ["200 result=-1"],
        ["511 Command Not Permitted on a dead channel"],
        ["HANGUP"],
        [],
    ],
)
def test_every_form_of_hang_up_is_one_error(said: list[str]) -> None:
    with peer(replies(*said), ends=True) as (ours, _):
        agi = Agi(ours)
        with pytest.raises(CallerHungUp):
            agi.stream_file("/a")


def test_a_broken_pipe_is_a_hang_up() -> None:
    with peer(HEADER) as (ours, theirs):
        agi = Agi(ours)
        theirs.close()
        with pytest.raises(CallerHungUp):
            often(agi, 3)


def test_a_variable_whose_value_is_hangup_is_only_a_value() -> None:
    with peer(replies("200 result=1 (hangup)")) as (ours, _):
        assert Agi(ours).get_full_variable("${A}") == "hangup"


def test_a_value_with_brackets_is_whole() -> None:
    with peer(replies("200 result=1 (a (b) c) endpos=1 (d)")) as (ours, _):
        assert Agi(ours).get_full_variable("${A}") == "a (b) c) endpos=1 (d"


def test_a_usage_of_many_lines_is_one_reply() -> None:
    usage = ["520-Invalid command syntax.  Proper usage follows:", "Usage: …", "", "520 End of it."]
    with peer(replies(*usage, "520 Invalid", "510 Unknown", "200 result=6")) as (ours, _):
        agi = Agi(ours)
        for _ in range(3):
            with pytest.raises(FlowBroken):
                agi.noop()
        assert agi.channel_status() == 6


def test_the_commands_of_the_library_work() -> None:
    said = ["200 result=53 endpos=8000", "200 result=4711", "200 result=49", "200 result=0"]
    with peer(replies(*said)) as (ours, _):
        agi = Agi(ours)
        assert agi.stream_file("/a", "0123456789") == "5"
        assert agi.get_data("/a", 1000, 4) == "4711"
        assert agi.wait_for_digit(1000) == "1"
        assert agi.appexec("Wait", "1") == "0"


def test_a_command_ends_in_its_time_though_bytes_keep_coming() -> None:
    with peer(HEADER) as (ours, theirs):
        agi = Agi(ours)
        stop = threading.Event()

        def dribble() -> None:
            while not stop.wait(0.02):
                theirs.send(b"x")

        thread = threading.Thread(target=dribble)
        thread.start()
        with pytest.raises(CallerHungUp):
            agi.execute("NOOP", wait=0.2)
        stop.set()
        thread.join()


def test_a_header_that_dribbles_ends_in_its_time() -> None:
    with peer() as (ours, theirs):
        stop = threading.Event()

        def dribble() -> None:
            number = 0
            while not stop.wait(0.02):
                number += 1
                theirs.send(b"agi_%d: 1\n" % number)

        thread = threading.Thread(target=dribble)
        thread.start()
        with pytest.raises(IvrError):
            Agi(ours, header_seconds=0.3)
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("HTTP", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\n"),
        ("an empty header", b"\n"),
        ("a header without a request", b"agi_channel: a\n\n"),
        ("a header without end", b"agi_request: a\n" * (LONGEST_HEADER + 1)),
        ("a line of a megabyte", b"agi_request: " + b"a" * 1_000_000 + b"\n\n"),
        ("a megabyte without a line", b"a" * 1_000_000),
    ],
)
def test_a_peer_that_is_not_asterisk_is_told_at_once(name: str, sent: bytes) -> None:
    with peer(sent) as (ours, _), pytest.raises(NotAsterisk):
        Agi(ours)


def test_a_reply_without_end_is_given_up() -> None:
    with peer(HEADER, b"2" * (LONGEST_REPLY + 8192)) as (ours, _), pytest.raises(NotAsterisk):
        Agi(ours).noop()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_garbage_raises_only_errors_of_ours(garbage: bytes, after_header: bool) -> None:
    sent = (HEADER if after_header else b"") + garbage
    with peer(sent, ends=True) as (ours, _), pytest.raises(IvrError):
        often(Agi(ours, header_seconds=1), 400)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_end_of_file_anywhere_is_an_error_of_ours(data: st.DataObject) -> None:
    whole = replies("200 result=1 (a)", "HANGUP", "520-Usage", "520 End", "200 result=0")
    cut = data.draw(st.integers(0, len(whole) - 1))
    with peer(whole[:cut], ends=True) as (ours, _), pytest.raises(IvrError):
        often(Agi(ours), 4)


def test_closing_ends_the_connection_at_once() -> None:
    with peer(HEADER) as (ours, theirs):
        agi = Agi(ours)
        agi.close()
        theirs.settimeout(SECONDS)
        assert theirs.recv(1) == b""
        assert ours.fileno() == -1
        agi.close()


def test_small_commands_are_not_held_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
        with ours, theirs:
            theirs.sendall(HEADER)
            Agi(ours)
            assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_peer_that_never_reads_is_given_up() -> None:
    with peer(HEADER) as (ours, _):
        agi = Agi(ours)
        with pytest.raises(NotAsterisk):
            flood(agi)
