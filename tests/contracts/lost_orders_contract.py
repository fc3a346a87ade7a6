"""Orders that are settled by hand: money, undos, claims and the audit, on every OrderBook."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from ivr.care.carrier import Carrier
from ivr.care.lostorders import LostOrders
from ivr.care.ordercheck import Weighing
from ivr.domain.orders import NetworkAnswer, Order, OrderState, Sent
from ivr.domain.services import Reason
from ivr.domain.values import Money
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.testing.acting import at_terminal
from ivr.testing.clock import FixedClock
from ivr.testing.demo import shipped_catalogue
from tests.contracts.order_book_contract import DONE, LATER, LATEST, NOW, order, row
from tests.contracts.records import NUMBER, Records, subscriber
from tests.contracts.weighed_orders_contract import held, undo_of

CANCELLED = OrderState.CANCELLED
ENGINEER = at_terminal()
BY = str(ENGINEER[0])


@dataclass
class Losing:
    """A network that knows nothing of the order any more; ``meanwhile`` happens while it looks."""

    meanwhile: Callable[[], None]
    asked: list[str] = field(default_factory=list)

    def carry_out(self, order: Order) -> NetworkAnswer:
        self.asked.append(order.id)
        self.meanwhile()
        raise TemporarilyUnavailable("network")

    def cancel(self, order: Order) -> NetworkAnswer | None:
        return self.carry_out(order)


def desk(records: Records) -> LostOrders:
    return LostOrders(records.orders, FixedClock(LATER))


def lost(records: Records, key: str = "c1:1") -> Order:
    """An order of 3 manat that the network had, and has no more."""
    records.orders.write(order(key))
    records.orders.tried(f"id {key}", NOW)
    records.orders.note_sent(f"id {key}", Sent.KNOWN, NOW)
    return _read(records, f"id {key}")


def _read(records: Records, id: str) -> Order:
    found = records.orders.get(id)
    assert found is not None
    return found


def _refused(records: Records, id: str, *, is_done: bool = True) -> str:
    """Why an order is not settled by hand; it is as it was, and nobody is in the audit."""
    before, money = records.orders.get(id), row(records).balance
    with pytest.raises(Unusable) as error:
        desk(records).settle(*ENGINEER, id, is_done=is_done)
    assert records.orders.get(id) == before
    assert row(records).balance == money
    assert (BY, "order.completed") not in records.acts()
    assert (BY, "order.cancelled") not in records.acts()
    return str(error.value)


class LostOrdersContract:
    """Derive, and give a fixture ``records``."""

    @pytest.mark.parametrize(
        ("is_done", "state", "reason", "balance", "services"),
        [
            (True, DONE, None, 4230, {"sms", "mms"}),
            (False, CANCELLED, Reason.NETWORK, 4530, {"sms"}),
        ],
    )
    def test_one_is_settled_as_its_engineer_says(
        self,
        records: Records,
        is_done: bool,
        state: OrderState,
        reason: Reason | None,
        balance: int,
        services: set[str],
    ) -> None:
        records.add(subscriber())
        lost(records)
        records.orders.write(order("c1:2", once=0))
        settled = desk(records).settle(*ENGINEER, "id c1:1", is_done=is_done)
        assert settled == _read(records, "id c1:1")
        assert (settled.state, settled.reason, settled.settled) == (state, reason, LATER)
        assert (row(records).balance, set(row(records).services)) == (Money(balance), services)
        assert records.acts() == [(BY, f"order.{state}")]
        assert [each.id for each in records.orders.waiting(NUMBER)] == ["id c1:2"], "it blocks none"

    def test_one_that_the_network_never_had_is_settled_too(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order())
        assert desk(records).settle(*ENGINEER, "id c1:1", is_done=True).state is DONE

    @pytest.mark.parametrize("is_done", [True, False])
    @pytest.mark.parametrize("state", [DONE, OrderState.REJECTED, OrderState.FAILED, CANCELLED])
    def test_a_settled_one_stays_as_it_is(
        self, records: Records, state: OrderState, is_done: bool
    ) -> None:
        records.add(subscriber())
        records.orders.write(order())
        records.orders.settle("id c1:1", state, NOW)
        said = _refused(records, "id c1:1", is_done=is_done)
        assert said == f"order id c1:1 is {state} already; nothing was changed"

    def test_by_hand_too_it_is_settled_once(self, records: Records) -> None:
        records.add(subscriber())
        lost(records)
        desk(records).settle(*ENGINEER, "id c1:1", is_done=True)
        with pytest.raises(Unusable, match="is completed already"):
            desk(records).settle(*at_terminal("merdan"), "id c1:1", is_done=False)
        assert records.acts() == [(BY, "order.completed")]
        assert row(records).balance == Money(4230)

    def test_an_unknown_one_is_named(self, records: Records) -> None:
        records.add(subscriber())
        assert "there is no order 77: `ivr orders list --open`" in _refused(records, "77")

    def test_a_held_one_is_its_owner_s(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(held())
        assert "is held and was never sent" in _refused(records, "id c1:1")

    @pytest.mark.parametrize("seconds", [0, 9])
    def test_one_in_the_hands_of_its_call_is_left_to_it(
        self, records: Records, seconds: int
    ) -> None:
        records.add(subscriber())
        records.orders.write(order(at=LATER - timedelta(seconds=seconds)))
        assert "is being carried out now" in _refused(records, "id c1:1")

    def test_one_that_a_worker_holds_is_left_to_it_until_its_claim_ends(
        self, records: Records
    ) -> None:
        records.add(subscriber())
        claimed = lost(records)
        assert records.orders.claim(claimed, LATER, LATER + timedelta(seconds=60))
        assert "is being carried out now" in _refused(records, "id c1:1")
        after = FixedClock(LATER + timedelta(seconds=60))
        settled = LostOrders(records.orders, after).settle(*ENGINEER, "id c1:1", is_done=False)
        assert settled.state is CANCELLED

    @pytest.mark.parametrize("is_done", [True, False])
    def test_while_a_worker_asks_the_network_nobody_settles_by_hand(
        self, records: Records, is_done: bool
    ) -> None:
        records.add(subscriber())
        asked = lost(records)
        network = Losing(lambda: said.append(_refused(records, asked.id, is_done=is_done)))
        said: list[str] = []
        clock = FixedClock(LATER)
        carrier = Carrier(
            records.orders, network, lambda: Weighing(shipped_catalogue(), clock), clock
        )
        with pytest.raises(TemporarilyUnavailable):
            carrier.carry_out(asked)
        assert network.asked == [asked.id]
        assert len(said) == 1
        assert desk(records).settle(*ENGINEER, asked.id, is_done=is_done).settled == LATER

    def test_a_worker_that_read_it_before_does_not_ask_for_it_after(self, records: Records) -> None:
        records.add(subscriber())
        read = lost(records)
        desk(records).settle(*ENGINEER, read.id, is_done=False)
        network, clock = Losing(lambda: None), FixedClock(LATEST)
        carrier = Carrier(
            records.orders, network, lambda: Weighing(shipped_catalogue(), clock), clock
        )
        assert carrier.carry_out(read).state is CANCELLED
        assert network.asked == []

    def test_who_is_first_of_many_settles_it(self, records: Records) -> None:
        records.add(subscriber())
        lost(records)

        def settle(index: int) -> str:
            try:
                desk(records).settle(*at_terminal(str(index)), "id c1:1", is_done=index % 2 == 0)
            except Unusable:
                return ""
            return str(index)

        with ThreadPoolExecutor(8) as pool:
            settled = [each for each in pool.map(settle, range(8)) if each]
        assert len(settled) == 1
        assert [author for author, _ in records.acts()] == [
            f"operator {index}" for index in settled
        ]
        paid = 300 if int(settled[0]) % 2 == 0 else 0
        assert row(records).balance == Money(4530 - paid)

    def test_its_undo_is_left_alone_while_it_is_open(self, records: Records) -> None:
        records.add(subscriber())
        first = lost(records)
        records.orders.write(dataclasses.replace(undo_of(first), ordered=NOW))
        said = _refused(records, "id c1:9")
        assert "undoes order id c1:1, which is also open: settle that order" in said

    def test_what_did_not_happen_takes_its_undo_along(self, records: Records) -> None:
        records.add(subscriber())
        first = lost(records)
        records.orders.write(dataclasses.replace(undo_of(first), ordered=NOW))
        settled = desk(records).settle(*ENGINEER, first.id, is_done=False)
        assert settled.reason is Reason.WITHDRAWN
        assert _read(records, "id c1:9").state is CANCELLED
        assert row(records).balance == Money(4530)

    def test_what_happened_is_still_to_be_undone(self, records: Records) -> None:
        records.add(subscriber())
        first = lost(records)
        records.orders.write(dataclasses.replace(undo_of(first), ordered=NOW))
        desk(records).settle(*ENGINEER, first.id, is_done=True)
        assert [each.id for each in records.orders.waiting(NUMBER)] == ["id c1:9"]
        assert row(records).balance == Money(4230)
        undone = desk(records).settle(*ENGINEER, "id c1:9", is_done=True)
        assert undone.state is DONE
        assert (row(records).balance, set(row(records).services)) == (Money(4530), {"sms"})
        assert records.orders.charges(NUMBER, NOW, LATEST) == []

    def test_an_undo_by_hand_pays_once(self, records: Records) -> None:
        """Of two undos of one order, the second gives nothing back."""
        records.add(subscriber())
        first = order()
        records.orders.write(first)
        records.orders.settle(first.id, DONE, NOW)
        for key in ("c1:8", "c1:9"):
            records.orders.write(dataclasses.replace(undo_of(first, key), ordered=NOW))
        assert desk(records).settle(*ENGINEER, "id c1:8", is_done=True).state is DONE
        assert desk(records).settle(*ENGINEER, "id c1:9", is_done=True).state is CANCELLED
        assert row(records).balance == Money(4530)
        assert records.acts() == [(BY, "order.completed"), (BY, "order.cancelled")]
