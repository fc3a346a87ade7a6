"""The clock of ``ivr.content.simulation``."""

from ivr.content.simulation.clock import ASHGABAT, FixedClock

__all__ = ["ASHGABAT", "FixedClock"]
