"""A release: a flow, its prompts, and the care with its catalogue. Immutable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ivr.flow.document import Flow
from ivr.ports.care import Care
from ivr.ports.dialogue import Prompts


@dataclass(frozen=True, slots=True)
class Release:
    """The content that a call keeps from its beginning to its end."""

    number: int
    flow: Flow
    prompts: Prompts
    care: Care
    """The operations for subscribers, with the catalogue of this release."""


class ReleaseSource(Protocol):
    """The releases for calls, in memory."""

    def live(self) -> Release:
        """Return the release for new calls."""
        ...

    def get(self, number: int) -> Release:
        """Return the release of a resumed call; the live release if that one is no longer kept."""
        ...
