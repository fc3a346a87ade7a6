"""A release: a flow, the prompts that speak it, and the care by its catalogue; immutable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ivr.flow.document import Flow
from ivr.ports.care import Care
from ivr.ports.dialogue import Prompts


@dataclass(frozen=True, slots=True)
class Release:
    """What a call keeps from its beginning to its end."""

    number: int
    flow: Flow
    prompts: Prompts
    care: Care
    """What can be done for subscribers, by the catalogue of this release."""


class ReleaseSource(Protocol):
    """The releases that calls run on, in memory."""

    def live(self) -> Release:
        """The one for new calls."""
        ...

    def get(self, number: int) -> Release:
        """The one that a resumed call began with; the live one where it is no longer kept."""
        ...
