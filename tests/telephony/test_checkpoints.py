"""Where calls are: a file that outlives workers, or the channel where there can be none."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from ivr.errors import CallerHungUp
from ivr.flow.checkpoint import CHECKPOINT
from ivr.telephony.checkpoints import ABANDONED_SECONDS, CallCheckpoint, CheckpointStore
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from tests.contracts.telephone_contract import utterance
from tests.telephony.scripted import CALL, LOCK, FakeAsterisk, Hangup, header

SECONDS = 10.0
START, MENU, NEWS = "release=1&node=start", "language=ru&node=menu", "language=ru&node=news"


@pytest.fixture
def checkpoints(tmp_path: Path) -> CheckpointStore:
    return CheckpointStore(tmp_path / "places")


def test_the_last_place_is_read_whole_however_long_those_before_were(
    checkpoints: CheckpointStore,
) -> None:
    for place in ("a" * 800, MENU, "", NEWS):
        assert checkpoints.write(CALL, place)
        assert checkpoints.read(CALL) == place


def test_another_process_reads_it_and_nobody_else_may(
    checkpoints: CheckpointStore, tmp_path: Path
) -> None:
    checkpoints.write(CALL, MENU)
    assert CheckpointStore(tmp_path / "places").read(CALL) == MENU
    assert (tmp_path / "places" / CALL).stat().st_mode & 0o077 == 0
    assert (tmp_path / "places").stat().st_mode & 0o077 == 0


def test_a_line_without_its_end_is_no_place(checkpoints: CheckpointStore, tmp_path: Path) -> None:
    (tmp_path / "places" / CALL).write_bytes(MENU.encode())
    assert checkpoints.read(CALL) == ""


@pytest.mark.parametrize("call", ["", "..", "../a", "a/b", ".hidden", "a" * 101, "a\0b", "ü"])
def test_an_id_that_is_no_name_of_a_file_reaches_no_file(
    checkpoints: CheckpointStore, tmp_path: Path, call: str
) -> None:
    (tmp_path / "a").write_text(f"{MENU}\n")
    assert not checkpoints.write(call, NEWS)
    assert checkpoints.read(call) == ""
    checkpoints.forget(call)
    assert (tmp_path / "a").read_text() == f"{MENU}\n"
    assert list((tmp_path / "places").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said_without_the_place(
    checkpoints: CheckpointStore, tmp_path: Path
) -> None:
    (tmp_path / "places").rmdir()
    with structlog.testing.capture_logs() as logs:
        assert not checkpoints.write(CALL, MENU)
    assert [line["event"] for line in logs] == ["the checkpoint of a call cannot be written"]
    assert MENU not in str(logs)


def test_only_what_nobody_took_up_is_swept(checkpoints: CheckpointStore, tmp_path: Path) -> None:
    for call, age in (("old", ABANDONED_SECONDS + 60), ("new", ABANDONED_SECONDS - 60)):
        checkpoints.write(call, MENU)
        then = time.time() - age
        os.utime(tmp_path / "places" / call, (then, then))
    checkpoints.sweep()
    assert (checkpoints.read("old"), checkpoints.read("new")) == ("", MENU)


def test_the_channel_has_nothing_that_a_file_has(checkpoints: CheckpointStore) -> None:
    place = CallCheckpoint(checkpoints, CALL, "", LOCK)
    assert [place.keep(at) for at in (START, MENU, NEWS)] == ["", "", ""]
    assert CallCheckpoint(checkpoints, CALL, "", LOCK).read() == NEWS


def test_without_a_folder_the_channel_has_every_place() -> None:
    place = CallCheckpoint(None, CALL, LOCK.seal(CALL, START), LOCK)
    assert place.read() == START
    assert place.keep(MENU) == LOCK.seal(CALL, MENU)
    assert place.read() == MENU


def test_what_can_no_longer_be_written_goes_to_the_channel_and_stays_there(
    checkpoints: CheckpointStore, tmp_path: Path
) -> None:
    place = CallCheckpoint(checkpoints, CALL, "", LOCK)
    assert place.keep(MENU) == ""
    (tmp_path / "places").rename(tmp_path / "gone")
    on_channel = place.keep(NEWS)
    assert on_channel == LOCK.seal(CALL, NEWS)
    (tmp_path / "gone").rename(tmp_path / "places")
    later = CallCheckpoint(checkpoints, CALL, on_channel, LOCK)
    assert later.read() == NEWS, "the file is older"
    assert later.keep(START) == LOCK.seal(CALL, START)


@contextmanager
def serving(
    checkpoints: CheckpointStore, answer: Callable[[AgiSession], None]
) -> Iterator[LineServer]:
    server = LineServer("127.0.0.1:0", 5, answer, print, checkpoints=checkpoints, lock=LOCK)
    server.start()
    try:
        yield server
    finally:
        server.close()


def ring(server: LineServer, keys: str = "1", hangup: Hangup = Hangup.END) -> dict[str, str]:
    with FakeAsterisk(keys, server=server.address, header=header(), hangup=hangup) as asterisk:
        assert asterisk.ended.wait(SECONDS)
    return asterisk.variables


def walk(session: AgiSession) -> None:
    """Two menus, until the caller hangs up."""
    session.telephone.note(CHECKPOINT, MENU)
    session.telephone.ask_key([utterance()], 5)
    session.telephone.note(CHECKPOINT, NEWS)
    try:
        session.telephone.ask_key([utterance()], 5)
    except CallerHungUp:
        return


@pytest.mark.parametrize("hangup", [Hangup.MINUS_ONE, Hangup.LINE_FIRST, Hangup.DEAD])
def test_of_a_caller_who_hung_up_nothing_is_left(
    checkpoints: CheckpointStore, tmp_path: Path, hangup: Hangup
) -> None:
    with serving(checkpoints, walk) as server:
        assert ring(server, hangup=hangup) == {}
    assert list((tmp_path / "places").iterdir()) == []


@pytest.mark.parametrize("hangup", [Hangup.END, Hangup.HALF, Hangup.RESET])
def test_a_connection_that_ends_leaves_the_place_to_another_worker(
    checkpoints: CheckpointStore, hangup: Hangup
) -> None:
    with serving(checkpoints, walk) as server:
        ring(server, hangup=hangup)
    assert LOCK.unseal(CALL, checkpoints.read(CALL)) == NEWS


def test_who_takes_a_call_up_reads_its_last_place(checkpoints: CheckpointStore) -> None:
    read: list[str] = []
    checkpoints.write(CALL, LOCK.seal(CALL, NEWS))
    with serving(checkpoints, lambda session: read.append(session.get(CHECKPOINT))) as server:
        ring(server)
        checkpoints.forget(CALL)
        ring(server)
    assert read == [NEWS, ""]


@pytest.mark.parametrize(("after", "left"), [("agent", NEWS), ("busy", NEWS), ("bye", "")])
def test_a_call_that_may_come_back_keeps_its_place(
    checkpoints: CheckpointStore, after: str, left: str
) -> None:
    def answer(session: AgiSession) -> None:
        session.telephone.note(CHECKPOINT, MENU)
        session.telephone.note(CHECKPOINT, NEWS)
        session.set("IVR_NEXT", after)
        session.set("IVR_DONE", "1")

    with serving(checkpoints, answer) as server:
        assert ring(server) == {"IVR_NEXT": after, "IVR_DONE": "1"}
    assert LOCK.unseal(CALL, checkpoints.read(CALL)) == left
