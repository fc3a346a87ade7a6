"""Settings of the simulated network's behaviour: delays, refusals, outages."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ivr.simulators.network.habit import Habit


class Endpoint(StrEnum):
    """The parts that can be down separately."""

    NETWORK = "network"
    CATALOGUE = "catalogue"
    BILLING = "billing"
    BACK_OFFICE = "back-office"


class Outage(StrEnum):
    NONE = "none"
    ERROR = "error"
    """It answers 503."""
    HANG = "hang"
    """It accepts requests and never answers."""
    CLOSED = "closed"
    """Nothing listens. Possible only from the start, by the setting."""


class SimulatorBehaviour(BaseModel):
    """The behaviour, read for each request; ``PATCH /simulator`` changes any field."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    latency: Annotated[float, Field(ge=0)] = 0.2
    """Seconds before the answer to a request that switches something; the request is done."""
    completes_after: Annotated[float, Field(ge=0)] = 0.0
    """Seconds that an order stays acknowledged and in progress after its answer."""
    refuses: frozenset[str] = frozenset()
    """Service ids that are refused."""
    refuses_at_once: bool = False
    """Refuse with status 400 instead of the order's state."""
    too_late: bool = False
    """No order can be cancelled any more."""
    outage: Outage = Outage.NONE
    down: frozenset[Endpoint] = frozenset(Endpoint)
    """The parts that the outage affects."""
    loses: Annotated[int, Field(ge=0)] = 0
    """Lose this many of the next answers that switch something: 504, but the request is done."""
    deliveries: Annotated[int, Field(ge=0, le=10)] = 1
    """How many times each event is delivered; the earlier ones are repeated after the last."""
    monitors: bool = False
    """Answer a new service (TMF640) with 202 and a monitor."""
    habits: frozenset[Habit] = frozenset()
    """Habits of other servers."""
    writes_after: Annotated[float, Field(ge=0)] = 1.0
    """Seconds after which a request that the gateway gave up is done."""
    reads_lag: Annotated[float, Field(ge=0)] = 1.0
    """Seconds by which reads from a replica lag."""

    def is_down(self, part: Endpoint) -> bool:
        return self.outage is not Outage.NONE and part in self.down
