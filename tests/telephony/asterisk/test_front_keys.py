"""The questions that Asterisk asks by itself take each press once, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.flow.front import FrontQuestion
from ivr.ports import Utterance
from ivr.telephony.front import FrontFolder
from ivr.telephony.medley import Medleys
from ivr.values import Language
from tests.e2e.test_sip import until
from tests.telephony.asterisk.answering import Answering, answering
from tests.telephony.asterisk.caller import OFFER
from tests.telephony.asterisk.test_keys import KEYS

PLACE = "language=tk&release=7&node="
NAMES = (
    "RFC 4733",
    "each end packet with a timestamp of its own",
    "pressed as fast as a mobile network lets",
)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answering]:
    """After 5, 1 and 1 the front is at its end; the next key is a worker's."""
    home = tmp_path_factory.mktemp("front")
    (home / "audio").mkdir()
    said = Utterance("menu", Language.TURKMEN, "menu", (str(home / "audio" / "pause"),), 0.1)
    questions = [
        FrontQuestion(keys, ("main",) * (len(keys) + 1), (said,), "51", 6.0, f"{PLACE}main")
        for keys in ("", "5", "51", "511")
    ]
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
