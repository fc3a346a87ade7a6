"""A line on which changes wait."""

from __future__ import annotations

from datetime import timedelta

from ivr.care.messages import MessageWorker
from ivr.domain.orders import Order
from ivr.domain.values import Language, Msisdn, ServiceId
from ivr.flow.document import Flow
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, PASSPORT_KEYS, Operator
from ivr.testing.dial import Dialled, dial
from ivr.testing.messages import FakeCentre

FORWARDING, FAVOURITE = ServiceId("forwarding"), ServiceId("favourite")
THIEF = Msisdn("99361000000")
HOME = "99312223344"
KEY_OF = {Language.TURKMEN: "1", Language.RUSSIAN: "2", Language.ENGLISH: "3"}
CODEWORD, PASSPORT = f"{CODEWORD_KEYS}#", f"# {PASSPORT_KEYS}#"
SERVICES = "2 65123456 1"
"""To the services, about the number."""
FORWARD, FAVOUR = "4 2 1 61000000 1", "4 3 61000000 1"
A_DAY = timedelta(hours=24)


class Line:
    def __init__(self, flow: Flow, operator: Operator) -> None:
        self.flow, self.operator, self.calls = flow, operator, 0
        self.centre = FakeCentre()
        self.messages = MessageWorker(
            operator.outbox,
            self.centre,
            operator.subscribers,
            lambda: operator.results,
            operator.clock,
            10,
            operator.notices,
            10,
        )

    def ring(self, keys: str, caller: Msisdn | None = THIEF) -> Dialled:
        self.calls += 1
        operator = self.operator
        operator.callers.languages.clear()  # each call chooses one
        call_id = f"call-{self.calls}"
        return dial(self.flow, operator.care, operator.clock, keys, caller=caller, call_id=call_id)

    def forwards(self, language: Language = Language.ENGLISH, then: str = "") -> Dialled:
        """A passport from another phone."""
        return self.ring(f"{KEY_OF[language]} {SERVICES} {PASSPORT} {FORWARD} {then}")

    @property
    def order(self) -> Order:
        return list(self.operator.orders.orders.values())[-1]

    @property
    def forwarding(self) -> dict[str, str]:
        return dict(self.operator.care.subscriptions.value(NUMBER, FORWARDING))

    def passes(self, delay: timedelta) -> None:
        self.messages.once()
        self.untold(delay)

    def untold(self, delay: timedelta) -> None:
        """Time passes, and no text message is sent."""
        self.operator.clock.sleep(delay.total_seconds())
        worker = self.operator.worker()
        for _ in range(3):
            worker.once()
