"""A desk at which callers identify."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, LockState, Verdict
from ivr.domain.values import Msisdn, Secret
from ivr.testing.demo import NUMBER, Operator, demo_operator
from ivr.testing.dial import origin

CALLER, NOBODY = Msisdn("99361000000"), Msisdn("99365999999")
WRONG = "7777777"
WITHHELD = Attempt("c", NUMBER, Origin(None, "", "trunk"), IdentificationMethod.CODEWORD)


@dataclass
class Desk:
    """An operator whose callers try to identify, each in a call of its own."""

    operator: Operator = field(default_factory=demo_operator)
    calls: int = 0

    def later(self, **passed: float) -> None:
        self.operator.clock.sleep(timedelta(**passed).total_seconds())

    def ring(self) -> str:
        self.calls += 1
        return f"call-{self.calls}"

    def check(
        self,
        keys: str,
        *,
        call: str = "",
        number: Msisdn = NUMBER,
        caller: Msisdn | None = None,
        means: IdentificationMethod = IdentificationMethod.CODEWORD,
    ) -> Verdict:
        attempt = Attempt(call or self.ring(), number, origin(caller), means)
        return self.operator.care.identification.check(attempt, Secret(keys))

    def lock_state(
        self, number: Msisdn = NUMBER, *, call: str = "new", caller: Msisdn | None = None
    ) -> LockState:
        return self.operator.care.identification.lock_state(call, number, origin(caller))

    def fail(self, times: int, caller: Msisdn | None = None, **every: float) -> list[Verdict]:
        verdicts = []
        for _ in range(times):
            verdicts.append(self.check(WRONG, caller=caller))
            self.later(**every)
        return verdicts
