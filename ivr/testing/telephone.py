"""The telephone of ``ivr.content.simulation``, by the name that tests know."""

from ivr.content.simulation.telephone import Hurried as Hurried
from ivr.content.simulation.telephone import KeyedTelephone as FakeTelephone

__all__ = ["FakeTelephone", "Hurried"]
