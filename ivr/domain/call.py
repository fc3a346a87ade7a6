"""A call: who rings, in which language, about which number, and where the dialogue is."""

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
    """What is known of the caller of an identified call."""

    means: IdentificationMethod | None = None
    """None: nothing was proved."""
    is_own_phone: bool = False
    """The call comes from the subscriber's own number, as the trunk vouches for it."""
    version: int | None = None
    """The version of the subscriber (``Proof.version``) that it was proved for."""

    @property
    def is_weak(self) -> bool:
        """A passport, which others may know too, from a phone that is not the subscriber's."""
        return self.means is IdentificationMethod.PASSPORT and not self.is_own_phone


class CallOutcome(StrEnum):
    """How a call ended, as the journal has it."""

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
    """Where a call comes from, as far as Asterisk knows."""

    number: Msisdn | None = None
    """The calling number, if it is a mobile number of this country."""
    calling: str = ""
    """The calling number as it came, digits only; empty: withheld."""
    trunk: str = ""
    """The trunk that vouches for the calling number; empty: none, as for an agent's phone."""

    @property
    def key(self) -> str | None:
        """What the calling number is counted under; None: it says nothing."""
        return self.number or self.calling[:LONGEST_NUMBER] or None

    def is_own_phone(self, number: Msisdn) -> bool:
        """Whether the call comes from the phone of ``number``, and a trunk vouches for it."""
        return bool(self.trunk) and self.number == number


LONGEST_NUMBER = 20
"""Digits of a calling number that are kept. E.164 allows 15; longer ones come from attackers."""
_CHANNEL = re.compile(r"PJSIP/(trunk(?:-[a-z0-9-]+)?)-[0-9a-f]{8}")


def origin_of(channel: str, calling: str, number: Msisdn | None) -> Origin:
    """Where a call comes from, by the name of its channel (``PJSIP/<endpoint>-<hex>``).

    Only trunks (``trunk``, ``trunk-<name>``) vouch for a number: an agent's phone does not.
    """
    trunk = found[1] if (found := _CHANNEL.fullmatch(channel)) else ""
    return Origin(number, "".join(re.findall("[0-9]", calling)), trunk)


@dataclass(frozen=True, slots=True)
class Step:
    """One question answered: the node that asked and the key that was pressed.

    ``key`` is a menu key, ``""`` for an entry of digits or a secret, ``noinput`` or ``nomatch``.
    ``at`` is seconds from the start of the call.
    """

    node: str
    key: str
    at: float


@dataclass
class Progress:
    """How a caller gets on, as the checkpoint keeps it; ``ivr.flow.patience`` judges it."""

    seen: int = 0
    """Nodes that the call has been at, as bits in the order of their ids."""
    idle: int = 0
    """Answers since the caller last came to a node that was new in this call."""
    rounds: int = 0
    """Times since then that the caller walked round, and showed that a person is there."""
    misses: int = 0
    """Unheeded questions and wrong answers of the whole call."""
    key: str = ""
    """The last key that answered a question; empty: none, or an entry."""
    tried: bool = False
    """The caller was given to the agents, and nothing has shown a person since."""
    since: datetime | None = None
    """When the caller's time without progress began. None: not known yet."""


@dataclass
class Call:
    """The state of one call. It lives in one thread and holds no secret."""

    id: str
    """Unique over all calls: Asterisk's ``UNIQUEID`` with the system's name."""
    dialled: str
    started: datetime
    release: int = 0
    caller: Msisdn | None = None
    """The calling number; None if withheld or foreign. Proves nothing."""
    calling: str = ""
    """The calling number as it came, digits only; empty: withheld."""
    trunk: str = ""
    """The trunk that the call came by; empty: none, as from an agent's phone."""
    language: Language | None = None
    subscriber: Msisdn | None = None
    """The number that the caller has proved a right to, in this call."""
    means: IdentificationMethod | None = None
    proof: int = 0
    """The version of the subscriber (``Proof.version``) that the right was proved for."""
    node: str = ""
    heading: str = ""
    """The node that the caller is at or, while the right to a number is being proved, comes to
    after that."""
    trail: list[str] = field(default_factory=list)
    """Nodes on the way from the start to ``heading``: ``*`` walks it back."""
    path: list[Step] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)
    identification: list[str] = field(default_factory=list)
    """Outcomes in order, how and not what: ``codeword:match``, ``passport:no-match``."""
    orders: list[str] = field(default_factory=list)
    reason: str = ""
    """Why an agent is wanted: asked, noinput, nomatch, identification, failure, overload …"""
    topic: str = ""
    """What the caller wants to talk about with an agent, as the flow names it; empty: anything."""
    texts_to: Msisdn | None = None
    """Where text messages go that are asked for in this call."""
    step: int = 0
    """Counts what was ordered in this call: ``key`` is made of it."""
    about: Msisdn | None = None
    """The number whose secret is being asked for. Nothing is proved by it."""
    pending: tuple[str, ...] = ()
    """What is being confirmed or carried out under ``step`` and is not told to the end, in words
    of the node that does it. A worker that takes the call up looks for it."""
    begun: datetime | None = None
    """When Asterisk made the channel, whichever worker has the call now. None: at ``started``."""
    progress: Progress = field(default_factory=Progress)
    wait: int = 0
    """Seconds that the caller may wait for an agent this time; 0: as long as everybody."""
    ended_by: str = ""
    """Why the line ended the call: ``no-progress`` or ``too-long``; empty: it did not."""

    @property
    def evidence(self) -> Evidence:
        """What the caller has proved, and from which phone."""
        if self.subscriber is None:
            return Evidence(self.means)
        return Evidence(self.means, self.origin.is_own_phone(self.subscriber), self.proof)

    @property
    def origin(self) -> Origin:
        """Where this call comes from."""
        return Origin(self.caller, self.calling, self.trunk)

    @property
    def actor(self) -> Actor:
        """The caller, as the one who acts in this call."""
        return caller(self.id)

    @property
    def key(self) -> OperationKey:
        """The key of the operation that this call has in hand, or did last."""
        return self.key_of(self.step)

    def key_of(self, step: int) -> OperationKey:
        """The key of an operation of this call."""
        return OperationKey(f"{self.id}:{step}")

    def reach(self, goal: str) -> None:
        """Note a goal, once."""
        if goal not in self.goals:
            self.goals.append(goal)
