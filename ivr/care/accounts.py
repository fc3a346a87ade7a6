"""What a subscriber may hear about the account."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.care.catalogue import FREE, Catalogue
from ivr.ports import Account, BillItem, Clock, OrderBook, Subscribers
from ivr.values import Msisdn


@dataclass(frozen=True)
class Accounting:
    """Implements ``ivr.ports.Accounts``."""

    subscribers: Subscribers
    book: OrderBook
    catalogue: Catalogue
    clock: Clock

    def account(self, number: Msisdn) -> Account | None:
        subscriber = self.subscribers.find(number)
        if subscriber is None:
            return None
        return Account(
            number=subscriber.msisdn,
            full_name=subscriber.full_name,
            language=subscriber.language,
            tariff=subscriber.tariff,
            status=subscriber.status,
            balance=subscriber.balance,
            services=tuple(id for id in self.catalogue.order if id in subscriber.services),
            company=subscriber.company,
            vip=subscriber.tariff in self.catalogue.tariffs
            and self.catalogue.tariffs[subscriber.tariff].vip,
        )

    def bill(self, number: Msisdn) -> tuple[BillItem, ...]:
        """The tariff's fee, the monthly fees of what is on, and what was taken once this month."""
        subscriber = self.subscribers.find(number)
        if subscriber is None:
            return ()
        month = self.clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        items = [
            BillItem(
                f"tariff.{subscriber.tariff}", self.catalogue.tariffs[subscriber.tariff].monthly
            )
        ]
        for id in self.catalogue.order:
            fee = self.catalogue.services[id].monthly
            if id in subscriber.services and fee > FREE:
                items.append(BillItem(f"service.{id}", fee))
        items.extend(
            BillItem(f"service.{id}", amount) for id, amount in self.book.charges(number, month)
        )
        return tuple(items)
