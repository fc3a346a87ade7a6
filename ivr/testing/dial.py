"""``ivr.content.simulation.dial`` with prompts that say their own keys."""

from __future__ import annotations

from typing import Any

from ivr.content.simulation.dial import CALLER, TRUNK, Dialled, origin
from ivr.content.simulation.dial import dial as dial_with
from ivr.flow.document import Flow
from ivr.ports.care import Care
from ivr.ports.clock import Clock
from ivr.ports.dialogue import Prompts
from ivr.testing.prompts import EchoPrompts

__all__ = ["CALLER", "TRUNK", "Dialled", "dial", "origin"]


def dial(
    flow: Flow,
    care: Care,
    clock: Clock,
    keys: str = "",
    *,
    prompts: Prompts | None = None,
    **given: Any,
) -> Dialled:
    """Call the line, press ``keys``, hang up; return what happened."""
    return dial_with(flow, care, clock, keys, prompts=prompts or EchoPrompts(), **given)
