"""An agent sends the caller to a node of the line, or on to another agent; what was proved stays
proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from ivr.contacts.cards import CardService
from ivr.contacts.live import LiveCalls
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Call
from ivr.domain.contacts import TO_AGENTS
from ivr.domain.rights import Right
from ivr.domain.values import Language
from ivr.flow.checkpoint import checkpoint_of
from ivr.ports.clock import Clock
from ivr.ports.contacts import CallControl, ContactRepository
from ivr.staff.rights import require


class HandedBack(StrEnum):
    """The result of sending a caller on. Each value has a text on the desk."""

    SENT = "sent"
    GONE = "gone"
    """The caller has hung up, or is not in a call with an agent."""
    UNKNOWN = "unknown"
    """There is no such node or topic."""


def at_node(call: Call, node: str) -> str:
    """Return the checkpoint with which the line goes on at a node. Proofs stay; a pending operation
    and the way back do not."""
    call.heading, call.trail = node, []
    call.pending, call.about = (), None
    call.progress.tried = False
    call.progress.misses = 0
    return checkpoint_of(call)


@dataclass(frozen=True)
class HandBackService:
    live: LiveCalls
    cards: CardService
    control: CallControl
    contacts: ContactRepository
    clock: Clock
    nodes: Callable[[int], frozenset[str]]
    """The nodes of a release to which a caller may be sent."""
    topics: Callable[[], Iterable[str]]
    """The topics of the live release."""

    def send_back(self, actor: Actor, key: OperationKey, id: str, node: str) -> HandedBack:
        """Send a caller who talks to the actor back to the line, at a node.

        Raise TemporarilyUnavailable if Asterisk or the database does not answer.
        """
        require(actor, Right.TAKE_CALLS)
        live = self.live.get(id)
        if live is None:
            return HandedBack.GONE
        call = self.cards.state(live)
        if node not in self.nodes(call.release):
            return HandedBack.UNKNOWN
        if not self.contacts.sent_back(actor, key, id, node, self.clock.now()):
            return HandedBack.GONE
        is_sent = self.control.send_back(id, live.channel, at_node(call, node))
        return HandedBack.SENT if is_sent else HandedBack.GONE

    def pass_on(
        self,
        actor: Actor,
        key: OperationKey,
        id: str,
        topic: str,
        language: Language | None = None,
        note: str = "",
    ) -> HandedBack:
        """Let a caller who talks to the actor wait for another agent.

        ``topic`` is that of the wanted agent, empty for any; without a ``language`` the caller's
        stays. The next agent sees the card with the ``note``. Errors as in ``send_back``.
        """
        require(actor, Right.TAKE_CALLS)
        live = self.live.get(id)
        if live is None:
            return HandedBack.GONE
        if topic and topic not in self.topics():
            return HandedBack.UNKNOWN
        goes_to = f"{TO_AGENTS}{topic}"
        if not self.contacts.sent_back(actor, key, id, goes_to, self.clock.now()):
            return HandedBack.GONE
        live.note = note
        is_sent = self.control.pass_on(live.channel, topic, language)
        return HandedBack.SENT if is_sent else HandedBack.GONE
