"""Logs: one JSON line an event, numbers masked, no secrets, the call's id in each."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from ivr import log
from ivr.domain.values import Msisdn, Secret
from tests.logged import logged

NUMBER = "99365112233"


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Logs of the test, read back."""
    with logged(tmp_path / "logs" / "line.log") as file:
        yield lambda: [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@dataclass
class Somebody:
    number: str


def test_a_number_shows_its_last_two_digits_wherever_it_stands(
    lines: Callable[[], list[dict[str, object]]],
) -> None:
    structlog.get_logger().info(
        f"call of {NUMBER}",
        caller=Msisdn(NUMBER),
        plus=f"+{NUMBER}",
        whole=int(NUMBER),
        nested={"numbers": [NUMBER, {NUMBER: (NUMBER,)}]},
        somebody=Somebody(NUMBER),
        error=ValueError(NUMBER),
    )
    (line,) = lines()
    assert NUMBER not in json.dumps(line)
    assert "112233" not in json.dumps(line)
    assert (line["caller"], line["plus"], line["whole"]) == ("…33", "+…33", "…33")
    assert line["event"] == "call of …33"


@pytest.mark.parametrize("written", ["66 30 08 90", "66-30-08-90", "+993 66 30-08-90", "5912345"])
def test_a_number_written_in_groups_is_masked_too(
    lines: Callable[[], list[dict[str, object]]], written: str
) -> None:
    structlog.get_logger().info(f"left {written}, on 2026-11-25 at 19:00", order="12345678-9012")
    (line,) = lines()
    assert (
        line["event"]
        == f"left {'+' * written.startswith('+')}…{written[-2:]}, on 2026-11-25 at 19:00"
    )
    assert line["order"] == "12345678-9012"


def test_a_traceback_is_masked_too(lines: Callable[[], list[dict[str, object]]]) -> None:
    try:
        raise ValueError(f"no such number {NUMBER}")
    except ValueError:
        structlog.get_logger().exception("a call failed")
    (line,) = lines()
    assert "ValueError: no such number …33" in str(line["exception"])
    assert NUMBER not in json.dumps(line)


def test_logs_of_libraries_are_masked_too(lines: Callable[[], list[dict[str, object]]]) -> None:
    logging.getLogger("a.library").warning("row of %s", NUMBER)
    (line,) = lines()
    assert (line["event"], line["level"]) == ("row of …33", "warning")


def test_a_secret_shows_nothing(lines: Callable[[], list[dict[str, object]]]) -> None:
    structlog.get_logger().info("keyed", secret=Secret("4711"), nested=[Secret("4711")])
    (line,) = lines()
    assert "4711" not in json.dumps(line)
    assert line["secret"] == "Secret(…)"


def test_every_line_of_a_call_has_its_id_whole(
    lines: Callable[[], list[dict[str, object]]],
) -> None:
    with structlog.contextvars.bound_contextvars(call="ivr83aa05-1795531970.12"):
        structlog.get_logger().info("call begins", seconds=1.5, release=7, busy=False)
    structlog.get_logger().info("after")
    first, second = lines()
    assert first["call"] == "ivr83aa05-1795531970.12"
    assert (first["seconds"], first["release"], first["busy"]) == (1.5, 7, False)
    assert "call" not in second


def test_letters_of_every_language_stay_readable(
    lines: Callable[[], list[dict[str, object]]], tmp_path: Path
) -> None:
    structlog.get_logger().info("şygry манат")
    assert lines()[0]["event"] == "şygry манат"
    assert "şygry манат" in (tmp_path / "logs" / "line.log").read_text("utf-8")


def test_what_is_below_the_level_is_not_written(
    lines: Callable[[], list[dict[str, object]]],
) -> None:
    structlog.get_logger().debug("small")
    logging.getLogger("a.library").debug("small")
    structlog.get_logger().warning("large")
    assert [line["event"] for line in lines()] == ["large"]


def test_a_log_is_turned_over_at_the_size_that_is_set(tmp_path: Path) -> None:
    with logged(tmp_path / "line.log", 1_000):
        for number in range(100):
            logging.getLogger().warning("%s", f"{number} " * 20)
    files = list(tmp_path.iterdir())
    assert len(files) == 1 + log.KEPT_FILES
    assert all(file.stat().st_size <= 1_000 for file in files)


def test_a_file_of_several_processes_is_turned_over_once(tmp_path: Path) -> None:
    file = tmp_path / "line.log"
    one, two = (log.SharedFile(file, maxBytes=200, backupCount=5) for _ in range(2))
    said = [f"{number}: {'x' * 60}" for number in range(7)]
    for number, line in enumerate(said):
        record = logging.makeLogRecord({"msg": line})
        (one if number % 2 else two).emit(record)
    one.close()
    two.close()
    kept = [tmp_path / name for name in ("line.log.2", "line.log.1", "line.log")]
    assert [part.read_text().splitlines() for part in kept] == [said[:3], said[3:6], said[6:]]
    assert len(list(tmp_path.iterdir())) == 3
