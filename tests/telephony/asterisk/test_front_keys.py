"""The questions that Asterisk asks by itself take each press once, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.flow.front import FrontQuestion
from ivr.telephony.front import FrontFolder
from ivr.telephony.medley import Medleys
from tests.telephony.asterisk.answering import Answering, answering
from tests.telephony.asterisk.caller import OFFER
from tests.telephony.asterisk.test_keys import KEYS
from tests.waiting import until

PLACE = "language=tk&release=7&node="
NAMES = (
    "RFC 4733",
    "each end packet with a timestamp of its own",
    "pressed as fast as a mobile network lets",
)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answering]:
    """After 5, 1 and 1 the front is at its end; the next key is a worker's. The second question
    has options, which take two seconds."""
    home = tmp_path_factory.mktemp("front")
    (home / "audio").mkdir()
    said = Utterance("menu", Language.TURKMEN, "menu", (str(home / "audio" / "pause"),), 0.1)
    (home / "audio" / "options.alaw").write_bytes(b"\xd5" * 16_000)
    late = replace(said, key="options", sounds=(str(home / "audio" / "options"),), seconds=2.0)
    questions = [
        FrontQuestion(keys, ("main",) * (len(keys) + 1), (said,), "51", 6.0, f"{PLACE}main")
        for keys in ("", "5", "51", "511")
    ]
    questions[1] = replace(questions[1], options=(late,), seconds=3.0)
    folder = FrontFolder(home / "front")
    folder.write(dict.fromkeys(Language, questions), Medleys(home / "audio" / "medleys"), str)
    with answering(home, front=True) as line:
        yield line


@pytest.mark.parametrize("name", NAMES)
def test_each_press_is_one_key(line: Answering, name: str) -> None:
    offer, press, _ = KEYS[name]
    with line.caller() as caller:
        line.asterisk.command(f"database put language {caller.number} tk")
        assert caller.ring(offer=offer or OFFER) == 200
        caller.pause(0.3)
        press(caller)
        told = line.heard(caller.number)
    keys = re.fullmatch(r"[a-z+]+:s(.)\d{4}(.)\d{4}(.)\d{4}\d{4}", told.way)  # # ends a question
    assert keys is not None, told
    assert "".join(keys.groups()) == "511"


@pytest.mark.parametrize(
    "pause", [0.5, 2.6, 3.9], ids=["before the options", "during them", "behind them"]
)
def test_a_key_counts_whenever_it_is_pressed(line: Answering, pause: float) -> None:
    with line.caller() as caller:
        line.asterisk.command(f"database put language {caller.number} tk")
        assert caller.ring() == 200
        caller.pause(0.3)
        caller.event("5")
        caller.pause(pause)
        for key in "11#":
            caller.event(key)
            caller.pause(0.3)
        told = line.heard(caller.number)
    assert re.fullmatch(r"[a-z+]+:s5\d{4}1\d{4}1\d{4}\d{4}", told.way), told


@pytest.mark.parametrize(("key", "pause"), [("#", 0.5), ("#", 2.6), ("7", 2.6), ("", 8.0)])
def test_any_other_key_and_silence_to_the_end_are_a_workers(
    line: Answering, key: str, pause: float
) -> None:
    with line.caller() as caller:
        line.asterisk.command(f"database put language {caller.number} tk")
        assert caller.ring() == 200
        caller.pause(0.3)
        caller.event("5")
        caller.pause(pause)
        if key:
            caller.event(key)
        caller.pause(0.5)
    told = line.heard(caller.number)
    assert re.fullmatch(rf"main\+main:s5\d{{4}}{key.strip('#')}\d{{4}}", told.way), told


def test_a_caller_who_hangs_up_there_is_told_of(line: Answering) -> None:
    ended: Path = line.settings.home / "front" / "ended"
    with line.caller() as caller:
        line.asterisk.command(f"database put language {caller.number} tk")
        assert caller.ring() == 200
        caller.pause(0.3)
        caller.event("5")
        caller.pause(0.1)
    until(lambda: re.search(r"\|front-\w{12}-tk\|s5[0-9]{4}\|", written(ended)))


def written(folder: Path) -> str:
    return "".join(file.read_text() for file in folder.iterdir())
