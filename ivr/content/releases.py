"""The releases that calls run on, in memory.

A release is immutable; "live" is a pointer to one, and rolling back moves the pointer. A call keeps
the release that it began with; a release that does not load leaves the old one serving.
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
"""Releases held in memory, for the calls that began with them."""


def stored_document(releases: Releases, number: int) -> Document:
    """What a release is stored as. FlowBroken: there is none of this number, or it is damaged."""
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
    """The releases that calls run on, in memory; the live pointer is read anew by ``refresh``."""

    releases: Releases
    build: Callable[[Document, str], tuple[Flow, Prompts, Care]]
    """Makes the menus, what speaks and what acts from a release's document and its name; raises
    FlowBroken if it cannot."""
    run: Runner = inline
    """Loads an old release for a call that began with it."""
    _kept: OrderedDict[int, Release] = field(default_factory=OrderedDict)
    _live: Release | None = None
    _broken: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def live(self) -> Release:
        """The release for new calls."""
        if self._live is None:
            self.refresh()
        if self._live is None:
            raise Unusable("nothing is published yet: run `ivr flow publish`")
        return self._live

    def get(self, number: int) -> Release:
        """The release that a resumed call began with; the live one if it cannot be had."""
        live = self.live()
        if number == live.number:
            return live
        try:
            return self.run(self.load, number)
        except IvrError as error:
            log.warning("a call goes on with the live release", wanted=number, reason=str(error))
            return live

    def refresh(self) -> None:
        """Follow the live pointer. What cannot be had or loaded leaves the old one serving."""
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
            log.error("release does not load, the old one serves", reason=str(error))
        except IvrError as error:
            if self._live is None:
                raise
            log.warning("the live release is not known now", reason=str(error))

    def load(self, number: int) -> Release:
        """A release with its sounds; those that are gone are made. FlowBroken: it cannot be run."""
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
