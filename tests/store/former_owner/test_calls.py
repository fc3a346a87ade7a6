"""A number that changes hands during a call or an order."""

from __future__ import annotations

import pytest

from ivr.domain.actor import caller
from ivr.domain.orders import NetworkAnswer, Order, OrderState
from ivr.domain.services import Change, Offer, Reason, Settled
from ivr.domain.values import Money, Secret, ServiceId
from ivr.errors import ProofEnded, TemporarilyUnavailable
from ivr.testing.acting import on_phone
from tests.store.former_owner.desk import FORWARDED, invoice_of, proved, take
from tests.store.rows import NUMBER, row
from tests.store.test_order_races import FORWARDING, Desk, package


def stored(desk: Desk, id: str) -> Order:
    order = desk.store.orders.get(id)
    assert order is not None
    return order


def is_forwarded(desk: Desk) -> bool:
    found = desk.store.subscribers.find(NUMBER)
    assert found is not None
    return FORWARDING in found.services


class TestOldCall:
    """A call of the former owner that goes on after the handover."""

    def test_its_order_is_not_written(self, desk: Desk) -> None:
        offer, evidence = desk.offer(FORWARDED), proved(desk)
        take(desk)
        refused = desk.switching.order(*on_phone("old", 1), NUMBER, offer, evidence=evidence)
        assert (refused.settled, refused.reason) == (Settled.REFUSED, Reason.CHANGED)
        assert desk.store.orders.waiting(NUMBER) == []
        desk.clock.sleep(1)
        done = desk.switching.order(*on_phone("new", 1), NUMBER, offer, evidence=proved(desk))
        assert done.settled is Settled.DONE
        assert is_forwarded(desk)

    def test_its_undo_is_not_written(self, desk: Desk) -> None:
        evidence = proved(desk)
        bought = desk.order("old", desk.offer(package("xl")))
        take(desk)
        refused = desk.switching.undo(*on_phone("old", 2), NUMBER, bought.order, evidence=evidence)
        assert (refused.settled, refused.reason) == (Settled.REFUSED, Reason.CHANGED)
        again = desk.switching.undo(
            *on_phone("old", 2), NUMBER, bought.order, evidence=proved(desk)
        )
        assert again.settled is Settled.REFUSED
        assert desk.balance == 60_000

    def test_its_invoice_is_not_written(self, desk: Desk) -> None:
        version = proved(desk).version
        take(desk)
        with pytest.raises(ProofEnded):
            invoice_of(desk, version)
        assert desk.store.invoices.newest(9) == []
        assert invoice_of(desk, proved(desk).version).number.sequence == 1

    def test_a_call_goes_on_after_its_own_suspension(self, desk: Desk) -> None:
        evidence = proved(desk)
        suspended = desk.order("c", desk.offer(Change(ServiceId("suspension"), True)))
        undone = desk.switching.undo(*on_phone("c", 2), NUMBER, suspended.order, evidence=evidence)
        assert undone.settled is Settled.DONE


class TestInFlight:
    """An order that the network may have when the number changes hands."""

    def test_the_network_is_asked_to_cancel_it(self, desk: Desk) -> None:
        desk.network.outage = True
        waits = desk.order("old", desk.offer(package("xl")))
        take(desk)
        desk.network.outage = False
        desk.finish()
        assert set(desk.network.cancelled) == {"old:1"}, "until it was looked for long enough"
        assert desk.network.done == {}
        assert stored(desk, waits.order).state is OrderState.CANCELLED
        assert (desk.balance, desk.packages) == (60_000, 0)

    def test_what_was_carried_out_is_put_back_and_charges_nobody(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The number changes hands while the network carries the order out."""
        carry_out = desk.network.carry_out

        def late(order: Order) -> NetworkAnswer:
            answer = carry_out(order)
            take(desk)
            return answer

        monkeypatch.setattr(desk.network, "carry_out", late)
        ordered = desk.order("old", desk.offer(FORWARDED))
        monkeypatch.undo()
        assert not is_forwarded(desk)
        desk.finish()
        _, opposite = desk.network.done.values()
        assert opposite.changes == (FORWARDED.opposite,)
        assert opposite.undoes == ordered.order
        assert stored(desk, opposite.id).state is OrderState.COMPLETED
        assert not is_forwarded(desk)
        assert desk.balance == 60_000

    def test_an_answer_that_was_lost_is_found(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        carry_out = desk.network.carry_out

        def lost(order: Order) -> NetworkAnswer:
            carry_out(order)
            raise TemporarilyUnavailable("network")

        monkeypatch.setattr(desk.network, "carry_out", lost)
        desk.order("old", desk.offer(package("xl")))
        monkeypatch.undo()
        take(desk)
        desk.finish()
        assert set(desk.network.cancelled) == {"old:1"}, "until it was looked for long enough"
        assert [each.changes[0].on for each in desk.network.done.values()] == [True, False]
        assert (desk.balance, desk.packages) == (60_000, 0)

    def test_an_undo_that_waits_is_carried_out_once(self, desk: Desk) -> None:
        desk.network.outage = True
        waits = desk.order("old", desk.offer(package("xl")))
        desk.switching.undo(*on_phone("old", 2), NUMBER, waits.order)
        take(desk)
        desk.network.outage = False
        desk.finish()
        assert [stored(desk, waits.order).state] == [OrderState.CANCELLED]
        assert len(desk.store.orders.newest(9)) == 2

    def test_what_was_never_sent_is_cancelled_at_once(self, desk: Desk) -> None:
        fresh = Order(
            "o",
            "old:1",
            NUMBER,
            (FORWARDED,),
            Money(0),
            OrderState.ACKNOWLEDGED,
            desk.clock.now(),
            actor=caller("old"),
        )
        desk.store.orders.write(fresh)
        desk.clock.sleep(60)
        take(desk)
        assert stored(desk, "o").state is OrderState.CANCELLED
        assert desk.store.orders.waiting(NUMBER) == []

    def test_its_fee_is_not_kept_from_the_new_owner(self, desk: Desk) -> None:
        abroad = Change(ServiceId("international"), True)
        desk.network.outage = True
        desk.order("old", desk.offer(package("xl")))
        take(desk, row(full_name="Orazow Merdan", passport=Secret("11300890"), balance=Money(5000)))
        assert isinstance(desk.switching.offer(NUMBER, abroad), Offer)
