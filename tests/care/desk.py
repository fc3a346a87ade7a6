"""A worker that sends text messages, and what goes wrong with it."""

from __future__ import annotations

from ivr.care.messages import MessageWorker
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt
from ivr.domain.messages import MessageState
from ivr.domain.values import Msisdn, Secret
from ivr.errors import TemporarilyUnavailable
from ivr.testing.demo import NUMBER, Operator
from ivr.testing.messages import FakeCentre
from tests.care.services import operator

STRANGER = Msisdn("99361999999")
DOWN = TemporarilyUnavailable("smsc")


class Death(Exception):
    """The worker's process ends here."""


class Desk:
    """A worker with everything that it works on, open to a test."""

    def __init__(self, a_day: int = 10, notices_a_day: int = 10) -> None:
        self.operator = operator()
        self.outbox, self.clock = self.operator.outbox, self.operator.clock
        self.centre = FakeCentre()
        self.worker = MessageWorker(
            self.outbox,
            self.centre,
            self.operator.subscribers,
            lambda: self.operator.results,
            self.clock,
            a_day,
            self.operator.notices,
            notices_a_day,
        )

    def put(self, reference: str, number: Msisdn = NUMBER, body: str = "text") -> None:
        self.outbox.put(number, body, reference)

    def state(self, reference: str) -> MessageState:
        return self.outbox.rows[reference].state


def fail_to_identify(made: Operator, number: Msisdn, call: str = "c", times: int = 1) -> None:
    """Say a wrong code word, so many times."""
    for _ in range(times):
        attempt = Attempt(call, number, Origin(), IdentificationMethod.CODEWORD)
        made.care.identification.check(attempt, Secret("222222"))
