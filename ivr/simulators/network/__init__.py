"""A mobile operator's network and business systems, simulated: the same APIs over HTTP.

``state`` is what it keeps, ``mood`` how it behaves, ``app`` the server; ``ordering``, ``services``
and ``business`` are its APIs. It switches nothing real.
"""

from ivr.simulators.network.behaviour import Endpoint, Outage, SimulatorBehaviour
from ivr.simulators.network.state import NetworkSimulator

__all__ = ["Endpoint", "NetworkSimulator", "Outage", "SimulatorBehaviour"]
