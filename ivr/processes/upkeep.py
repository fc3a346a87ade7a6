"""Upkeep of a line: the bound for new calls, Asterisk's log, sounds, old checkpoints.

One process of a line does this: ``ivr line-health``. While it does not run, the bound that was
written last stays in force.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field

import structlog

from ivr.errors import IvrError, TemporarilyUnavailable
from ivr.flow.release import Release
from ivr.speech.prompts import SpokenPrompts
from ivr.telephony.admission import Admission, BoundFile, Load, calls_in_line
from ivr.telephony.ami import AmiLink
from ivr.telephony.asterisklog import AsteriskLog
from ivr.telephony.checkpoints import CheckpointStore
from ivr.telephony.processors import Processors
from ivr.wiring import telephony
from ivr.wiring.container import Container

log = structlog.get_logger()

LOOK_SECONDS = 0.5
LOOKS_TO_FOLLOW = 4
"""Looks between two checks which release is live."""
LOOKS_TO_SWEEP = 7200
"""Looks, an hour, between two searches for checkpoints of calls that have ended."""


@dataclass
class Upkeep:
    """Used by one thread. ``link`` need not be up: work for Asterisk waits until it is."""

    container: Container
    link: AmiLink
    root: int = field(default_factory=os.getpid)
    """The line's first process. The load is the work of this process and its descendants."""
    admission: Admission = field(init=False)
    """How many calls Asterisk lets in."""
    _prepared: Release | None = None
    """The release whose sounds have been made, or are being made."""
    _failure: str = ""
    """The last error while reading the live release."""
    _written: int | None = None
    """The bound that was written last."""
    _looks: int = 0

    def __post_init__(self) -> None:
        settings = self.container.settings
        processors = Processors(settings.home, self.root)
        self.admission = Admission(settings.max_calls, settings.shed_cpu, Load(processors.spent))
        self._bound = BoundFile(settings.home)
        self._checkpoints = CheckpointStore(settings.home / "places")
        self._log = AsteriskLog(
            settings.home / "logs" / "asterisk.log",
            settings.log_bytes,
            lambda: self._ask("LoggerRotate"),
        )

    def follow(self, stop: threading.Event) -> None:
        """Call ``look`` regularly until ``stop``."""
        while not stop.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Do what is due. Call this twice a second."""
        if self._looks % LOOKS_TO_FOLLOW == 0:
            self._follow()
        if self._looks % LOOKS_TO_SWEEP == 0:
            self._checkpoints.sweep()
        self._looks += 1
        self._tell()

    def _follow(self) -> None:
        """Follow the live release, and make its missing sounds before a call needs them."""
        failure = ""
        try:
            self.container.release_cache.refresh()
            self.container.announcement_cache.refresh()
            live = self.container.release_cache.live()
            if live is not self._prepared:
                self._prepared = live
                threading.Thread(
                    target=self._prepare, args=(live,), name="sounds", daemon=True
                ).start()
        except IvrError as error:
            failure = str(error)
        if failure and failure != self._failure:
            log.error("the live release cannot be read", reason=failure)
        self._failure = failure

    def _prepare(self, live: Release) -> None:
        if isinstance(live.prompts, SpokenPrompts):
            live.prompts.prepare()
        telephony.concatenate(self.container, live)

    def _tell(self) -> None:
        """Write the bound, and have Asterisk's log rotated."""
        if not self.link.connected.is_set():
            return
        try:
            self.admission.look(lambda: calls_in_line(self.link))
            if self._written != self.admission.most:
                self._bound.write(self.admission.most)
                self._written = self.admission.most
            self._log.look()
        except (TemporarilyUnavailable, OSError):
            return  # the next call tries again

    def _ask(self, action: str, **fields: str) -> None:
        if self.link.action(action, **fields)["Response"] != "Success":
            raise TemporarilyUnavailable("asterisk", f"it refuses the action {action}")
