"""In-memory cache of the releases that calls use.

A release is immutable; the live pointer names one, and a rollback moves the pointer. A call keeps
the release that it began with. If a new release does not load, the old one stays in use.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from ivr.content.model import WAY_BACK, Document
from ivr.errors import FlowBroken, IvrError, Unusable
from ivr.flow.document import Flow
from ivr.flow.release import Release
from ivr.ports.care import Care
from ivr.ports.content import Releases
from ivr.ports.dialogue import Prompts
from ivr.ports.runner import Runner, inline

log = structlog.get_logger()

KEPT = 8
"""Most releases in memory, for the calls that began with them."""


def stored_document(releases: Releases, number: int) -> Document:
    """Return the stored document of a release. FlowBroken: it does not exist or is damaged."""
    stored = releases.get(number)
    if stored is None:
        raise FlowBroken(f"there is no release {number}: {WAY_BACK}")
    try:
        document = json.loads(stored.document)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise FlowBroken(f"release {number} is damaged: {WAY_BACK}")
    return document


@dataclass
class ReleaseCache:
    """The releases that calls use, in memory; ``refresh`` reads the live pointer."""

    releases: Releases
    build: Callable[[Document, str], tuple[Flow, Prompts, Care]]
    """Builds flow, prompts and care from a release's document and its name; raises FlowBroken if
    the document is damaged."""
    run: Runner = inline
    """Loads an old release for a call that began with it."""
    _kept: OrderedDict[int, Release] = field(default_factory=OrderedDict)
    _live: Release | None = None
    _broken: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def live(self) -> Release:
        """Return the release for new calls. Unusable: nothing is published."""
        if self._live is None:
            self.refresh()
        if self._live is None:
            raise Unusable("nothing is published yet: run `ivr flow publish`")
        return self._live

    def get(self, number: int) -> Release:
        """Return the release that a resumed call began with; if it does not load, the live one."""
        live = self.live()
        if number == live.number:
            return live
        try:
            return self.run(self.load, number)
        except IvrError as error:
            log.warning("a call continues with the live release", wanted=number, reason=str(error))
            return live

    def refresh(self) -> None:
        """Follow the live pointer. On any error the old release stays in use."""
        try:
            number = self.releases.live()
            if number is None or (self._live and self._live.number == number):
                return
            if number != self._broken:
                self._live = self.load(number)
                log.info("release is live", release=number)
        except FlowBroken as error:
            self._broken = number
            if self._live is None:
                raise
            log.error(
                "a release cannot be loaded: the previous one stays in use", reason=str(error)
            )
        except IvrError as error:
            if self._live is None:
                raise
            log.warning("the live release cannot be read now", reason=str(error))

    def load(self, number: int) -> Release:
        """Load a release and make its missing sounds. FlowBroken: it cannot be used."""
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
        document = stored_document(self.releases, number)
        release = Release(number, *self.build(document, f"release {number}"))
        with self._lock:
            self._kept[number] = release
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return release
