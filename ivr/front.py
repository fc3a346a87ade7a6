"""Keeps the front of the live release in Asterisk, and the journal of the calls that ended in it.

One process of a line does so: that of ``ivr up``, or the one beside the workers that takes no call.
While it is away, the front stays as it is. The same process has Asterisk's log turned over.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from ivr.errors import IvrError, TemporarilyUnavailable
from ivr.flow.front import FrontQuestion, front_of
from ivr.flow.release import Release
from ivr.speech.prompts import SpokenPrompts
from ivr.telephony.ami import AmiLink
from ivr.telephony.asterisklog import AsteriskLog
from ivr.telephony.ended import EndedCalls
from ivr.telephony.front import NONE, STRANGERS, FrontFolder
from ivr.telephony.load import Admission, Load
from ivr.telephony.lock import ANY_CALL
from ivr.telephony.medley import Medleys
from ivr.telephony.processors import Processors
from ivr.telephony.trunks import read_numbers, usual_numbers
from ivr.values import Msisdn
from ivr.wiring import House

log = structlog.get_logger()

LOOK_SECONDS = 0.5
BOOK_SECONDS = 2.0
"""How often it looks which calls have ended."""
FOLLOW_SECONDS = 2.0
"""How often it looks what is live."""
MOST_HELD = 1000
"""Callers who can be told of a held change before the menu; others hear of it behind it."""


@dataclass
class FrontKeeper:
    """For one thread. ``link`` need not be up: what is written then is loaded when it is."""

    house: House
    link: AmiLink
    root: int = field(default_factory=os.getpid)
    """The line's first process: its work, and that of all below it, is weighed."""
    admission: Admission = field(init=False)
    """How many calls Asterisk lets in."""
    _folder: FrontFolder = field(init=False)
    _told: object = None
    """What the front that was written last is of."""
    _prepared: Release | None = None
    """The release whose sounds are all there, or are being made."""
    _held: frozenset[Msisdn] | None = None
    _unused: str = NONE
    """The front that Asterisk loads before new calls come to it."""
    _is_loaded: bool = False
    _failure: str = ""
    """Why it was not written, the last time."""
    _told_most: int | None = None
    """How many calls Asterisk was told to let in; None: it has not been told."""
    _log: AsteriskLog = field(init=False)

    def __post_init__(self) -> None:
        numbers = usual_numbers(read_numbers(self.house.settings.numbers))
        self._folder = FrontFolder(self.house.settings.home / "front", numbers)
        self._medleys = Medleys(self.house.settings.home / "audio" / "medleys")
        settings = self.house.settings
        processors = Processors(settings.home, self.root)
        self.admission = Admission(settings.max_calls, settings.shed_cpu, Load(processors.spent))
        self._log = AsteriskLog(
            settings.home / "logs" / "asterisk.log",
            settings.log_bytes,
            lambda: self._ask("LoggerRotate"),
        )

    def write(self) -> None:
        """Write the front of what is live, if it is not there already. OSError: it cannot be."""
        house = self.house
        live = house.shelf.live()
        information = live.care.information
        today = house.clock.local().date()  # also so that its sounds are never long unused
        told = live.number, information.announcement(), information.news(), today
        if told == self._told:
            return
        self._is_loaded = False
        if house.settings.front:
            fronts: dict[str, list[FrontQuestion]] = {
                each: front_of(live, house.clock, each) for each in live.flow.languages
            }
            fronts[STRANGERS] = front_of(live, house.clock, None)
            lock, calls = house.port_lock, self.link.connected.is_set()
            name = self._folder.write(
                fronts,
                self._medleys,
                lambda place: lock.seal(ANY_CALL, place),
                use=not calls,
            )
            self._unused = name if calls else NONE
        else:
            name = self._unused = self._folder.clear()
        self._told = told
        log.info("the front is written", front=name, release=live.number)

    def follow(self, stop: threading.Event) -> None:
        """Keep all of it as it should be, until ``stop``."""
        looks = 0
        every = int(FOLLOW_SECONDS / LOOK_SECONDS)
        while not stop.wait(LOOK_SECONDS):
            if looks % every == 0:
                self._follow()
            looks += 1
            self._tell()

    def _follow(self) -> None:
        failure = ""
        try:
            self.house.shelf.refresh()
            self.house.board.refresh()
            self.write()
            self._prepare()
            self._hold()
        except IvrError as error:
            failure = str(error)
        except OSError as error:
            failure = f"{error.filename}: {error.strerror}"
        if failure and failure != self._failure:
            log.error("the front is not written", reason=failure)
        self._failure = failure

    def _prepare(self) -> None:
        """What the live release has no sounds for is made before a call needs it."""
        live = self.house.shelf.live()
        if live is not self._prepared and isinstance(live.prompts, SpokenPrompts):
            self._prepared = live
            threading.Thread(target=live.prompts.prepare, name="sounds", daemon=True).start()

    def _hold(self) -> None:
        """Callers for whom a change is held hear of it first, from a worker."""
        ever = datetime.max.replace(tzinfo=UTC)
        held = frozenset(each.number for each in self.house.store.orders.due(ever, MOST_HELD))
        if held != self._held:
            self._folder.hold(held)
            self._held, self._is_loaded = held, False

    def _tell(self) -> None:
        """What Asterisk does not know yet."""
        if not self.link.connected.is_set():
            self._is_loaded = False
            return
        try:
            if not self._is_loaded:
                self._ask("Reload", Module="pbx_config")
                if self._unused:
                    self._folder.use(self._unused)
                    self._ask("Reload", Module="pbx_config")
                    self._unused = NONE
                self._is_loaded = True
            self.admission.look(lambda: calls_in_line(self.link))
            if self._told_most != self.admission.most:
                self._folder.admit(self.admission.most)
                self._told_most = self.admission.most
            self._log.look()
        except (TemporarilyUnavailable, OSError):
            return  # the next look tries again

    def _ask(self, action: str, **fields: str) -> None:
        if self.link.action(action, **fields)["Response"] != "Success":
            raise TemporarilyUnavailable("asterisk", f"it refuses the action {action}")


def calls_in_line(link: AmiLink) -> int:
    """Callers in menus, those whom Asterisk asks by itself and those whom the workers have.

    TemporarilyUnavailable without the link.
    """
    counted = link.action("Getvar", Variable="GROUP_COUNT(line)").get("Value", "")
    return int(counted) if counted.isdecimal() else 0


def book_ended_calls(house: House, stop: threading.Event) -> None:
    """Write the journal of the calls that ended in the front, until ``stop``."""
    journal = house.new_journal()
    ended = EndedCalls(
        FrontFolder(house.settings.home / "front"),
        house.numbering,
        journal,
        lambda: journal.waiting,
        house.clock,
        house.settings.max_calls,
        journal.remember,
    )
    while not stop.wait(BOOK_SECONDS):
        try:
            ended.look()
        except OSError as error:
            log.error("calls that ended in the front are not read", reason=str(error.strerror))
            stop.wait(FOLLOW_SECONDS)
    journal.close()
