"""A line and everything behind it, and callers without Asterisk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.call import Call, CallOutcome
from ivr.domain.dialogue import Utterance, Value
from ivr.domain.values import Language, Msisdn
from ivr.errors import CallerHungUp, FlowBroken, TemporarilyUnavailable
from ivr.flow.document import Flow
from ivr.flow.release import Release
from ivr.ports.care import Care
from ivr.telephony.call_handler import CallHandler
from ivr.testing.demo import Operator
from ivr.testing.journal import MemoryJournal
from ivr.testing.prompts import EchoPrompts
from ivr.testing.subscribers import MemoryCallers
from ivr.testing.telephone import FakeTelephone

CALL = "ivr83aa05-1795531970.12"


class FakeSession:
    """A call whose caller presses ``keys`` and then hangs up.

    ``gone_at`` names a variable whose setting finds the channel dead.
    """

    def __init__(
        self,
        keys: str = "",
        *,
        gone_at: str = "",
        callerid: str = "865123456",
        channel: str = "PJSIP/trunk-0000001a",
        id: str = CALL,
        **variables: str,
    ) -> None:
        self.telephone = FakeTelephone(keys)
        self.variables = {"IVR_DIALLED": "0890", **variables}
        self.telephone.notes = self.variables
        self.environment: dict[str, str] = {
            "agi_callerid": callerid,
            "agi_channel": channel,
            "agi_uniqueid": id,
        }
        self.order: list[str] = []
        self._gone_at = gone_at

    def get(self, name: str) -> str:
        return self.variables.get(name, "")

    def set(self, name: str, value: str) -> None:
        if name == self._gone_at:
            raise CallerHungUp("the channel is dead")
        self.order.append(name)
        self.variables[name] = value


class LostDatabase(MemoryJournal, MemoryCallers):
    """A journal, and a memory of callers, that do not answer."""

    def begin(self, call: Call) -> None:
        raise TemporarilyUnavailable("database")

    def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
        raise TemporarilyUnavailable("database")

    def language(self, caller: Msisdn) -> Language | None:
        raise TemporarilyUnavailable("database")


class BrokenPrompts(EchoPrompts):
    """Prompts of which one is missing."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        if key == "menu.main.account":
            raise FlowBroken(f"no text {key}")
        return super().say(language, key, **values)


@dataclass
class OneRelease:
    """A release cache with a live release; the ones before it speak with the same flow."""

    flow: Flow
    care: Care
    prompts: EchoPrompts = field(default_factory=EchoPrompts)

    def live(self) -> Release:
        return self.get(7)

    def get(self, number: int) -> Release:
        return Release(number, self.flow, self.prompts, self.care)


@dataclass
class Harness:
    """A line, and everything behind it."""

    line: CallHandler
    operator: Operator
    journal: MemoryJournal
    release_cache: OneRelease

    def ring(self, keys: str = "", **how: str) -> FakeSession:
        session = FakeSession(keys, **how)
        self.line.answer(session)
        return session

    @property
    def outcome(self) -> CallOutcome:
        return self.journal.outcomes[CALL]
