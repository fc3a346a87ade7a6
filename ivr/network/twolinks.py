"""A message centre that knows no transceivers."""

from __future__ import annotations

from ivr.domain.messages import Message, NotEver, NotNow, Receipts, Taken
from ivr.errors import TemporarilyUnavailable
from ivr.network.smpp import SmppCentre
from ivr.ports.messages import MessageCentre


class TwoLinks(MessageCentre):
    """A centre that wants a link for sending and another for receipts, as before SMPP 3.4.

    Messages are sent while receipts do not come: the centre keeps them.
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
            self._sending.attend(seconds, receipts)  # the adapter has said why
            return
        self._sending.attend(0.0, receipts)

    def close(self) -> None:
        self._sending.close()
        self._receiving.close()
