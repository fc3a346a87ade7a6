"""What every Promises does: in memory and in each database."""

from __future__ import annotations

from ivr.domain.orders import OrderState
from ivr.domain.values import Language
from tests.contracts.messages_contract import MINUTE, MessageRecords
from tests.contracts.order_book_contract import DONE, NOW, order


class PromisesContract:
    """Derive, and give a fixture ``kept``."""

    def test_a_promise_is_owed_when_its_order_is_settled(self, kept: MessageRecords) -> None:
        kept.orders.write(order("c1:1"))
        kept.promises.promise("id c1:1", Language.RUSSIAN)
        assert kept.promises.owed(9) == []
        settled = kept.orders.settle("id c1:1", DONE, NOW)
        (owed,) = kept.promises.owed(9)
        assert (owed.order, owed.language) == (settled, Language.RUSSIAN)

    def test_it_may_be_made_after_the_order_was_settled(self, kept: MessageRecords) -> None:
        kept.orders.write(order("c1:1"))
        kept.orders.settle("id c1:1", OrderState.REJECTED, NOW)
        kept.promises.promise("id c1:1", Language.ENGLISH)
        assert [owed.order.id for owed in kept.promises.owed(9)] == ["id c1:1"]

    def test_the_first_promise_stands(self, kept: MessageRecords) -> None:
        kept.orders.write(order("c1:1"))
        kept.promises.promise("id c1:1", Language.ENGLISH)
        kept.promises.promise("id c1:1", Language.TURKMEN)
        kept.orders.settle("id c1:1", DONE, NOW)
        assert [owed.language for owed in kept.promises.owed(9)] == [Language.ENGLISH]

    def test_what_is_kept_is_owed_no_more(self, kept: MessageRecords) -> None:
        for minutes in (2, 1):
            kept.orders.write(order(f"c1:{minutes}"))
            kept.promises.promise(f"id c1:{minutes}", Language.TURKMEN)
            kept.orders.settle(f"id c1:{minutes}", DONE, NOW + MINUTE * minutes)
        assert [owed.order.id for owed in kept.promises.owed(1)] == ["id c1:1"]
        kept.promises.kept("id c1:1")
        assert [owed.order.id for owed in kept.promises.owed(9)] == ["id c1:2"]
        kept.promises.promise("id c1:1", Language.TURKMEN)
        assert len(kept.promises.owed(9)) == 1

    def test_an_order_without_a_promise_is_not_owed(self, kept: MessageRecords) -> None:
        kept.orders.write(order("c1:1"))
        kept.orders.settle("id c1:1", DONE, NOW)
        assert kept.promises.owed(9) == []
