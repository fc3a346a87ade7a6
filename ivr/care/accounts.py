"""Account information for a subscriber."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.care.catalogue import FREE, Catalogue
from ivr.domain.payments import TAX, BillLine, Payment
from ivr.domain.subscriber import ActiveService, Subscriber
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.ports.business import Bills
from ivr.ports.care import Accounts
from ivr.ports.clock import Clock
from ivr.ports.orders import OrderRepository
from ivr.ports.subscribers import Payments, Subscribers

PAYMENTS = 5
"""Number of payments that a subscriber hears."""
KEY_CUSTOMER = 10
"""Queue priority of a subscriber on a tariff for key customers."""


@dataclass(frozen=True)
class AccountService(Accounts):
    subscribers: Subscribers
    repository: OrderRepository
    received: Payments
    billed: Bills
    catalogue: Catalogue
    clock: Clock

    def account(self, number: Msisdn) -> Subscriber | None:
        subscriber = self.subscribers.find(number)
        if subscriber is None:
            return None
        now, known = self.clock.now(), subscriber.services
        return dataclasses.replace(
            subscriber,
            services={id: known[id] for id in self.catalogue.order if id in known},
            packages=tuple(
                each
                for each in subscriber.packages
                if each.until > now and each.service in self.catalogue.services
            ),
        )

    def priority(self, number: Msisdn) -> int:
        try:
            subscriber = self.subscribers.find(number)
        except TemporarilyUnavailable:
            return 0
        tariff = self.catalogue.tariffs.get(subscriber.tariff) if subscriber else None
        return KEY_CUSTOMER if tariff and tariff.vip else 0

    def bill(self, number: Msisdn, months_ago: int = 0) -> tuple[BillLine, ...]:
        """Compute the bill of this month; fetch the bill of a past month from billing (TMF678).

        Empty: there is no bill of that month. Raise TemporarilyUnavailable "billing" if billing
        does not answer for a past month.
        """
        if not months_ago:
            return self.reckoned(number)
        subscriber = self.subscribers.find(number)
        since, until = self._month(months_ago)
        if subscriber is None or _is_of_former_owner(subscriber, until):
            return ()
        drawn_up = self.billed.bill(number, since.date())
        if drawn_up is None:
            return ()
        known = {*self.catalogue.texts(), TAX}
        return tuple(
            BillLine(line.item if line.item in known else "", line.amount, line.name)
            for line in drawn_up.lines
        )

    def reckoned(self, number: Msisdn, months_ago: int = 0) -> tuple[BillLine, ...]:
        """Compute the bill of a month without billing.

        It has the tariff's fee, the monthly fees of active services, and the one-time fees of that
        month. A service costs its monthly fee if it was on before the month's end and still is.
        """
        subscriber = self.subscribers.find(number)
        since, until = self._month(months_ago)
        if subscriber is None or _is_of_former_owner(subscriber, until):
            return ()
        items = [
            BillLine(
                f"tariff.{subscriber.tariff}", self.catalogue.tariffs[subscriber.tariff].monthly
            )
        ]
        for id in self.catalogue.order:
            fee, held = self.catalogue.services[id].monthly, subscriber.services.get(id)
            if held and fee > FREE and _is_before(held, until):
                items.append(BillLine(f"service.{id}", fee))
        items.extend(
            BillLine(f"service.{id}", amount)
            for id, amount in self.repository.charges(number, since, until)
        )
        return tuple(items)

    def payments(self, number: Msisdn) -> tuple[Payment, ...]:
        return tuple(
            Payment(self.clock.local(at).date(), amount)
            for at, amount in self.received.newest(number, PAYMENTS)
        )

    def _month(self, ago: int) -> tuple[datetime, datetime]:
        """Return the begin of a month and of the next month, in the operator's time zone."""
        first = _first(self.clock.local())
        for _ in range(ago):
            first = _first(first - timedelta(days=1))
        return first, _first(first + timedelta(days=31))


def _first(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _is_of_former_owner(subscriber: Subscriber, until: datetime) -> bool:
    """Tell whether a month that ended at ``until`` belongs to a former owner."""
    return subscriber.owner_since is not None and until <= subscriber.owner_since


def _is_before(held: ActiveService, until: datetime) -> bool:
    return held.since is None or held.since < until
