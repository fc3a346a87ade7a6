"""Facts in memory, read from the other repositories in memory; the outbox does not have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.care.notices import HELD, OFF, SERVICES
from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import AttemptResult
from ivr.domain.notices import Act, Occasion
from ivr.domain.orders import Order, OrderState
from ivr.domain.values import Msisdn
from ivr.ports.notices import Facts
from ivr.testing.attempts import MemoryAttempts
from ivr.testing.messages import MemoryOutbox
from ivr.testing.orders import MemoryOrderRepository
from ivr.testing.subscribers import MemorySubscribers

SUFFIXES = ("", "-changed", "-off")
"""Suffixes of the occasions of one service."""


@dataclass
class MemoryFacts(Facts):
    """Read the facts from the order book, the subscribers and the attempts."""

    repository: MemoryOrderRepository
    subscribers: MemorySubscribers
    attempts: MemoryAttempts
    outbox: MemoryOutbox

    def orders(self, since: datetime, until: datetime, most: int) -> Sequence[Order]:
        done = [
            order
            for order in self.repository.orders.values()
            if order.state is OrderState.COMPLETED
            and order.settled is not None
            and since <= order.settled < until
            and self._is_owners(order.number, order.ordered)
            and not self._is_told(order)
        ]
        return sorted(done, key=lambda order: str(order.settled))[:most]

    def held(self, most: int) -> Sequence[Order]:
        held = [
            order
            for order in self.repository.orders.values()
            if order.due is not None
            and any(
                f"held-{change.service}:{order.id}" not in self.outbox.rows
                for change in order.changes
                if change.service in (HELD if change.on else OFF)
            )
        ]
        return sorted(held, key=lambda order: order.ordered)[:most]

    def acts(self, since: datetime, until: datetime, most: int) -> Sequence[Act]:
        return [
            act
            for act in self._all(since, until)
            if f"{act.occasion}:{act.id}" not in self.outbox.rows
        ][:most]

    def _is_owners(self, number: Msisdn, at: datetime) -> bool:
        row = self.subscribers.rows.get(number)
        return row is None or row.owner_since is None or at > row.owner_since

    def _is_told(self, order: Order) -> bool:
        return all(
            any(f"{change.service}{each}:{order.id}" in self.outbox.rows for each in SUFFIXES)
            for change in order.changes
            if change.service in SERVICES or (not change.on and change.service in OFF)
        )

    def _all(self, since: datetime, until: datetime) -> Iterator[Act]:
        for index, (number, _, at) in enumerate(self.subscribers.told):
            if since <= at < until and self._is_owners(number, at):
                yield Act(Occasion.PUK, str(index), number)
        for index, number in enumerate(self.subscribers.codewords):
            yield Act(Occasion.CODEWORD, str(index), number)
        for each in self.attempts.tries:
            is_owners = self._is_owners(each.attempt.number, each.at)
            is_strange = is_owners and not each.kind.is_own
            is_match = each.result is AttemptResult.MATCH and since <= each.at < until
            if each.attempt.means is IdentificationMethod.PASSPORT and is_match and is_strange:
                yield Act(Occasion.PASSPORT, str(each.id), each.attempt.number)
