"""Bills, what is sold, and requests to the back office, over real sockets."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ivr.care.catalogue import Catalogue
from ivr.care.comparing import Difference, Kind, compare
from ivr.errors import TemporarilyUnavailable
from ivr.network.backoffice import TmForumBackOffice
from ivr.network.billing import ZONE, TmForumBills
from ivr.network.models.common import MoneyValue
from ivr.network.offers import TmForumOffers
from ivr.ports import Bill
from ivr.testing.demo import shipped_catalogue
from ivr.values import Money
from tests.network.world import NUMBER, OTHER, Simulated

TODAY = datetime.now(ZONE).date()
LAST_MONTH = TODAY.replace(day=1) - timedelta(days=1)


class TestBills:
    def bill(self, operator: Simulated, month: date) -> Bill:
        bill = TmForumBills(operator.wire("billing")).bill(NUMBER, month)
        assert bill is not None
        return bill

    def test_a_billed_month_has_a_number_and_its_items_add_up(self, operator: Simulated) -> None:
        bill = self.bill(operator, LAST_MONTH)
        assert bill.month == LAST_MONTH.replace(day=1)
        assert bill.number == f"{LAST_MONTH:%Y%m}-3456"
        assert [(line.item, line.amount) for line in bill.lines] == [
            ("tariff.duet", Money(1500)),
            ("service.waiting", Money(10)),
        ]
        assert bill.total == Money(1510)
        assert bill.due == Money(0)

    def test_this_month_is_not_billed_yet(self, operator: Simulated) -> None:
        bill = self.bill(operator, TODAY)
        assert bill.number == ""
        assert bill.total == bill.due == Money(1510)

    def test_of_other_months_and_numbers_there_is_none(self, operator: Simulated) -> None:
        bills = TmForumBills(operator.wire("billing"))
        assert bills.bill(NUMBER, LAST_MONTH - timedelta(days=60)) is None
        assert bills.bill(OTHER, LAST_MONTH) is None
        assert bills.bill(OTHER, TODAY) is None

    def test_billing_that_is_down_says_so_by_its_name(self, operator: Simulated) -> None:
        operator.is_in(outage="error", down=["billing"])
        with pytest.raises(TemporarilyUnavailable) as error:
            TmForumBills(operator.wire("billing")).bill(NUMBER, TODAY)
        assert error.value.what == "billing"


@pytest.mark.parametrize(
    ("unit", "value"), [("USD", 1.0), (None, 1.0), ("TMT", None), ("TMT", 1.005)]
)
def test_money_of_another_kind_is_not_taken(unit: str | None, value: float | None) -> None:
    with pytest.raises(ValueError, match="amount"):
        MoneyValue.model_validate({"unit": unit, "value": value}).money()


@pytest.mark.parametrize("tenge", [0, 1, 10, 29, 1999, -305, 123456789])
def test_money_comes_back_as_it_went(tenge: int) -> None:
    sent = MoneyValue.of(Money(tenge)).model_dump_json()
    assert MoneyValue.model_validate_json(sent).money() == Money(tenge)


class TestOffers:
    def offers(self, operator: Simulated) -> TmForumOffers:
        return TmForumOffers(operator.wire("catalogue"))

    def test_prices_are_read_by_value_and_by_reference(self, operator: Simulated) -> None:
        sold = {offer.id: offer for offer in self.offers(operator).offers()}
        assert sold["service.international"].once == Money(300)
        assert sold["service.clir"].monthly == Money(20)
        assert sold["tariff.duet"].monthly == Money(1500)

    def test_the_same_catalogue_has_no_differences(self, operator: Simulated) -> None:
        assert list(compare(shipped_catalogue(), self.offers(operator).offers())) == []

    def test_every_difference_is_named(self, operator: Simulated) -> None:
        ours = Catalogue.model_validate(
            {
                "tariffs": {"duet": {"monthly": "16.00"}},
                "services": {"international": {"once": "2.00"}, "fax": {}},
            }
        )
        found = list(compare(ours, self.offers(operator).offers()))
        assert found[:3] == [
            Difference("tariff.duet", Kind.MONTHLY, Money(1600), Money(1500)),
            Difference("service.international", Kind.ONCE, Money(200), Money(300)),
            Difference("service.fax", Kind.ONLY_OURS, None, None),
        ]
        assert {each.kind for each in found[3:]} == {Kind.ONLY_THEIRS}


class TestBackOffice:
    def test_a_request_has_a_number_and_is_left_once(self, operator: Simulated) -> None:
        office = TmForumBackOffice(operator.wire("back office"))
        first = office.request("c:1", "merge-accounts", [NUMBER, OTHER], "Merge two accounts")
        assert office.request("c:1", "merge-accounts", [NUMBER, OTHER], "Merge") == first
        assert office.request("c:2", "merge-accounts", [NUMBER], "Another") != first
        ticket = operator.state.tickets("c:1")[0]
        assert ticket.id == first
        assert [entity.id for entity in ticket.related_entity] == [NUMBER, OTHER]
        assert ticket.description == "Merge two accounts"

    def test_a_lost_answer_leaves_one_request(self, operator: Simulated) -> None:
        operator.is_in(loses=1)
        office = TmForumBackOffice(operator.wire("back office"))
        id = office.request("c:1", "merge-accounts", [NUMBER], "Merge")
        assert [ticket.id for ticket in operator.state.tickets(None)] == [id]

    def test_a_back_office_that_is_down_says_so_by_its_name(self, operator: Simulated) -> None:
        operator.is_in(outage="error", down=["back-office"])
        with pytest.raises(TemporarilyUnavailable) as error:
            TmForumBackOffice(operator.wire("back office")).request("c:1", "x", [NUMBER], "x")
        assert error.value.what == "back office"
