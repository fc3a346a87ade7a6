"""Text messages that callers ask for, with what they heard."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Call
from ivr.domain.values import Language, Msisdn
from ivr.ports.dialogue import TextSource
from ivr.ports.messages import Advice, Outbox

OCCASION = "advice"


@dataclass(frozen=True)
class AdviceService(Advice):
    """Sends texts of one release."""

    outbox: Outbox
    wording: TextSource

    def recipient(self, call: Call) -> Msisdn | None:
        return call.caller or call.subscriber or call.texts_to

    def send(
        self,
        _actor: Actor,
        key: OperationKey,
        number: Msisdn,
        text: str,
        language: Language | None,
    ) -> bool:
        reference = f"{OCCASION}:{key}:{text}:{number}"
        if self.outbox.find(reference) is None and not self.outbox.has_room(number, OCCASION):
            return False
        body = self.wording.write(language or Language.TURKMEN, text)
        self.outbox.put(number, body, reference)
        return True
