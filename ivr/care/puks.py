"""The PUK of a SIM card, for identified callers: at most twice per call and five times a day.

It is never told for a terminated number. The network cannot unlock a card remotely; a PUK has eight
digits and ten tries (TS 51.011).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.subscriber import NoPuk, PukBound
from ivr.domain.values import Msisdn, Secret
from ivr.ports.care import Puks
from ivr.ports.clock import Clock
from ivr.ports.subscribers import Subscribers

IN_CALL, IN_DAY = 2, 5
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class PukService(Puks):
    subscribers: Subscribers
    clock: Clock

    def tell(self, actor: Actor, key: OperationKey, number: Msisdn) -> Secret | NoPuk:
        if self.subscribers.proof(number) is None:  # the card of a terminated number is not in use
            return NoPuk.UNKNOWN
        puk = self.subscribers.puk(number)
        if puk is None:
            return NoPuk.UNKNOWN
        now = self.clock.now()
        bound = PukBound(IN_CALL, now - DAY, IN_DAY)
        return self.subscribers.note_puk(actor, key, number, now, bound) or puk
