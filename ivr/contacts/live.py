"""The calls that wait for an agent or talk to one now."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ivr.care.blindcheck import BlindResult
from ivr.domain.actor import OperationKey
from ivr.domain.call import Call, origin_of
from ivr.domain.contacts import AgentRang, CallJoined
from ivr.domain.values import Msisdn
from ivr.flow.checkpoint import resume

MOST = 2_000
"""Calls that are kept; the oldest are dropped first."""


@dataclass
class LiveCall:
    """A call in the queue or with an agent."""

    id: str
    channel: str
    caller: str
    joined: datetime
    note: str = ""
    """What the agent who passed the call on wants the next one to know."""
    checks: dict[OperationKey, BlindResult] = field(default_factory=dict)
    """The results of blind checks, by the forms' keys."""

    def state(self, number: Msisdn | None, checkpoint: str) -> Call:
        """Return the state of the call; ``number`` is the calling number if it is a mobile number
        of this country."""
        origin = origin_of(self.channel, self.caller, number)
        call = Call(
            id=self.id,
            dialled="",
            started=self.joined,
            caller=origin.number,
            calling=origin.calling,
            trunk=origin.trunk,
        )
        resume(call, checkpoint)
        return call


@dataclass
class LiveCalls:
    """Thread-safe."""

    now: Callable[[], datetime]
    _calls: OrderedDict[str, LiveCall] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, event: CallJoined | AgentRang) -> LiveCall:
        """Return the call of an event. A call that is not known begins to wait now."""
        with self._lock:
            known = self._calls.get(event.call)
            if known is None:
                known = LiveCall(event.call, event.channel, event.caller, self.now())
                self._calls[event.call] = known
                if len(self._calls) > MOST:
                    self._calls.popitem(last=False)
            if isinstance(event, CallJoined):  # also when the line sends the caller again
                known.joined = self.now()
            known.channel = event.channel or known.channel
            return known

    def take_over(self, call: LiveCall) -> None:
        """Add a call that an earlier process knew."""
        with self._lock:
            self._calls.setdefault(call.id, call)

    def get(self, id: str) -> LiveCall | None:
        with self._lock:
            return self._calls.get(id)

    def remove(self, id: str) -> None:
        with self._lock:
            self._calls.pop(id, None)
