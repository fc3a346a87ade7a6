"""Simulator of a mobile operator's network and business systems: the same APIs over HTTP.

``state`` has its stored data, ``behaviour`` and ``habit`` its behaviour, ``app`` the server;
``ordering``, ``services``, ``business`` and ``bills`` are its APIs. It switches nothing real.
"""

from ivr.simulators.network.behaviour import Endpoint, Outage, SimulatorBehaviour
from ivr.simulators.network.state import NetworkSimulator

__all__ = ["Endpoint", "NetworkSimulator", "Outage", "SimulatorBehaviour"]
