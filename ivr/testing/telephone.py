"""The telephone of ``ivr.content.simulation``, under the name that tests use."""

from ivr.content.simulation.telephone import Hurried as Hurried
from ivr.content.simulation.telephone import KeyedTelephone as FakeTelephone

__all__ = ["FakeTelephone", "Hurried"]
