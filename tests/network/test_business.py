"""Bills, what is sold, and requests to the back office, over real sockets."""

from __future__ import annotations

import pytest

from ivr.care.catalogue import Catalogue
from ivr.care.comparison import Difference, Kind, compare
from ivr.domain.values import Money
from ivr.network.backoffice import TmForumBackOffice
from ivr.network.billing import TmForumBills
from ivr.network.models.common import MoneyValue
from ivr.network.offers import TmForumOffers
from ivr.testing.business import MemoryBackOffice, MemoryBills, MemorySold
from ivr.testing.demo import shipped_catalogue
from tests.contracts.business_contract import CLIR, OPEN, PAST, BusinessContract
from tests.network.world import NUMBER, OTHER, Simulated


class TestInMemory(BusinessContract):
    @pytest.fixture(autouse=True)
    def parts(self) -> None:
        bills = {(NUMBER, PAST.month): PAST, (NUMBER, OPEN.month): OPEN}
        self.memory = MemoryBills(bills), MemorySold([CLIR]), MemoryBackOffice()
        self.bills, self.sold, self.office = self.memory

    def is_out(self) -> None:
        for part in self.memory:
            part.outage = True


class TestOverHttp(BusinessContract):
    @pytest.fixture(autouse=True)
    def parts(self, operator: Simulated) -> None:
        self.operator = operator
        self.bills = TmForumBills(operator.wire("billing"))
        self.sold = TmForumOffers(operator.wire("catalogue"))
        self.office = TmForumBackOffice(operator.wire("back office"))

    def is_out(self) -> None:
        self.operator.is_in(outage="error", down=["billing", "catalogue", "back-office"])


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
    def test_people_read_the_text_and_the_numbers(self, operator: Simulated) -> None:
        office = TmForumBackOffice(operator.wire("back office"))
        id = office.request("c:1", "merge-accounts", [NUMBER, OTHER], "Merge two accounts")
        (ticket,) = operator.world.registry.tickets("c:1")
        assert ticket.id == id
        assert [entity.id for entity in ticket.related_entity] == [NUMBER, OTHER]
        assert ticket.description == "Merge two accounts"

    def test_a_lost_answer_leaves_one_request(self, operator: Simulated) -> None:
        operator.is_in(loses=1)
        office = TmForumBackOffice(operator.wire("back office"))
        id = office.request("c:1", "merge-accounts", [NUMBER], "Merge")
        assert [ticket.id for ticket in operator.world.registry.tickets(None)] == [id]
