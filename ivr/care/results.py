"""Text messages with the results of accepted orders, as promised to callers.

A promise is stored before the caller hears it. This module finds settled orders with a promise and
puts a message for each into the outbox, under the order's reference, before it marks the promise as
kept. So if a process dies at any point, nothing is lost and nothing is written twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from ivr.domain.orders import Order, OrderState
from ivr.domain.services import INACTIVITY, SUSPENSION, Change, Reason
from ivr.domain.values import Language
from ivr.errors import FlowBroken
from ivr.ports.dialogue import TextSource
from ivr.ports.messages import Outbox, Promises

log = structlog.get_logger()

AT_ONCE = 200
STATES = (SUSPENSION, INACTIVITY)
"""States of the number itself, which are ordered like services and have their own texts."""


@dataclass(frozen=True)
class ResultNotifier:
    """Writes promised messages with the texts of one release."""

    promises: Promises
    outbox: Outbox
    wording: TextSource

    def write(self) -> int:
        """Put the promised messages into the outbox; return how many."""
        written = 0
        for promise in self.promises.owed(AT_ONCE):
            order = promise.order
            try:
                body = self.told(order, promise.language)
            except FlowBroken as error:
                # The promise stays open until a release has the text.
                log.error("a result is not written", order=order.id, reason=str(error))
                continue
            self.outbox.put(order.number, body, f"order:{order.id}")
            self.promises.kept(order.id)
            written += 1
        return written

    def told(self, order: Order, language: Language) -> str:
        """Return the text for the subscriber about a settled order."""
        write = self.wording.write
        if order.state is OrderState.COMPLETED:
            lines = [self._state(change, language) for change in order.changes]
            return "\n".join((write(language, "sms.order.done"), *lines))
        if order.state is OrderState.CANCELLED and order.reason in (None, Reason.WITHDRAWN):
            service = f"service.{order.changes[0 if order.undoes else -1].service}"
            return write(language, "sms.order.withdrawn", service=service)
        reason = order.reason or Reason.NETWORK
        asked = order.changes[-1].service  # the changes that came with it are before it
        try:
            why = write(language, f"refused.{reason}", service=f"service.{asked}")
        except FlowBroken:  # the text has a placeholder for which an order has no value
            why = write(language, f"refused.{Reason.NETWORK}", service=f"service.{asked}")
        return "\n".join((write(language, "sms.order.refused"), why))

    def _state(self, change: Change, language: Language) -> str:
        side = "modify" if change.is_new_value else "on" if change.on else "off"
        if change.service in STATES:
            return self.wording.write(language, f"sms.order.{change.service}.{side}")
        service = f"service.{change.service}"
        return self.wording.write(language, f"sms.order.change.{side}", service=service)
