"""The operator's business systems, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ivr.domain.orders import NotSettled, Sent
from ivr.domain.payments import Bill
from ivr.domain.services import SoldOffer
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.ports.business import BackOffice, Bills, Sold


@dataclass
class MemoryBills(Bills):
    """Bills by number and first day of the month."""

    bills: dict[tuple[Msisdn, date], Bill] = field(default_factory=dict)
    outage: bool = False

    def bill(self, number: Msisdn, month: date) -> Bill | None:
        if self.outage:
            raise TemporarilyUnavailable("billing")
        return self.bills.get((number, month.replace(day=1)))


@dataclass
class MemoryBackOffice(BackOffice):
    """Requests by reference: number, kind, numbers, text."""

    requests: dict[str, tuple[str, str, tuple[Msisdn, ...], str]] = field(default_factory=dict)
    outage: bool = False

    def request(
        self, reference: str, kind: str, numbers: Sequence[Msisdn], text: str, *, send: bool = True
    ) -> str:
        if self.outage:
            raise TemporarilyUnavailable("back office")
        if not send and reference not in self.requests:
            raise NotSettled("back office", "it does not know the request", Sent.MISSED)
        id = str(len(self.requests) + 1)
        return self.requests.setdefault(reference, (id, kind, tuple(numbers), text))[0]


@dataclass
class MemorySold(Sold):
    """The offers on sale."""

    sold: Sequence[SoldOffer] = ()
    outage: bool = False

    def offers(self) -> Sequence[SoldOffer]:
        if self.outage:
            raise TemporarilyUnavailable("catalogue")
        return self.sold
