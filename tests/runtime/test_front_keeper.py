"""Who keeps the front in Asterisk: what is loaded when, and how many calls it is told to take."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from ivr import editing, wiring
from ivr.front import FrontKeeper, calls_in_line
from ivr.ports import FORWARDING, Announcement, Change, Order, OrderState
from ivr.speech.audio import silence
from ivr.speech.library import Library
from ivr.telephony.ami import AmiLink
from ivr.telephony.load import Admission, Load
from ivr.telephony.processors import Spent
from ivr.values import Language, Money, Msisdn
from ivr.wiring import House
from tests.e2e.line import own_settings
from tests.speech.conftest import NotingVoice

SECONDS = 20.0
LOADED = "Reload pbx_config"


class Link(AmiLink):
    """A link whose other end answers everything with success."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 1), "", "")
        self.asked: list[str] = []
        self.value = "0"

    def action(self, name: str, **fields: str) -> Mapping[str, str]:
        self.asked.append(" ".join((name, *fields.values())))
        return {"Response": "Success", "Value": self.value}


class Kept:
    """A keeper at work."""

    def __init__(self, house: House) -> None:
        self.house, self.link = house, Link()
        self.keeper = FrontKeeper(house, self.link)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.keeper.follow, args=(self.stop,))

    def until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < deadline, self.link.asked
            time.sleep(0.02)

    def hears(self, *asked: str) -> None:
        """Wait until these were asked last."""
        self.until(lambda: self.link.asked[-len(asked) :] == list(asked))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    house = House(own_settings(tmp_path, max_calls=70, log_megabytes=0.001))
    wiring.prepare_database(house)
    editing.publish_flow(house, house.flow_file, "test")
    kept = Kept(house)
    yield kept
    kept.stop.set()
    if kept.thread.is_alive():
        kept.thread.join()


def test_it_is_loaded_whenever_asterisk_may_not_have_it(kept: Kept) -> None:
    kept.thread.start()
    current = kept.house.settings.home / "front" / "current.conf"
    kept.until(current.exists)
    assert kept.link.asked == []
    kept.link.connected.set()
    kept.hears(LOADED)
    kept.link.connected.clear()  # it is started again
    time.sleep(1.5)
    kept.link.connected.set()
    kept.hears(*[LOADED] * 2)
    before = current.read_text()
    now = kept.house.clock.now()
    words = dict.fromkeys(Language, "Tor abatlanýar.")
    kept.house.store.announcements.set(Announcement(words, now + timedelta(hours=1)), now)
    kept.until(lambda: current.read_text() != before)
    kept.hears(*[LOADED] * 4)  # calls may come: it is there before it is used
    kept.until(lambda: not kept.stop.wait(2.5))
    assert len(kept.link.asked) == 4, "what has not changed is not loaded again"


def test_what_the_live_release_has_no_sounds_for_is_made_before_a_call_needs_it(
    kept: Kept, tmp_path: Path
) -> None:
    """It lacks a text of this version; the library has no sounds of it either."""
    house = kept.house
    voice = NotingVoice(reads=False)
    house.__dict__["voice"], house.__dict__["library"] = voice, Library(tmp_path / "no cache")
    live = house.store.releases.live()
    assert live is not None
    stored = house.store.releases.get(live)
    assert stored is not None
    parts = json.loads(stored.document)
    for language in Language:
        words = parts["speech"]["texts"]["words"][language].pop("goodbye")
        del parts["speech"]["audio"]["pieces"][language][words]
    for sounds in parts["speech"]["audio"]["pieces"].values():
        for hash, *_ in sounds.values():
            house.library.keep(hash, silence(0.1))
    house.store.releases.publish(json.dumps(parts), "an earlier version", house.clock.now())
    kept.thread.start()
    lent = {(language, house.texts.by_language[language]["goodbye"]) for language in Language}
    kept.until(lambda: lent <= set(voice.given))


def test_callers_for_whom_something_is_held_are_left_to_the_workers(kept: Kept) -> None:
    kept.link.connected.set()
    kept.thread.start()
    file = kept.house.settings.home / "front" / "held.conf"
    kept.until(file.exists)
    assert file.read_text() == ""
    now = kept.house.clock.now()
    number = Msisdn("99365123456")
    held = Order(
        id="held",
        external_id="c:1",
        number=number,
        changes=(Change(FORWARDING, True, (("always", "99361000000"),)),),
        once=Money(0),
        state=OrderState.HELD,
        ordered=now,
        due=now + timedelta(days=1),
    )
    reloads = kept.link.asked.count(LOADED)
    kept.house.store.orders.write(held)
    kept.until(lambda: number in file.read_text())
    kept.until(lambda: kept.link.asked.count(LOADED) > reloads)
    kept.house.store.orders.stop("held", now, "call x")
    kept.until(lambda: file.read_text() == "")


def test_a_busy_machine_lets_fewer_calls_in_until_it_is_not(kept: Kept) -> None:
    busy = threading.Event()
    passed, worked = 0, 0

    def spent() -> Spent:
        nonlocal passed, worked
        passed, worked = passed + 100, worked + 100 * busy.is_set()
        return Spent(worked, passed - worked, passed)

    kept.keeper.admission = Admission(35, 80, Load(spent))
    most = kept.house.settings.home / "front" / "most"
    kept.link.value = "40"
    kept.link.connected.set()
    kept.thread.start()
    kept.until(lambda: most.exists() and most.read_text() == "35")
    busy.set()
    kept.until(lambda: most.read_text() == "32")
    busy.clear()
    kept.until(lambda: most.read_text() == "35")


def test_the_log_of_asterisk_is_turned_over_when_it_is_large(kept: Kept) -> None:
    log = kept.house.settings.home / "logs" / "asterisk.log"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(b"x" * kept.house.settings.log_bytes)
    kept.link.connected.set()
    kept.thread.start()
    kept.hears(LOADED)
    kept.until(lambda: not kept.stop.wait(1.5))
    assert "LoggerRotate" not in kept.link.asked, "it is not too large yet"
    log.write_bytes(b"x" * (kept.house.settings.log_bytes + 1))
    kept.until(lambda: "LoggerRotate" in kept.link.asked)


def test_what_cannot_be_written_is_told_once(kept: Kept) -> None:
    (kept.house.settings.home / "front").write_text("no folder")
    with structlog.testing.capture_logs() as logs:
        kept.thread.start()
        kept.until(lambda: any("not written" in line["event"] for line in logs))
        kept.until(lambda: not kept.stop.wait(4.5))
    told = [line for line in logs if line["event"] == "the front is not written"]
    assert len(told) == 1
    assert kept.thread.is_alive()


@pytest.mark.parametrize(
    ("value", "calls"),
    [("", 0), ("0", 0), ("41", 41)],
)
def test_the_calls_in_menus_are_counted(value: str, calls: int) -> None:
    link = Link()
    link.value = value
    assert calls_in_line(link) == calls
