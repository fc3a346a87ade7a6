"""The card: what an agent sees of a caller before the call is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.call import IdentificationMethod, Step
from ivr.domain.identification import LockState
from ivr.domain.orders import Order
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import Language, Msisdn


class ProofKind(StrEnum):
    """What the caller has proved. Each value has a text on the desk."""

    NONE = "none"
    OWN = "own"
    """The right to the calling number."""
    OTHER = "other"
    """The right to another number."""
    WEAK = "weak"
    """Only by passport, and not from the number's own phone."""


class Cause(StrEnum):
    """Why an agent is needed. Each value has a text on the desk."""

    ASKED = "asked"
    """The caller pressed 0, or chose an agent."""
    NO_INPUT = "noinput"
    NO_MATCH = "nomatch"
    IDENTIFICATION = "identification"
    """The caller could not prove the right to the number."""
    FAILURE = "failure"
    """The line or a system behind it has failed."""
    OVERLOAD = "overload"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ProofShown:
    """What was proved, how, and when."""

    kind: ProofKind
    means: IdentificationMethod | None = None
    at: datetime | None = None
    """None: unknown."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier contact about the same number."""

    at: datetime
    topic: str
    result: str
    """A Result; for a call without an agent its CallOutcome."""
    agent: str = ""
    """Empty: the line alone."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that is known of a caller. It holds no secret."""

    call: str
    number: Msisdn | None
    """The number that the call is about: the proved one, else the calling number."""
    calling: str
    """The calling number as it came; empty: withheld."""
    language: Language | None
    proof: ProofShown
    cause: Cause
    topic: str
    node: str
    """The node of the flow from which the caller came."""
    steps: tuple[Step, ...]
    """The keys that the caller pressed, oldest first."""
    told: tuple[str, ...]
    """Goals: what the line told or did."""
    failed: tuple[str, ...]
    """Failed identifications, ``codeword:no-match``."""
    done: tuple[Order, ...]
    """Orders of this call that are carried out."""
    refused: tuple[Order, ...]
    """Orders of this call that are not carried out and never will be."""
    open: tuple[Order, ...]
    """Orders of the number that are not settled, of this call and earlier ones."""
    promised: frozenset[str]
    """Ids of open orders whose result was promised as a text message."""
    earlier: tuple[Earlier, ...]
    """Newest first."""
    calls_today: int
    """Calls from this number today, this one included."""
    lock: LockState | None
    """Whether identification is possible now; None: unknown."""
    account: Subscriber | None
    """The account of the proved number; None: nothing was proved."""
    note: str
    """What the agent who passed the call on has written; empty: none."""
    joined: datetime
    """When the caller began to wait."""
    begun: datetime | None
    """When the call began; None: unknown."""

    @property
    def masked(self) -> str:
        """The number as it is shown until it is opened: ``+993 65 •• •• 12``."""
        return mask_number(self.number or self.calling)

    def waited(self, now: datetime) -> timedelta:
        """Return how long the caller has waited for an agent."""
        return max(timedelta(0), now - self.joined)


def mask_number(number: str) -> str:
    """Return a number of which only the network's digits and the last two are shown."""
    digits = number.removeprefix("+")
    if digits.startswith("993") and len(digits) == 11:
        return f"+993 {digits[3:5]} •• •• {digits[-2:]}"
    return f"•••• {digits[-2:]}" if len(digits) > 4 else "••••" if digits else ""
