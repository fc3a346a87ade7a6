"""The front in Asterisk's files, what calls leave there, and who goes on with a call from it."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from ivr.care.numbering import NationalNumbering
from ivr.domain.dialogue import OPTIONS_AFTER, Utterance
from ivr.domain.values import Language, Msisdn
from ivr.flow.front import FrontQuestion
from ivr.telephony.front import KEPT_SECONDS, LONGEST_SOUNDS, STRANGERS, FrontFolder
from ivr.telephony.lock import ANY_CALL
from ivr.telephony.medley import Medleys
from ivr.telephony.trunks import CLEAN_CALLER, NUMBERS
from tests.telephony.house import House
from tests.telephony.scripted import LOCK, header

PLACE = "language=tk&release=7&node="


def question(
    keys: str = "", *sounds: str, place: str = "", options: tuple[str, ...] = ()
) -> FrontQuestion:
    nodes = ("main", "info", "info-news/item-1")[: len(keys) + 1]
    said = Utterance("menu", Language.TURKMEN, "", sounds or ("/audio/menu",), 1.0)
    node = nodes[-1].partition("/")[0]
    news = "&goals=info/news" if len(keys) == 2 else ""
    late = tuple(Utterance("after", Language.TURKMEN, "", (sound,), 1.0) for sound in options)
    at = place or f"{PLACE}{node}{news}"
    return FrontQuestion(keys, nodes, (said,), "13", 6.0, at, late)


FRONT = [question(), question("3"), question("31")]


@pytest.fixture
def folder(tmp_path: Path) -> FrontFolder:
    return FrontFolder(tmp_path / "front")


def sealed(place: str) -> str:
    return LOCK.seal(ANY_CALL, place)


@pytest.fixture
def medleys(tmp_path: Path) -> Medleys:
    return Medleys(tmp_path / "medleys")


def current(folder: FrontFolder) -> str:
    text = (folder.path / "current.conf").read_text()
    found = re.fullmatch(r"\[globals\]\(\+\)\nIVR_FRONT = (.*)\n", text)
    assert found, text
    return found[1]


def test_each_question_is_an_extension_called_as_callers_come_to_it(
    folder: FrontFolder, medleys: Medleys
) -> None:
    name = folder.write({Language.TURKMEN: FRONT}, medleys, sealed)
    text = (folder.path / f"{name}.conf").read_text()
    context = text.partition(f"[front-{name}-tk]")[2].partition("[")[0]
    assert re.findall(r"exten => (\w+),1,(\S+)", context) == [
        ("s", "Read(IVR_KEY,/audio/menu,1,,1,6)"),
        ("_s3XXXX", "Read(IVR_KEY,/audio/menu,1,,1,6)"),
        ("_s3XXXX1XXXX", "Read(IVR_KEY,/audio/menu,1,,1,6)"),
    ]
    assert "Set(IVR_WAY=main+info:${CHANNEL(userfield)})" in context
    assert f"Set(CHANNEL(userfield)={sealed(f'{PLACE}info')})" in context
    assert current(folder) == f"{name}-"


def test_options_are_a_second_question_to_who_is_silent(
    folder: FrontFolder, medleys: Medleys
) -> None:
    front = [question(), question("3", options=("/audio/late", "/audio/after"))]
    name = folder.write({Language.TURKMEN: front}, medleys, sealed)
    context = (folder.path / f"{name}.conf").read_text().partition("exten => _s3XXXX,1,")[2]
    first, second, third, fourth = context.splitlines()[:4]
    assert first == f"Read(IVR_KEY,/audio/menu,1,,1,{OPTIONS_AFTER:g})"
    assert second == ' same => n,GotoIf($["${READSTATUS}" != "TIMEOUT"]?answered)'
    assert third == " same => n,Read(IVR_KEY,/audio/late&/audio/after,1,,1,6)"
    assert fourth == " same => n(answered),Gosub(told,1)"
    same = [question(), question("3", options=("/audio/late",))]
    assert folder.write({Language.TURKMEN: same}, medleys, sealed) != name


def test_options_that_asterisk_could_not_read_are_a_workers(
    folder: FrontFolder, medleys: Medleys
) -> None:
    front = [question(), question("3", options=("/a,b",)), question("31")]
    name = folder.write({Language.TURKMEN: front}, medleys, sealed)
    assert "_s3XXXX" not in (folder.path / f"{name}.conf").read_text()


def test_callers_of_other_languages_come_to_a_worker(folder: FrontFolder, medleys: Medleys) -> None:
    name = folder.write({Language.TURKMEN: FRONT}, medleys, sealed)
    text = (folder.path / f"{name}.conf").read_text()
    for language in ("ru", "en", "new"):
        context = text.partition(f"[front-{name}-{language}]")[2].partition("[")[0]
        assert "exten => s,1,Goto(line,s,1)" in context, language
    unknown = text.partition(f"[front-{name}-]")[2]
    assert unknown.strip() == "exten => s,1,Goto(stranger,s,1)"


def test_the_language_that_a_stranger_chooses_is_noted_once(
    folder: FrontFolder, medleys: Medleys
) -> None:
    front = [question(place="release=7&node=language"), question("3"), question("31")]
    name = folder.write({STRANGERS: front}, medleys, sealed)
    text = (folder.path / f"{name}.conf").read_text()
    context = text.partition(f"[front-{name}-new]")[2].partition("\n[")[0]
    assert re.findall(r"exten => (\w+),1,(\w+)", context) == [
        ("s", "Read"),
        ("_s3XXXX", "Set"),
        ("_s3XXXX1XXXX", "Read"),
    ]
    (noted,) = re.findall(r"\?(DB\(.*\)):IVR_CHOSEN\)}=tk\)\n", context)
    assert noted == "DB(language/${FILTER(0-9,${CALLERID(num)})})"
    assert folder.read(name)[STRANGERS]["3"].place == f"{PLACE}info"


def test_the_same_front_has_the_same_name_and_another_has_another(
    folder: FrontFolder, medleys: Medleys
) -> None:
    first = folder.write({Language.TURKMEN: FRONT}, medleys, sealed)
    assert folder.write({Language.TURKMEN: FRONT}, medleys, sealed) == first
    other = folder.write({Language.TURKMEN: FRONT[:2]}, medleys, sealed)
    assert other != first
    assert current(folder) == f"{other}-"
    assert (folder.path / f"{first}.conf").exists(), "calls that began in it are still there"


def test_a_front_that_nobody_can_be_in_any_more_goes(folder: FrontFolder, medleys: Medleys) -> None:
    first = folder.write({Language.TURKMEN: FRONT}, medleys, sealed)
    then = time.time() - KEPT_SECONDS - 60
    for file in folder.path.glob(f"{first}.*"):
        os.utime(file, (then, then))
    other = folder.write({Language.TURKMEN: FRONT[:2]}, medleys, sealed)
    names = {file.name for file in folder.path.iterdir() if file.is_file()}
    assert names == {"current.conf", f"{other}.conf", f"{other}.json"}


def test_without_a_front_new_calls_are_a_workers(folder: FrontFolder, medleys: Medleys) -> None:
    folder.clear()
    assert current(folder) == ""
    folder.write({Language.TURKMEN: FRONT}, medleys, sealed)
    folder.clear()
    assert current(folder) == ""


@pytest.mark.parametrize(
    "sound",
    ["/a,b", "/a&b", "/a${X}", "/a;b", '/a"b', "/a(b", "/a\nexten", "/" + "a" * LONGEST_SOUNDS],
)
def test_what_asterisk_could_not_read_is_left_to_a_worker_with_all_behind_it(
    folder: FrontFolder, medleys: Medleys, sound: str
) -> None:
    front = [question(), question("3", sound), question("31")]
    name = folder.write({Language.TURKMEN: front}, medleys, sealed)
    text = (folder.path / f"{name}.conf").read_text()
    assert "exten => s,1,Read(IVR_KEY,/audio/menu,1,,1,6)" in text
    assert sound not in text
    assert "_s3XXXX" not in text


def test_a_place_that_asterisk_could_not_read_is_none(
    folder: FrontFolder, medleys: Medleys
) -> None:
    name = folder.write({Language.TURKMEN: [question(place="node=a,b")]}, medleys, sealed)
    assert "Read" not in (folder.path / f"{name}.conf").read_text()


@pytest.mark.parametrize("name", ["../x", "0123456789ab", ""])
def test_a_front_that_is_not_there(folder: FrontFolder, name: str) -> None:
    with pytest.raises(KeyError):
        folder.read(name)


def from_front(**given: str) -> bytes:
    """The header of a call that comes from the front."""
    values = {
        "IVR_PLACE": sealed(f"{PLACE}info"),
        "IVR_WAY": "main+info:s376047605",
        "IVR_READ": "OK",
        **given,
    }
    return header(**values)


@pytest.mark.parametrize(
    ("given", "keys", "plays"),
    [
        ({"IVR_KEY": "1"}, "", 0),
        ({"IVR_KEY": "5"}, "", 0),
        ({"IVR_KEY": "*"}, "", 0),
        ({}, "", 0),
        ({"IVR_READ": "TIMEOUT"}, "", 0),
        ({"IVR_READ": "ERROR"}, "2", 1),
        ({"IVR_WAY": "", "IVR_KEY": "1"}, "2", 1),
    ],
)
def test_who_has_answered_is_not_asked_again(
    house: House, given: dict[str, str], keys: str, plays: int
) -> None:
    expected = given.get("IVR_KEY") or ("#" if not given else None)
    if plays:
        expected = "2"
    house.release.set()
    with house.ring(keys or "-", header=from_front(**given)) as asterisk:
        assert asterisk.ended.wait(10)
    assert house.keys == [expected]
    assert len(asterisk.heard) == plays


def test_a_call_that_goes_to_the_agents_comes_back_without_its_way(house: House) -> None:
    with house.ring("-", header=from_front(IVR_KEY="1")) as asterisk:
        assert asterisk.ended.wait(10)
    assert asterisk.variables["IVR_WAY"] == ""


def test_callers_for_whom_something_is_held_come_to_a_worker(
    folder: FrontFolder, medleys: Medleys
) -> None:
    folder.hold([Msisdn("99365123456")])
    file = folder.path / "held.conf"
    text = file.read_text()
    assert text.startswith("[from-trunk](+)\n")
    found = re.findall(
        r"^exten => ([+\d]+)/([+\d]+),1,Set\((.+)\)\n same => n,Goto\(held,s,1\)$",
        text,
        re.M,
    )
    assert len(found) == text.count("exten =>")
    assert {dialled for dialled, *_ in found} == set(NUMBERS)
    numbering = NationalNumbering()
    callers = {caller for _, caller, _ in found}
    assert {first for *_, first in found} == {CLEAN_CALLER}
    assert {numbering.parse(each) for each in callers} == {"99365123456"}
    assert {"99365123456", "+99365123456", "65123456", "865123456"} <= callers
    os.utime(file, (1, 1))
    folder.write({Language.TURKMEN: FRONT}, medleys, sealed)
    assert file.exists()
    folder.hold([])
    assert file.read_text() == ""
