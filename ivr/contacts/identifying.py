"""The blind check within a call.

What the caller proves to the agent is put into the call's checkpoint: the card shows it, and it
goes with the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.care.blindcheck import BlindCheck, BlindResult, means_of
from ivr.contacts.cards import CardService
from ivr.contacts.live import LiveCalls
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.values import Msisdn, SpokenSecret
from ivr.flow.checkpoint import checkpoint_of
from ivr.ports.attempts import Attempts
from ivr.ports.care import Care
from ivr.ports.clock import Clock


@dataclass(frozen=True)
class CallIdentification:
    live: LiveCalls
    cards: CardService
    care: Callable[[], Care]
    """The operations with the content of the live release."""
    attempts: Attempts
    clock: Clock

    def check(
        self, actor: Actor, key: OperationKey, id: str, number: Msisdn, said: SpokenSecret
    ) -> BlindResult | None:
        """Check what a caller says about a number; None: there is no such call.

        The same form counts once. After a match the card shows the proof.
        """
        live = self.live.get(id)
        if live is None:
            return None
        if (done := live.checks.get(key)) is not None:
            return done
        call = self.cards.state(live)
        identification = self.care().identification
        blind = BlindCheck(identification, self.attempts, self.clock)
        result = blind.check(actor, id, number, call.origin, said)
        live.checks[key] = result
        if result is BlindResult.MATCHES and (proof := identification.proof(number)):
            call.subscriber, call.proof = number, proof.version
            call.means = means_of(said)
            self.cards.control.keep(id, live.channel, checkpoint_of(call))
            self.cards.refresh(live)
        return result
