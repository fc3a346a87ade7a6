"""What Asterisk knows of the agents: members of its queues, free, busy or away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from ivr.contacts.skills import memberships
from ivr.contacts.states import Availability, availability
from ivr.domain.contacts import SeatMember, Skills
from ivr.domain.presence import AgentStatus
from ivr.errors import TemporarilyUnavailable
from ivr.ports.contacts import AgentQueues, SeatLoans

log = structlog.get_logger()

Told = tuple[Availability, str]
"""An availability, and the reason of a pause."""
NOWHERE: Told = (Availability.ABSENT, "")


@dataclass
class Membership:
    """Tells Asterisk the changes. Not thread-safe: PresenceService has the lock."""

    queues: AgentQueues
    loans: SeatLoans
    topics: Callable[[], Iterable[str]]
    """The topics of the live release."""
    is_widened: bool = False
    """Agents also serve languages that they do not speak (``memberships``)."""
    _told: dict[str, Told | None] = field(default_factory=dict)
    """By agent, what Asterisk knows; None: it must be told. Without an entry: nothing."""
    _lent: Mapping[str, str] = field(default_factory=dict)

    def agent_at(self, seat: str) -> str | None:
        """Return the agent who has a seat."""
        return self.lent().get(seat)

    def lent(self) -> Mapping[str, str]:
        """Return the agents by their seats; without the database those that are known."""
        try:
            self._lent = self.loans.loans()
        except TemporarilyUnavailable as error:
            log.warning("the lent seats are not read", reason=str(error))
        return self._lent

    def forget(self, agent: str) -> None:
        """Have Asterisk told again."""
        self._told[agent] = None

    def tell(self, agent: str, status: AgentStatus, skills: Skills) -> None:
        """Tell Asterisk the availability of an agent, if it does not know it.

        What it cannot be told now, it is told with the next call.
        """
        wanted = availability(status), status.reason
        told = self._told.get(agent, NOWHERE)
        if told == wanted:
            return
        try:
            seat = next((seat for seat, each in self.lent().items() if each == agent), "")
            if seat:
                self._set(seat, agent, wanted, skills, is_member=told not in (None, NOWHERE))
            is_known = seat or wanted == NOWHERE
            self._told[agent] = wanted if is_known else None  # a seat may be lent later
        except TemporarilyUnavailable as error:
            self._told[agent] = None
            log.warning("Asterisk does not know an agent's state", agent=agent, reason=str(error))

    def compare(self, skills: Mapping[str, Skills]) -> Mapping[str, SeatMember]:
        """Compare Asterisk's members with what it was told; return them by agent.

        Members that belong to nobody leave, and those that differ join anew.
        """
        now, lent = self.queues.members(), self.lent()
        found: dict[str, SeatMember] = {}
        for seat, member in now.members.items():
            agent = lent.get(seat)
            if agent is None:
                self.queues.leave(seat)
            elif member.queues != self._queues_of(skills.get(agent), now.queues):
                self.queues.leave(seat)
                self.forget(agent)
                found[agent] = member
            else:
                found[agent] = member
                told = self._told.get(agent)
                if told and (told[0] is Availability.AWAY) != (member.paused is not None):
                    self.forget(agent)
        for agent in skills.keys() - found.keys():
            if self._told.get(agent, NOWHERE) != NOWHERE:
                self.forget(agent)
        return found

    def _set(self, seat: str, agent: str, wanted: Told, skills: Skills, *, is_member: bool) -> None:
        how, reason = wanted
        if not is_member and how is not Availability.ABSENT:
            self.queues.join(seat, agent, self._queues_of(skills))
        match how:
            case Availability.FREE:
                self.queues.free(seat)
            case Availability.BUSY:
                self.queues.occupy(seat)
            case Availability.AWAY:
                self.queues.pause(seat, reason)
            case Availability.ABSENT:
                self.queues.leave(seat)
                self.loans.take_back(agent)

    def _queues_of(
        self, skills: Skills | None, there: frozenset[str] | None = None
    ) -> Mapping[str, int]:
        """Return the queues of an agent, of those that are ``there``; None: of all."""
        if skills is None:
            return {}
        wanted = memberships(skills, self.topics(), is_widened=self.is_widened)
        is_new = wanted.keys() - (there or wanted.keys())
        return {queue: penalty for queue, penalty in wanted.items() if queue not in is_new}
