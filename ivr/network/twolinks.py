"""A message centre without support for transceivers."""

from __future__ import annotations

from ivr.domain.messages import Message, NotEver, NotNow, Receipts, Taken
from ivr.errors import TemporarilyUnavailable
from ivr.network.smpp import SmppCentre
from ivr.ports.messages import MessageCentre


class TwoLinks(MessageCentre):
    """A centre with separate links for sending and for receipts, as before SMPP 3.4.

    While the link for receipts is down, messages are still sent: the centre keeps the receipts.
    """

    def __init__(self, sending: SmppCentre, receiving: SmppCentre) -> None:
        self._sending, self._receiving = sending, receiving

    def parts(self, body: str) -> int:
        return self._sending.parts(body)

    def submit(self, message: Message, part: int, receipts: Receipts) -> Taken | NotNow | NotEver:
        return self._sending.submit(message, part, receipts)

    def attend(self, seconds: float, receipts: Receipts) -> None:
        try:
            self._receiving.attend(seconds, receipts)
        except TemporarilyUnavailable:
            self._sending.attend(seconds, receipts)  # the adapter has logged the reason
            return
        self._sending.attend(0.0, receipts)

    def close(self) -> None:
        self._sending.close()
        self._receiving.close()
