"""A call: the caller, the language, the subscriber's number, and the state of the dialogue."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ivr.domain.actor import Actor, OperationKey, caller
from ivr.domain.values import Language, Msisdn


class IdentificationMethod(StrEnum):
    """How a caller proved the right to a number."""

    CODEWORD = "codeword"
    PASSPORT = "passport"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a caller has proved, and from which phone."""

    means: IdentificationMethod | None = None
    """None: nothing was proved."""
    is_own_phone: bool = False
    """The call comes from the subscriber's own number, and a trunk vouches for that."""
    version: int | None = None
    """The version (``Proof.version``) for which the right was proved."""

    @property
    def is_weak(self) -> bool:
        """Proved by passport, which others may know, from a phone that is not the subscriber's."""
        return self.means is IdentificationMethod.PASSPORT and not self.is_own_phone


class CallOutcome(StrEnum):
    """How a call ended, as stored in the journal."""

    HUNG_UP = "hung-up"
    """The caller hung up."""
    ENDED = "ended"
    """The dialogue came to its end and the line said goodbye."""
    AGENT = "agent"
    """The caller was put into the agents' queue."""
    FAILED = "failed"
    """The line failed; the dialplan took the caller to the agents."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a call, as far as Asterisk knows."""

    number: Msisdn | None = None
    """The calling number, if it is a mobile number of this country."""
    calling: str = ""
    """The calling number as it came, digits only; empty: withheld."""
    trunk: str = ""
    """The trunk that vouches for the calling number; empty: none, as for an agent's phone."""

    @property
    def key(self) -> str | None:
        """The key for counting failures of the calling number; None: the number is withheld."""
        return self.number or self.calling[:LONGEST_NUMBER] or None

    def is_own_phone(self, number: Msisdn) -> bool:
        """Tell whether the call comes from the phone of ``number``, and a trunk vouches for it."""
        return bool(self.trunk) and self.number == number


LONGEST_NUMBER = 20
"""Digits of a calling number that are kept. E.164 allows 15; longer ones come from attackers."""
_CHANNEL = re.compile(r"PJSIP/(trunk(?:-[a-z0-9-]+)?)-[0-9a-f]{8}")


def origin_of(channel: str, calling: str, number: Msisdn | None) -> Origin:
    """Return the origin of a call from its channel name (``PJSIP/<endpoint>-<hex>``).

    Only trunks (``trunk``, ``trunk-<name>``) vouch for a number: an agent's phone does not.
    """
    trunk = found[1] if (found := _CHANNEL.fullmatch(channel)) else ""
    return Origin(number, "".join(re.findall("[0-9]", calling)), trunk)


@dataclass(frozen=True, slots=True)
class Step:
    """One answered question: the node that asked and the key that was pressed.

    ``key`` is a menu key, ``""`` for an entry of digits or a secret, ``noinput`` or ``nomatch``.
    ``at`` is seconds from the start of the call.
    """

    node: str
    key: str
    at: float


@dataclass
class Progress:
    """The progress of a caller, as stored in the checkpoint; ``ivr.flow.patience`` judges it."""

    seen: int = 0
    """Nodes that the call has visited, as bits in the order of their ids."""
    idle: int = 0
    """Answers since the caller last reached a node that was new in this call."""
    rounds: int = 0
    """How often since then the caller went in circles, and showed that a person is there."""
    misses: int = 0
    """Unanswered questions and wrong answers of the whole call."""
    key: str = ""
    """The last key that answered a question; empty: none, or the answer was an entry of digits."""
    tried: bool = False
    """The caller was transferred to the agents, and no sign of a person was seen since."""
    since: datetime | None = None
    """When the caller's time without progress began. None: unknown so far."""


@dataclass
class Call:
    """The state of one call. Only one thread uses it. It holds no secret."""

    id: str
    """Unique among all calls: Asterisk's ``UNIQUEID`` with the system name."""
    dialled: str
    started: datetime
    release: int = 0
    caller: Msisdn | None = None
    """The calling number; None if withheld or foreign. Proves nothing."""
    calling: str = ""
    """The calling number as it came, digits only; empty: withheld."""
    trunk: str = ""
    """The trunk through which the call came; empty: none, as for an agent's phone."""
    language: Language | None = None
    subscriber: Msisdn | None = None
    """The number to which the caller has proved a right in this call."""
    means: IdentificationMethod | None = None
    proof: int = 0
    """The version (``Proof.version``) for which the right was proved."""
    node: str = ""
    heading: str = ""
    """The caller's node; during identification: the node that follows the identification."""
    trail: list[str] = field(default_factory=list)
    """Nodes on the way from the start to ``heading``; ``*`` goes back along them."""
    path: list[Step] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)
    identification: list[str] = field(default_factory=list)
    """Outcomes in order, without secrets: ``codeword:match``, ``passport:no-match``."""
    orders: list[str] = field(default_factory=list)
    reason: str = ""
    """Why an agent is needed: asked, noinput, nomatch, identification, failure, overload …"""
    topic: str = ""
    """The topic for an agent, as named in the flow; empty: any topic."""
    texts_to: Msisdn | None = None
    """The recipient of the text messages that the caller asks for in this call."""
    step: int = 0
    """Counts the operations of this call; part of ``key``."""
    about: Msisdn | None = None
    """The number whose secret is being asked for. It proves nothing."""
    pending: tuple[str, ...] = ()
    """The operation under ``step`` whose result the caller has not heard to the end, in words of
    its node. A worker that resumes the call looks for it."""
    begun: datetime | None = None
    """When Asterisk created the channel; a resumed call keeps it. None: at ``started``."""
    progress: Progress = field(default_factory=Progress)
    wait: int = 0
    """Limit of this caller's waiting time for an agent, in seconds; 0: the general limit."""
    ended_by: str = ""
    """Why the line ended the call: ``no-progress`` or ``too-long``; empty: the line did not."""

    @property
    def evidence(self) -> Evidence:
        """What the caller has proved, and from which phone."""
        if self.subscriber is None:
            return Evidence(self.means)
        return Evidence(self.means, self.origin.is_own_phone(self.subscriber), self.proof)

    @property
    def origin(self) -> Origin:
        """The origin of this call."""
        return Origin(self.caller, self.calling, self.trunk)

    @property
    def actor(self) -> Actor:
        """The caller as the actor of this call's operations."""
        return caller(self.id)

    @property
    def key(self) -> OperationKey:
        """The key of the running operation of this call, or of the last one."""
        return self.key_of(self.step)

    def key_of(self, step: int) -> OperationKey:
        """Return the key of an operation of this call."""
        return OperationKey(f"{self.id}:{step}")

    def reach(self, goal: str) -> None:
        """Add a goal, once."""
        if goal not in self.goals:
            self.goals.append(goal)
