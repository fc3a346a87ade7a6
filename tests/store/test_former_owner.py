"""What a former owner of a number did is neither told to the new one nor counted against him."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from ivr.domain.actor import caller
from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.callbacks import Asked, Bound, Left
from ivr.domain.fax import FaxState
from ivr.domain.imports import Imported
from ivr.domain.invoices import Draft, Invoice, Payer, Wanted
from ivr.domain.orders import NetworkAnswer, Order, OrderState
from ivr.domain.requests import Request
from ivr.domain.services import Change, Offer, Reason, Settled
from ivr.domain.subscriber import NoPuk, PukBound
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.errors import ProofEnded, TemporarilyUnavailable
from ivr.store import Store
from ivr.store.audit import AuditEntry
from ivr.store.callers import CallbackStatus
from ivr.store.importing import import_rows
from ivr.store.rows import Row
from ivr.testing.acting import at_desk, by, on_phone
from ivr.testing.demo import shipped_terms
from tests.store.rows import NUMBER, PEPPER, row
from tests.store.test_order_races import FORWARDING, Desk, package

DAY = timedelta(days=1)
HOME = (("always", "99312223344"),)
FORWARDED = Change(FORWARDING, True, HOME)
FAVOURITE = Change(ServiceId("favourite"), True, (("number", "99365111222"),))
SERVICES = frozenset(map(ServiceId, ("sms", "gprs")))
NEW_OWNER = row(
    full_name="Orazow Merdan",
    passport=Secret("11300890"),
    balance=Money(60_000),
    services=SERVICES,
)
RENEWED = row(passport=Secret("26999999"), balance=Money(60_000), services=SERVICES)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, 60_000)


def take(desk: Desk, taken: Row = NEW_OWNER) -> Imported:
    return import_rows(desk.store.database, [taken], PEPPER, by("clerk"), now=desk.clock.now)


def proved(desk: Desk) -> Evidence:
    """Of a caller who proves the right to the number now."""
    proof = desk.store.subscribers.proof(NUMBER)
    assert proof is not None
    return Evidence(IdentificationMethod.CODEWORD, version=proof.version)


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


class TestPast:
    def test_fees_and_changes_are_not_the_new_owners(self, desk: Desk) -> None:
        now = desk.clock.now()
        desk.order("old", desk.offer(package("xl")))
        desk.order("old-2", desk.offer(FAVOURITE))
        desk.clock.sleep(60)
        take(desk)
        orders = desk.store.orders
        assert orders.charges(NUMBER, now - DAY, now + DAY) == []
        assert orders.last_settled(NUMBER, FAVOURITE.service) is None
        desk.clock.sleep(60)
        done = desk.order("new", desk.offer(FAVOURITE))
        assert done.settled is Settled.DONE
        assert orders.last_settled(NUMBER, FAVOURITE.service) == desk.clock.now()
        assert orders.charges(NUMBER, now - DAY, now + DAY) == [(FAVOURITE.service, Money(100))]

    def test_puks_that_were_told_do_not_count(self, desk: Desk) -> None:
        def tell(call: int) -> NoPuk | None:
            now = desk.clock.now()
            bound = PukBound(9, now - DAY, 2)
            return desk.store.subscribers.note_puk(*by(f"caller {call}"), NUMBER, now, bound)

        assert [tell(call) for call in range(3)] == [None, None, NoPuk.OFFICE]
        take(desk)
        desk.clock.sleep(60)
        assert [tell(call) for call in range(3)] == [None, None, NoPuk.OFFICE]

    def test_what_was_left_does_not_count(self, desk: Desk) -> None:
        """Call-backs, requests and text messages, of each of which a day has one here."""
        store, names = desk.store, count()
        outbox = dataclasses.replace(store.outbox, a_day=1, now=desk.clock.now)

        def room() -> list[bool]:
            now, (actor, key) = desk.clock.now(), on_phone(f"call {next(names)}")
            asked = Asked(NUMBER, None, "", NUMBER)
            bound = Bound(now - DAY, most=1, withheld=1)
            left = store.callbacks.write(actor, key, asked, now, bound)
            for one in store.callbacks.list(CallbackStatus.OPEN, 9):
                store.callbacks.done(*at_desk(form=key), one.id, now)
            request = Request(
                key, "merge-accounts", (NUMBER,), NUMBER, None, now, party=NUMBER, actor=actor
            )
            written = store.requests.write(request, bound, 9)
            has_room = outbox.has_room(NUMBER, "advice")
            if has_room:
                outbox.put(NUMBER, "body", f"advice:{key}")
                message = outbox.claim(now, now)
                assert message is not None
                outbox.acknowledged(message.id, 0, 1, "name", now, now)
            desk.clock.sleep(60)
            return [left is Left.DONE, isinstance(written, Request), has_room]

        assert room() == [True] * 3
        assert room() == [False] * 3
        take(desk)
        desk.clock.sleep(60)
        assert room() == [True] * 3
        assert room() == [False] * 3

    def test_facts_are_not_told_to_the_new_owner(self, desk: Desk) -> None:
        def act(call: str) -> None:
            now = desk.clock.now()
            desk.order(call, desk.offer(FORWARDED))
            bound = PukBound(9, now - DAY, 9)
            desk.store.subscribers.note_puk(*by(f"caller {call}"), NUMBER, now, bound)

        def facts() -> list[int]:
            since, until = desk.clock.now() - DAY, desk.clock.now() + DAY
            known = desk.store.facts
            return [len(known.orders(since, until, 9)), len(known.acts(since, until, 9))]

        act("old")
        assert facts() == [1, 1]
        take(desk)
        assert facts() == [0, 0]
        desk.clock.sleep(60)
        act("new")
        assert facts() == [1, 1]

    def test_invoices_are_not_sent_and_call_backs_not_made(self, desk: Desk) -> None:
        invoice = invoice_of(desk)
        asked = Asked(NUMBER, None, "", NUMBER)
        bound = Bound(desk.clock.now() - DAY, 3, 50)
        desk.store.callbacks.write(*on_phone("old"), asked, desk.clock.now(), bound)
        take(desk)
        ended = desk.store.invoices.get(invoice.number)
        assert ended is not None
        assert ended.state is FaxState.FAILED
        assert desk.store.invoices.due(desk.clock.now() + DAY, 9) == []
        assert desk.store.outbox.newest(9, NUMBER) == []
        assert desk.store.callbacks.list(CallbackStatus.OPEN, 9) == []


def invoice_of(desk: Desk, version: int | None = None) -> Invoice:
    terms, now = shipped_terms(), desk.clock.now()
    wanted = (Wanted(next(iter(terms.services)), Money(10_000)),)
    paper = terms.paper(Payer("Myradowa Aýgül", NUMBER), Language.ENGLISH, wanted, now.date())
    draft = Draft("old:9", paper, Msisdn("99312223344"), now, version, actor=caller("old"))
    written = desk.store.invoices.write(draft, now - DAY, 9)
    assert isinstance(written, Invoice)
    return written


class TestRenewedPassport:
    def test_what_was_paid_for_stays_and_secrets_end(self, desk: Desk) -> None:
        evidence = proved(desk)
        desk.store.payments.add(*by("billing"), [(NUMBER, desk.clock.now(), Money(1000))])
        desk.order("c", desk.offer(package("xl")))
        desk.network.outage = True
        desk.order("d", desk.offer(FORWARDED))
        assert take(desk, RENEWED) == Imported(1, 0)
        assert (desk.packages, len(desk.store.payments.newest(NUMBER, 9))) == (1, 1)
        assert len(desk.store.orders.waiting(NUMBER)) == 1
        assert proved(desk) != evidence
        assert desk.store.audit.newest(9, NUMBER)[0].action == "passport.changed"

    @pytest.mark.parametrize("company", ["Ak Bulut", "Gök Asman"])
    def test_another_company_without_a_passport_is_another_owner(
        self, desk: Desk, company: str
    ) -> None:
        desk.order("c", desk.offer(package("xl")))
        assert take(desk, row(company=company, passport=None)) == Imported(1, 1)
        assert desk.packages == 0


@pytest.fixture
def busy(store: Store) -> Iterator[Callable[[], None]]:
    """Starts a thread that writes as calls do, until the test ends."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with suppress(TemporarilyUnavailable):  # the import is writing
                store.audit.write(AuditEntry(datetime.now(UTC), "call", "test", NUMBER))

    thread = threading.Thread(target=write)
    yield thread.start
    stop.set()
    thread.join()


def test_an_import_is_taken_while_calls_write(store: Store, busy: Callable[[], None]) -> None:
    numbers = [Msisdn(f"993651{index:05d}") for index in range(5_000)]
    busy()
    for _ in range(3):
        rows = (row(msisdn=number) for number in numbers)
        assert import_rows(store.database, rows, PEPPER, by("clerk")).rows == len(numbers)
