"""Calls with agents: events of the queues, skills, conversations and their results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ivr.domain.presence import AgentState
from ivr.domain.values import Language, Msisdn


@dataclass(frozen=True, slots=True)
class Skills:
    """The calls that an agent may get."""

    languages: frozenset[Language]
    """Languages that the agent speaks."""
    topics: frozenset[str] | None = None
    """Topics that the agent knows; None: all."""
    is_strict: bool = False
    """True: the agent gets calls about ``topics`` only. False: also about other topics, if no agent
    for them is free."""


@dataclass(frozen=True, slots=True)
class CallJoined:
    """A caller begins to wait for an agent."""

    call: str
    queue: str
    channel: str
    """The caller's channel in Asterisk."""
    caller: str
    """The calling number as it came; empty: withheld."""


@dataclass(frozen=True, slots=True)
class AgentRang:
    """The phone of a seat rings."""

    call: str
    seat: str
    queue: str
    channel: str
    """The caller's channel, as in CallJoined."""
    caller: str = ""


@dataclass(frozen=True, slots=True)
class AgentConnected:
    """The agent at a seat has answered."""

    call: str
    seat: str
    queue: str
    waited: int
    """Seconds that the caller has waited."""


@dataclass(frozen=True, slots=True)
class AgentCompleted:
    """The talk with the agent at a seat is over."""

    call: str
    seat: str


@dataclass(frozen=True, slots=True)
class AgentNotAnswered:
    """The phone of a seat rang to the end, or refused the call. The caller waits on."""

    call: str
    seat: str


@dataclass(frozen=True, slots=True)
class CallLeft:
    """A caller does not wait any more: connected, hung up, or sent on."""

    call: str
    is_abandoned: bool
    """The caller hung up."""


@dataclass(frozen=True, slots=True)
class SeatUnreachable:
    """The phone of a seat does not answer Asterisk."""

    seat: str


@dataclass(frozen=True, slots=True)
class QueuesStarted:
    """Asterisk has started, or the link to it is new: members may be missing."""


QueueEvent = (
    CallJoined
    | AgentRang
    | AgentConnected
    | AgentCompleted
    | AgentNotAnswered
    | CallLeft
    | SeatUnreachable
    | QueuesStarted
)


@dataclass(frozen=True, slots=True)
class SeatMember:
    """The membership of a seat as Asterisk has it."""

    queues: Mapping[str, int]
    """Queues with the penalty in each."""
    paused: str | None = None
    """The reason of the pause; None: not paused."""
    is_talking: bool = False
    is_ringing: bool = False


@dataclass(frozen=True, slots=True)
class QueueMembers:
    """What Asterisk knows of queues and seats at one moment."""

    queues: frozenset[str]
    """The names of all queues."""
    members: Mapping[str, SeatMember]
    """By seat; without those that are in no queue."""


TO_AGENTS = "agents:"
"""Begins ``Conversation.sent_to`` of a caller who was passed on to another agent."""


class Result(StrEnum):
    """The result of a conversation. Each value has a text on the desk."""

    SOLVED = "solved"
    ORDERED = "ordered"
    PROMISED = "promised"
    """The agent has promised a call or an answer."""
    SENT_BACK = "sent-back"
    """The line goes on with the caller."""
    PASSED_ON = "passed-on"
    """Another agent goes on with the caller."""
    OFFICE = "office"
    """The caller must come to an office."""
    NOT_IDENTIFIED = "not-identified"
    REFUSED = "refused"
    """What the caller wants is not possible."""
    CUT_OFF = "cut-off"
    """The call broke off."""
    NOT_DESCRIBED = "not-described"
    """Nobody has described it in time."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One call with one agent."""

    call: str
    agent: str
    """The user's name."""
    seat: str
    queue: str
    topic: str = ""
    language: Language | None = None
    number: Msisdn | None = None
    """The subscriber's number that was proved, else the calling number."""
    rang: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    caller: str = ""
    """The calling number as it came."""
    channel: str = ""
    """The caller's channel in Asterisk."""
    sent_to: str = ""
    """Where the agent sent the caller: a node of the line, or TO_AGENTS with a topic; empty: the
    talk ended otherwise."""
    id: int = 0
    """0: not stored yet."""


@dataclass(frozen=True, slots=True)
class WrapUp:
    """The description of a conversation."""

    result: Result
    topic: str = ""
    note: str = ""
    promise: str = ""
    """What the agent has promised, for ``Result.PROMISED``."""
    goals: tuple[str, ...] = ()
    """Goals that the caller reached on the line."""
    orders: tuple[str, ...] = ()
    """Ids of the orders of this call."""


@dataclass(frozen=True, slots=True)
class DescribedConversation:
    """A conversation with its description; None: it has none yet."""

    conversation: Conversation
    wrap_up: WrapUp | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The time that an agent was in one state."""

    agent: str
    state: AgentState
    reason: str
    call: str
    begun: datetime
    ended: datetime | None = field(default=None)
    """None: the agent still is in it."""
