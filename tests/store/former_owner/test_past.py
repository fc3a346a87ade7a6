"""What a new owner does not inherit."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count

import pytest

from ivr.domain.callbacks import Asked, Bound, Left
from ivr.domain.fax import FaxState
from ivr.domain.imports import Imported
from ivr.domain.requests import Request
from ivr.domain.services import Change, Settled
from ivr.domain.subscriber import NoPuk, PukBound
from ivr.domain.values import Money, Msisdn, Secret, ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.store import Store
from ivr.store.audit import AuditEntry
from ivr.store.callers import CallbackStatus
from ivr.store.importing import import_rows
from ivr.testing.acting import at_desk, by, on_phone
from tests.store.former_owner.desk import DAY, FORWARDED, SERVICES, invoice_of, proved, take
from tests.store.rows import NUMBER, PEPPER, row
from tests.store.test_order_races import Desk, package

FAVOURITE = Change(ServiceId("favourite"), True, (("number", "99365111222"),))
RENEWED = row(passport=Secret("26999999"), balance=Money(60_000), services=SERVICES)


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
