"""What an agent does now, and what may change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class AgentState(StrEnum):
    """The state of an agent. Each value has a text on the desk."""

    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap-up"
    PAUSED = "paused"
    ASLEEP = "asleep"
    """Logged in, but the page, the phone or the person does not react: gets no call."""
    OFFLINE = "offline"


class PauseReason(StrEnum):
    """Why an agent takes no calls."""

    BREAK = "break"
    LUNCH = "lunch"
    MEETING = "meeting"
    TRAINING = "training"
    OTHER = "other"
    MICROPHONE = "microphone"
    """The page has no microphone; set by the page, ends when there is one."""


class SleepReason(StrEnum):
    """Why an agent is asleep."""

    HEARTBEAT = "heartbeat"
    """The page has stopped; ends with its next heartbeat."""
    UNREACHABLE = "unreachable"
    """Asterisk does not reach the phone; ends with the next heartbeat."""
    NO_ANSWER = "no-answer"
    """The agent did not take a call; ends when the agent says so."""


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """The state of one agent since a moment."""

    state: AgentState
    since: datetime
    reason: str = ""
    """A PauseReason or SleepReason; empty in the other states."""
    call: str = ""
    """The call of RINGING, TALKING and WRAP_UP; empty in the other states."""
    beat: datetime | None = None
    """The newest sign of life of the page."""
    until: datetime | None = None
    """End of the time for wrap-up."""
    after: str = ""
    """The PauseReason of a pause that begins after this call; empty: none."""
    leaves: bool = False
    """The agent goes offline after this call."""

    def is_alive(self, at: datetime, rules: PresenceRules) -> bool:
        """Whether the page gave a sign of life within the time limit."""
        return self.beat is not None and at - self.beat <= rules.heartbeat


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """Time limits of the states."""

    heartbeat: timedelta = timedelta(seconds=6)
    """Silence of the page after which the agent is asleep."""
    wrap_up: timedelta = timedelta(seconds=30)
    offline: timedelta = timedelta(minutes=10)
    """Silence of the page after which the agent is offline."""


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """The page has tested sound and microphone."""


@dataclass(frozen=True, slots=True)
class WentReady:
    """The agent takes calls again."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The agent asks for a pause."""

    reason: PauseReason


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The page is alive."""

    has_microphone: bool = True


@dataclass(frozen=True, slots=True)
class Rang:
    """The phone rings."""

    call: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The agent talks to the caller."""

    call: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The talk is over."""

    call: str


@dataclass(frozen=True, slots=True)
class StoppedRinging:
    """The caller hung up, or another agent took the call."""

    call: str


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """The phone rang to the end, or refused the call."""

    call: str


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    """The agent asks for more time."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Described:
    """The wrap-up of the call is written."""

    call: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Asterisk does not reach the phone."""


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """The agent has logged out."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


PresenceEvent = (
    CheckedIn
    | WentReady
    | Paused
    | Heartbeat
    | Rang
    | Answered
    | Ended
    | StoppedRinging
    | NotAnswered
    | WrapUpExtended
    | Described
    | Unreachable
    | CheckedOut
    | Tick
)
