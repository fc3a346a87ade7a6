"""What runs beside the calls: the bound for new ones, Asterisk's log, sounds, old checkpoints."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import structlog

from ivr.domain.values import Language
from ivr.processes.upkeep import LOOKS_TO_FOLLOW, LOOKS_TO_SWEEP, Upkeep
from ivr.speech.audio import silence
from ivr.speech.library import Library
from ivr.telephony.admission import Admission, BoundFile, Load, calls_in_line
from ivr.telephony.ami import AmiLink
from ivr.telephony.checkpoints import ABANDONED_SECONDS
from ivr.telephony.processors import Spent
from ivr.testing.acting import by
from ivr.wiring.container import Container, prepare_database
from tests.e2e.installation import own_settings
from tests.publishing import publish
from tests.speech.conftest import NotingVoice


class Link(AmiLink):
    """A link whose other end answers everything with success."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 1), "", "")
        self.asked: list[str] = []
        self.value = "0"

    def action(self, name: str, **fields: str) -> Mapping[str, str]:
        self.asked.append(" ".join((name, *fields.values())))
        return {"Response": "Success", "Value": self.value}


@pytest.fixture
def container(tmp_path: Path) -> Container:
    container = Container(own_settings(tmp_path, max_calls=70, log_megabytes=0.001))
    prepare_database(container)
    return container


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def upkeep(container: Container, link: Link) -> Iterator[Upkeep]:
    yield Upkeep(container, link)
    join()


def join() -> None:
    """Wait for the sounds that are being made."""
    for thread in threading.enumerate():
        if thread.name == "sounds":
            thread.join()


def test_the_bound_is_written_once_asterisk_is_there(
    upkeep: Upkeep, link: Link, container: Container
) -> None:
    bound = BoundFile(container.settings.home).path
    upkeep.look()
    assert not bound.exists()
    link.connected.set()
    upkeep.look()
    assert bound.read_text() == "70"
    bound.write_text("kept")
    upkeep.look()
    assert bound.read_text() == "kept", "what has not changed is not written again"
    assert link.asked == []


def test_a_busy_machine_lets_fewer_calls_in_until_it_is_not(
    upkeep: Upkeep, link: Link, container: Container
) -> None:
    now, passed, worked, is_busy = 0.0, 0, 0, False

    def spent() -> Spent:
        nonlocal passed, worked
        passed, worked = passed + 100, worked + 100 * is_busy
        return Spent(worked, passed - worked, passed)

    def looks(times: int) -> str:
        nonlocal now
        for _ in range(times):
            now += 0.5
            upkeep.look()
        return BoundFile(container.settings.home).path.read_text()

    upkeep.admission = Admission(35, 80, Load(spent, lambda: now))
    link.value = "40"
    link.connected.set()
    assert looks(3) == "35"
    assert not upkeep.admission.is_shedding
    is_busy = True
    assert looks(4) == "32"
    assert upkeep.admission.is_shedding
    is_busy = False
    assert looks(8) == "35"


def test_the_log_of_asterisk_is_turned_over_when_it_is_large(
    upkeep: Upkeep, link: Link, container: Container
) -> None:
    log = container.settings.home / "logs" / "asterisk.log"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(b"x" * container.settings.log_bytes)
    link.connected.set()
    upkeep.look()
    assert link.asked == [], "it is not too large yet"
    log.write_bytes(b"x" * (container.settings.log_bytes + 1))
    upkeep.look()
    assert link.asked == ["LoggerRotate"]


def test_checkpoints_of_calls_that_have_ended_are_swept_every_hour(
    upkeep: Upkeep, container: Container
) -> None:
    old = container.settings.home / "places" / "old"

    def leave() -> None:
        old.touch()
        then = time.time() - ABANDONED_SECONDS - 60
        os.utime(old, (then, then))

    leave()
    upkeep.look()
    assert not old.exists()
    leave()
    upkeep._looks = LOOKS_TO_SWEEP - 1
    upkeep.look()
    assert old.exists()
    upkeep.look()
    assert not old.exists()


def test_without_a_release_the_line_goes_on_and_says_so_once(upkeep: Upkeep) -> None:
    with structlog.testing.capture_logs() as logs:
        for _ in range(3 * LOOKS_TO_FOLLOW):
            upkeep.look()
    assert [line["event"] for line in logs] == ["the live release cannot be read"]


def test_publishing_concatenates_prompts_and_upkeep_those_that_are_missing(
    upkeep: Upkeep, container: Container
) -> None:
    publish(container)
    folder = container.settings.home / "audio" / "concatenated"
    made = {file.name for file in folder.iterdir()}
    assert len(made) > 300
    for file in folder.iterdir():
        file.unlink()
    upkeep.look()
    join()
    assert {file.name for file in folder.iterdir()} == made


def test_what_the_live_release_has_no_sounds_for_is_made_before_a_call_needs_it(
    upkeep: Upkeep, container: Container, tmp_path: Path
) -> None:
    """It lacks a text of this version; the library has no sounds of it either."""
    publish(container)
    voice = NotingVoice(reads=False)
    container.__dict__["voice"], container.__dict__["library"] = (
        voice,
        Library(tmp_path / "no cache"),
    )
    live = container.store.releases.live()
    assert live is not None
    stored = container.store.releases.get(live)
    assert stored is not None
    parts = json.loads(stored.document)
    for language in Language:
        words = parts["speech"]["texts"]["words"][language].pop("goodbye")
        del parts["speech"]["audio"]["pieces"][language][words]
    for sounds in parts["speech"]["audio"]["pieces"].values():
        for hash, *_ in sounds.values():
            container.library.keep(hash, silence(0.1))
    container.store.releases.publish(
        *by("an earlier version"), json.dumps(parts), container.clock.now()
    )
    upkeep.look()
    join()
    lent = {
        (language, container.folder.texts().by_language[language]["goodbye"])
        for language in Language
    }
    assert lent <= set(voice.given)


@pytest.mark.parametrize(("value", "calls"), [("", 0), ("0", 0), ("41", 41)])
def test_the_calls_in_menus_are_counted(link: Link, value: str, calls: int) -> None:
    link.value = value
    assert calls_in_line(link) == calls
