"""Call-backs for agents: what is due, who calls, and the result of each try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ivr.care.callbacks import TAKEN_FOR
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import DataRead, PersonalData
from ivr.domain.callbacks import Callback, CallbackResult, CallbackStatus
from ivr.domain.rights import Right
from ivr.domain.values import Language
from ivr.ports.audit import Readings
from ivr.ports.callbacks import Callbacks
from ivr.ports.clock import Clock
from ivr.ports.lists import CallbackList
from ivr.staff.rights import require

MOST = 50


@dataclass(frozen=True, slots=True)
class CallbackLists:
    """The call-backs of one agent."""

    mine: Sequence[Callback]
    """Those that the agent has taken."""
    due: Sequence[Callback]
    """Those that the agent may take, the longest waiting first."""


@dataclass(frozen=True)
class AgentCallbackService:
    """Each operation raises Forbidden without the right to call back."""

    stored: CallbackList
    operations: Callable[[], Callbacks]
    """The operations with the rules of the live release."""
    readings: Readings
    clock: Clock

    def lists(self, actor: Actor, languages: frozenset[Language]) -> CallbackLists:
        """Return the call-backs in an agent's languages."""
        require(actor, Right.CALL_BACK)
        now = self.clock.now()
        taken = self.stored.page(MOST, status=CallbackStatus.TAKEN).items
        due = self.stored.due(languages, now, now - TAKEN_FOR, MOST)
        mine = [each for each in taken if each.taken_by == actor.id]
        ids = {each.id for each in mine}
        return CallbackLists(mine, [each for each in due if each.id not in ids])

    def take(self, actor: Actor, key: OperationKey, id: int) -> bool:
        """Take a call-back, and so see its number: the reading is audited. False: it is taken."""
        require(actor, Right.CALL_BACK)
        if not self.operations().take(actor, key, id):
            return False
        taken = self.stored.page(MOST, status=CallbackStatus.TAKEN).items
        for each in taken:
            if each.id == id:
                read = DataRead(PersonalData.NUMBER, each.number, f"callback {id}")
                self.readings.note_read(actor, OperationKey(f"{key}:read"), read, self.clock.now())
        return True

    def tried(self, actor: Actor, key: OperationKey, id: int, result: CallbackResult) -> bool:
        """Store the result of a try. False: the actor does not have it any more."""
        require(actor, Right.CALL_BACK)
        return self.operations().tried(actor, key, id, result)
