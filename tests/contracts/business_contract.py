"""What billing, the sold catalogue and the back office do, in memory and over HTTP."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta

import pytest

from ivr.domain.payments import Bill, BillLine
from ivr.domain.services import SoldOffer
from ivr.domain.values import Money
from ivr.errors import TemporarilyUnavailable
from ivr.ports.business import BackOffice, Bills, Sold
from tests.network.world import LAST_MONTH, NUMBER, OTHER, TODAY

CLIR = SoldOffer("service.clir", "clir", Money(0), Money(20))
LINES = (
    BillLine("tariff.duet", Money(1500), "tariff.duet"),
    BillLine("service.waiting", Money(10), "service.waiting"),
)
PAST = Bill(LAST_MONTH, f"{LAST_MONTH:%Y%m}-3456", LINES, Money(1510), Money(0))
OPEN = Bill(TODAY.replace(day=1), "", LINES, Money(1510), Money(1510))


class BusinessContract(ABC):
    """Subclasses give the three parts, with the bills above, CLIR as above, and an outage."""

    bills: Bills
    sold: Sold
    office: BackOffice

    @abstractmethod
    def is_out(self) -> None: ...

    def test_a_billed_month_and_one_that_is_not_billed_yet(self) -> None:
        assert self.bills.bill(NUMBER, LAST_MONTH + timedelta(days=9)) == PAST
        assert self.bills.bill(NUMBER, TODAY) == OPEN

    def test_of_other_months_and_numbers_there_is_no_bill(self) -> None:
        assert self.bills.bill(NUMBER, LAST_MONTH - timedelta(days=40)) is None
        assert self.bills.bill(OTHER, LAST_MONTH) is None
        assert self.bills.bill(OTHER, TODAY) is None

    def test_what_is_sold_has_its_prices(self) -> None:
        assert CLIR in self.sold.offers()

    def test_a_request_is_left_once_and_has_a_number(self) -> None:
        first = self.office.request("c:1", "merge-accounts", [NUMBER, OTHER], "Merge two accounts")
        assert self.office.request("c:1", "merge-accounts", [NUMBER, OTHER], "Merge") == first
        assert self.office.request("c:2", "merge-accounts", [NUMBER], "Another") != first

    def test_each_part_that_is_down_says_so_by_its_name(self) -> None:
        self.is_out()
        with pytest.raises(TemporarilyUnavailable, match="the billing "):
            self.bills.bill(NUMBER, TODAY)
        with pytest.raises(TemporarilyUnavailable, match="the catalogue "):
            self.sold.offers()
        with pytest.raises(TemporarilyUnavailable, match="the back office "):
            self.office.request("c:3", "merge-accounts", [NUMBER], "Another")
