"""Publishing: a flow, its texts, audio and catalogue become a release that callers meet.

Everything is checked first. A release is immutable; "live" is a pointer to one, and rolling back
moves the pointer. A call keeps the release that it began with; a release that does not load
leaves the old one serving.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from ivr.errors import FlowBroken, IvrError, Unusable
from ivr.flow.document import Flow, parse_flow
from ivr.flow.release import Release
from ivr.ports.care import Care
from ivr.ports.clock import Clock
from ivr.ports.content import Releases
from ivr.ports.dialogue import Prompts
from ivr.ports.runner import Runner, inline

log = structlog.get_logger()

WAY_BACK = "`ivr flow rollback` to one that `ivr flow releases` lists, or `ivr flow publish` anew"
KEPT = 8
"""Releases held in memory, for the calls that began with them."""

Parts = Mapping[str, Any]
"""The parts of a release besides its flow, as JSON: speech (texts and audio), catalogue."""


def document_of(flow: Flow, parts: Parts) -> str:
    """A release as one JSON text: the same files give the same text.

    The order of keys is kept, for it means something: services stand in their menus by it.
    """
    return json.dumps(
        {"flow": flow.model_dump(mode="json"), **parts},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def publish(
    releases: Releases, flow: Flow, parts: Parts, author: str, clock: Clock
) -> tuple[int, bool]:
    """Make a checked flow and its parts live.

    Answers the release's number and whether it is new: publishing what is live already
    changes nothing.
    """
    document = document_of(flow, parts)
    live = releases.live()
    if live is not None and is_same(releases, live, document):
        return live, False
    return releases.publish(document, author, clock.now()), True


def is_same(releases: Releases, number: int, document: str) -> bool:
    """Whether a kept release is this document."""
    stored = releases.get(number)
    return stored is not None and stored.document == document


@dataclass
class Shelf:
    """The releases that calls run on, in memory; the live pointer is read anew by ``refresh``."""

    releases: Releases
    build: Callable[[Parts], tuple[Prompts, Care]]
    """Makes what speaks and what acts from a release's parts; raises FlowBroken if it cannot."""
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
            return self.run(self._load, number)
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
                self._live = self._load(number)
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

    def _load(self, number: int) -> Release:
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
        stored = self.releases.get(number)
        if stored is None:
            raise FlowBroken(f"there is no release {number}: {WAY_BACK}")
        try:
            parts = json.loads(stored.document)
            flow = parse_flow(parts["flow"], f"release {number}")
            release = Release(number, flow, *self.build(parts))
        except (ValueError, KeyError, TypeError):
            raise FlowBroken(f"release {number} is damaged: {WAY_BACK}") from None
        with self._lock:
            self._kept[number] = release
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return release
