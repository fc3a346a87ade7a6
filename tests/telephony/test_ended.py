"""Calls that no worker had: what Asterisk leaves of them comes into the journal, once and whole."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from ivr.care.numbering import NationalNumbering
from ivr.domain.call import Outcome, Step
from ivr.domain.values import Language
from ivr.metrics import exposition
from ivr.telephony.ended import EndedCalls, begun_at
from ivr.telephony.front import STRANGERS, FrontFolder
from ivr.telephony.medley import Medleys
from ivr.testing.clock import FixedClock
from ivr.testing.memory import MemoryCallers, MemoryJournal
from tests.telephony.test_front import FRONT, question

NOW = datetime(2026, 11, 28, 1, 0, 20, tzinfo=UTC)
SECOND = int(NOW.timestamp())
OF_STRANGERS = [question(place="release=7&node=language"), question("3")]


class Book(MemoryJournal):
    """A journal of which something may not be written yet."""

    waiting: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.ended: dict[str, datetime] = {}

    def end(self, call, outcome, at) -> None:  # type: ignore[no-untyped-def]
        super().end(call, outcome, at)
        self.ended[call.id] = at


class Desk:
    """What reads the calls that ended in a front, at a time that the test sets."""

    def __init__(self, folder: FrontFolder, medleys: Medleys) -> None:
        self.front = folder.write({Language.TURKMEN: FRONT, STRANGERS: OF_STRANGERS}, medleys, str)
        self.folder = folder.path / "ended"
        self.book = Book()
        self.callers = MemoryCallers()
        self.calls = EndedCalls(
            folder,
            NationalNumbering(),
            self.book,
            lambda: self.book.waiting,
            FixedClock(NOW),
            70,
            self.callers.remember,
        )

    def leave(self, *lines: str, second: int = SECOND) -> None:
        with (self.folder / str(second)).open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def line(
        self, id: str = "ivrab12cd-1795827600.7", way: str = "s3760410000", **given: str
    ) -> str:
        front = given.get("front", f"front-{self.front}-tk")
        return f"{id}|{given.get('caller', '99365123456')}|0890|{front}|{way}|{SECOND}"

    def look(self, seconds: int) -> None:
        self.calls.clock = FixedClock(NOW + timedelta(seconds=seconds))
        self.calls.look()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(FrontFolder(tmp_path / "front"), Medleys(tmp_path / "medleys"))


def test_a_call_that_ended_in_the_front_comes_into_the_journal(desk: Desk) -> None:
    desk.leave(desk.line(way="s3760417603"))
    for second in range(5):
        desk.look(second)
    (call,) = desk.book.calls.values()
    assert call.started == datetime.fromtimestamp(1_795_827_600, UTC)
    assert (call.dialled, call.caller, call.language, call.release) == (
        "0890",
        "99365123456",
        "tk",
        7,
    )
    assert (call.node, call.goals) == ("info-news", ["info/news"])
    assert call.path == [Step("main", "3", 4.0), Step("info", "1", 3.0)]
    assert desk.book.outcomes[call.id] is Outcome.HUNG_UP
    assert desk.book.ended[call.id] == NOW
    assert list(desk.folder.iterdir()) == []


def test_who_hangs_up_before_the_first_key_is_in_it_too(desk: Desk) -> None:
    desk.leave(desk.line(way=""), desk.line("ivrab12cd-1795827600.8", caller=""))
    for second in range(4):
        desk.look(second)
    first, withheld = desk.book.calls.values()
    assert (first.node, first.path, first.language) == ("main", [], "tk")
    assert withheld.caller is None


def test_a_key_that_led_out_was_no_step(desk: Desk) -> None:
    """Hung up between the key and the worker."""
    desk.leave(desk.line(way="s3760477605"))
    for second in range(4):
        desk.look(second)
    (call,) = desk.book.calls.values()
    assert [(step.node, step.key) for step in call.path] == [("main", "3"), ("info", "7")]
    assert call.node == "info"


@pytest.mark.parametrize(
    ("front", "way", "caller", "remembered"),
    [
        ("new", "s3760410000", "99365123456", {"99365123456": "tk"}),
        ("new", "s", "99365123456", {}),
        ("new", "s3760410000", "", {}),
        ("new", "s3760410000", "74951234567", {}),
        ("tk", "s3760410000", "99365123456", {}),
    ],
)
def test_the_language_that_a_stranger_chose_is_remembered(
    desk: Desk, front: str, way: str, caller: str, remembered: dict[str, str]
) -> None:
    desk.leave(desk.line(front=f"front-{desk.front}-{front}", way=way, caller=caller))
    for second in range(4):
        desk.look(second)
    assert len(desk.book.calls) == 1
    assert desk.callers.languages == remembered


@pytest.mark.parametrize(
    ("front", "language", "reason"),
    [
        ("full-70-ru", "ru", "max-calls"),
        ("full-0-", None, "cpu"),
        ("full-69-en", "en", "cpu"),
        ("full-70-xx", None, "max-calls"),
    ],
)
def test_one_call_too_many_went_to_the_agents(
    desk: Desk, front: str, language: str | None, reason: str
) -> None:
    before = refused(reason)
    desk.leave(desk.line(way="", front=front))
    for second in range(4):
        desk.look(second)
    (call,) = desk.book.calls.values()
    assert (call.language, call.reason, call.path) == (language, "overload", [])
    assert desk.book.outcomes[call.id] is Outcome.AGENT
    assert refused(reason) == before + 1


def test_a_call_that_was_not_answered_is_counted_and_not_in_the_journal(desk: Desk) -> None:
    before = refused("unanswered")
    desk.leave(*[f"ivrab12cd-1795827600.{call}|||refused-70-||{SECOND}" for call in range(3)])
    for second in range(4):
        desk.look(second)
    assert desk.book.calls == {}
    assert refused("unanswered") == before + 3


def refused(reason: str) -> float:
    found = re.search(rf'ivr_calls_refused_total{{reason="{reason}"}} (\S+)', exposition().decode())
    return float(found[1]) if found else 0.0


def test_nothing_is_read_while_it_may_still_be_written(desk: Desk) -> None:
    desk.leave(desk.line())
    desk.look(0)
    desk.look(1)
    desk.leave(desk.line("ivrab12cd-1795827600.8"))  # a new file: the first one is renamed
    assert not desk.book.calls
    for second in range(2, 6):
        desk.look(second)
    assert len(desk.book.calls) == 2


def test_a_file_stays_until_the_journal_is_written(desk: Desk) -> None:
    desk.leave(desk.line())
    desk.book.waiting = 1
    for second in range(5):
        desk.look(second)
    assert len(desk.book.calls) == 1
    assert len(list(desk.folder.iterdir())) == 1
    again = EndedCalls(
        desk.calls.folder, desk.calls.numbering, desk.book, lambda: 0, desk.calls.clock, 70, print
    )  # after a crash
    again.look()
    again.look()
    assert len(desk.book.calls) == 1
    assert list(desk.folder.iterdir()) == []


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x",
        "id|1|0890|front-{front}-tk|s|1",
        "ivr-1795827600.7|9936512;3456|0890|front-{front}-tk|s|1",
        "ivr-1795827600.7|99365123456|0890|front-000000000000-tk|s|1",
        "ivr-1795827600.7|99365123456|0890|front-{front}-ru|s|1",
        "ivr-1795827600.7|99365123456|0890|full--ru||1",
        "ivr-1795827600.7|99365123456|0890|front-{front}-tk|s999991|1",
        "ivr-1795827600.7|99365123456|0890|front-{front}-tk|s|999999999999",
        "ивр|1|0890|front-{front}-tk|s|1",
    ],
)
def test_a_line_that_is_none_is_told_without_its_number_and_keeps_nothing_back(
    desk: Desk, line: str
) -> None:
    desk.leave(line.replace("{front}", desk.front), desk.line())
    with structlog.testing.capture_logs() as logs:
        for second in range(5):
            desk.look(second)
    assert "ivrab12cd-1795827600.7" in desk.book.calls
    assert list(desk.folder.iterdir()) == []
    assert [each["event"] for each in logs] in (
        ["a call that no worker had cannot be read"],
        [],
    )
    assert "99365123456" not in str(logs)
    assert bool(logs) != (len(desk.book.calls) > 1), "told, or in the journal"


def test_before_there_is_a_front_nothing_ended_there(tmp_path: Path) -> None:
    calls = EndedCalls(
        FrontFolder(tmp_path / "none"),
        NationalNumbering(),
        Book(),
        lambda: 0,
        FixedClock(NOW),
        70,
        print,
    )
    calls.look()


@pytest.mark.parametrize("id", ["", "x", "ivr-1795827600", "ivr-a.b", "ivr-999999999999.1", "-."])
def test_an_id_without_its_time(id: str) -> None:
    assert begun_at(id) is None
