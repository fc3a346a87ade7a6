"""What the agents' pages share: the services for calls, and who must be told of a change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ivr.contacts.callbacks import AgentCallbackService
from ivr.contacts.cards import CardService
from ivr.contacts.conversations import ConversationService
from ivr.contacts.handback import HandBackService
from ivr.contacts.identifying import CallIdentification
from ivr.contacts.presence import PresenceService
from ivr.contacts.seats import SeatService
from ivr.contacts.serving import ServingService
from ivr.domain.card import Card
from ivr.domain.presence import AgentStatus
from ivr.domain.staff import StaffSession
from ivr.flow.release import Release
from ivr.web.desk.live import Live
from ivr.web.desk.services import Services

TOPIC = "desk"
"""The topic of events for the page of one agent."""


class AgentServices(Protocol):
    """Everything that can be done for calls with agents."""

    @property
    def seats(self) -> SeatService: ...
    @property
    def presence(self) -> PresenceService: ...
    @property
    def conversations(self) -> ConversationService: ...
    @property
    def cards(self) -> CardService: ...
    @property
    def identification(self) -> CallIdentification: ...
    @property
    def handback(self) -> HandBackService: ...
    @property
    def serving(self) -> ServingService: ...
    @property
    def callbacks(self) -> AgentCallbackService: ...
    def release(self) -> Release:
        """Return the live release."""
        ...

    def has_link(self) -> bool:
        """Tell whether Asterisk answers."""
        ...


@dataclass
class Agents:
    """Tells the page of an agent of each change of state, and of each card."""

    services: AgentServices
    staff: Services
    live: Live
    _users: dict[str, int] = field(default_factory=dict)
    """The ids of agents whose pages have been seen, by name."""
    _opened: dict[str, str] = field(default_factory=dict)
    """By agent: the call of which the whole number was opened."""

    def __post_init__(self) -> None:
        self.services.presence.listeners.append(self._changed)
        self.services.cards.listeners.append(self._card)

    def status(self, session: StaffSession) -> AgentStatus:
        """Return the state of the agent of a session, who is told of changes from now on."""
        self._users[session.user.name] = session.user.id
        return self.services.presence.status(session.user.name)

    def open(self, agent: str, call: str) -> None:
        """Show the whole number of a call to an agent."""
        self._opened[agent] = call

    def is_open(self, agent: str, call: str) -> bool:
        """Tell whether an agent has opened the number of a call."""
        return self._opened.get(agent) == call

    def tell(self, agent: str) -> None:
        """Let the page of an agent load its state again."""
        if (user := self._users.get(agent)) is not None:
            self.live.publish(TOPIC, user)

    def _changed(self, agent: str, _before: AgentStatus, _after: AgentStatus) -> None:
        self.tell(agent)

    def _card(self, seat: str, _card: Card) -> None:
        if agent := self.services.seats.loans.loans().get(seat):
            self.tell(agent)
