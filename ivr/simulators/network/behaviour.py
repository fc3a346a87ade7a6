"""How the simulated network behaves: fast or slow, willing or not, there or gone."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ivr.simulators.network.habit import Habit


class Endpoint(StrEnum):
    """What may be down by itself."""

    NETWORK = "network"
    CATALOGUE = "catalogue"
    BILLING = "billing"
    BACK_OFFICE = "back-office"


class Outage(StrEnum):
    NONE = "none"
    ERROR = "error"
    """It answers 503."""
    HANG = "hang"
    """It takes requests and never answers."""
    CLOSED = "closed"
    """Nothing listens: only from the start, by the setting."""


class SimulatorBehaviour(BaseModel):
    """Read anew with every request; ``PATCH /simulator`` changes any part of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    latency: Annotated[float, Field(ge=0)] = 0.2
    """Seconds before what switches something is answered; it is done all the same."""
    completes_after: Annotated[float, Field(ge=0)] = 0.0
    """Seconds that an order stays acknowledged and in progress after its answer."""
    refuses: frozenset[str] = frozenset()
    """Service ids that are refused."""
    refuses_at_once: bool = False
    """Refuse by status 400, not by the state of the order."""
    too_late: bool = False
    """No order can be cancelled any more."""
    outage: Outage = Outage.NONE
    down: frozenset[Endpoint] = frozenset(Endpoint)
    """Which parts the outage is of."""
    loses: Annotated[int, Field(ge=0)] = 0
    """So many next answers to what switches something are lost: 504, and done all the same."""
    deliveries: Annotated[int, Field(ge=0, le=10)] = 1
    """How many times each event is delivered; the earlier ones come again behind the last."""
    monitors: bool = False
    """A new service (TMF640) is answered 202, with a monitor."""
    habits: frozenset[Habit] = frozenset()
    """Of other servers."""
    writes_after: Annotated[float, Field(ge=0)] = 1.0
    """Seconds after which what a gateway gave up is done all the same."""
    reads_lag: Annotated[float, Field(ge=0)] = 1.0
    """Seconds by which reads of a replica are behind."""

    def is_down(self, part: Endpoint) -> bool:
        return self.outage is not Outage.NONE and part in self.down
