"""What callers have set stays when a file comes, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ivr.domain.actor import caller
from ivr.domain.imports import Imported
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import Change, Offer
from ivr.domain.subscriber import ActiveService, Status, Subscriber
from ivr.domain.values import Money, Msisdn, Secret, ServiceId
from ivr.store import Store
from ivr.store.importing import import_rows
from ivr.store.rows import Row
from ivr.store.tables import subscribers
from ivr.testing.acting import by
from tests.store.rows import NUMBER, PEPPER, row
from tests.store.test_order_races import FORWARDING, Desk, package

HOME = (("always", "99312223344"),)
FORWARDED = Change(FORWARDING, True, HOME)
FAVOURITE = Change(ServiceId("favourite"), True, (("number", "99365111222"),))
SMS, GPRS, CLIP = (ServiceId(id) for id in ("sms", "gprs", "clip"))
SUSPENDED = Change(ServiceId("suspension"), True)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, 60_000)


def take(desk: Desk, made: datetime | None = None, **changes: Any) -> Imported:
    """A file that was made at a time: sms and gprs are on, and the balance is 600."""
    usual = {"balance": Money(60_000), "services": frozenset({SMS, GPRS})}
    rows = [row(**usual | changes)]
    return import_rows(
        desk.store.database, rows, PEPPER, by("clerk"), now=desk.clock.now, as_of=made
    )


def found(desk: Desk) -> Subscriber:
    subscriber = desk.store.subscribers.find(NUMBER)
    assert subscriber is not None
    return subscriber


def order(desk: Desk, *changes: Change) -> datetime:
    """Order by phone, one minute after what was before; answers the minute between."""
    desk.clock.sleep(60)
    made = desk.clock.now()
    desk.clock.sleep(60)
    for position, change in enumerate(changes):
        desk.order(f"call {made} {position}", desk.offer(change))
    desk.clock.sleep(60)
    return made


class TestYoungerOrders:
    """The file was made before the order."""

    def test_what_was_switched_on_stays_with_its_value_and_date(self, desk: Desk) -> None:
        made = order(desk, FORWARDED, FAVOURITE)
        before = found(desk).services
        assert take(desk, made).kept == 2
        assert found(desk).services == before
        assert before[FORWARDING] == ActiveService(made + MINUTE, HOME)

    def test_what_was_switched_off_stays_off(self, desk: Desk) -> None:
        made = order(desk, Change(GPRS, False))
        assert take(desk, made).kept == 1
        assert set(found(desk).services) == {SMS}

    def test_what_it_cost_stays_paid(self, desk: Desk) -> None:
        made = order(desk, package("xl"))
        spent = 60_000 - desk.balance
        assert spent > 0
        take(desk, made, balance=Money(70_000))
        assert desk.balance == 70_000 - spent

    def test_an_export_takes_its_time(self, desk: Desk) -> None:
        """Its rows may be older than its end; balances are those of its end."""
        order(desk, FORWARDED, package("xl"))
        usual = row(balance=Money(50_000), services=frozenset({SMS, GPRS}))
        database, hour = desk.store.database, timedelta(hours=1)
        import_rows(database, [usual], PEPPER, by("clerk"), now=desk.clock.now, took=hour)
        assert FORWARDING in found(desk).services
        assert desk.balance == 50_000
        desk.clock.sleep(2 * 3600)
        import_rows(database, [usual], PEPPER, by("clerk"), now=desk.clock.now, took=hour)
        assert FORWARDING not in found(desk).services

    def test_a_suspension_stays(self, desk: Desk) -> None:
        made = order(desk, SUSPENDED)
        assert take(desk, made).kept == 1
        assert found(desk).status is Status.SUSPENDED

    def test_an_order_that_is_open_is_not_undone(self, desk: Desk) -> None:
        made = order(desk, FORWARDED)
        desk.network.outage = True
        order(desk, Change(FORWARDING, False))
        take(desk)
        assert FORWARDING in found(desk).services
        desk.network.outage = False
        desk.finish()
        assert FORWARDING not in found(desk).services
        assert made < desk.clock.now()

    def test_one_that_came_to_nothing_counts_for_nothing(self, desk: Desk) -> None:
        now = desk.clock.now()
        failed = Order(
            "o",
            "c:1",
            NUMBER,
            (FORWARDED,),
            Money(500),
            OrderState.ACKNOWLEDGED,
            now,
            actor=caller("c"),
        )
        desk.store.orders.write(failed)
        desk.store.orders.settle("o", OrderState.FAILED, now + MINUTE)
        assert take(desk, now - MINUTE).kept == 0
        assert desk.balance == 60_000

    def test_a_file_of_the_future_is_of_now(self, desk: Desk) -> None:
        order(desk, FORWARDED)
        take(desk, desk.clock.now() + timedelta(days=300))
        assert set(found(desk).services) == {SMS, GPRS}

    def test_one_of_a_former_owner_counts_for_nothing(self, desk: Desk) -> None:
        made = order(desk, FORWARDED, package("xl"))
        owner = {"full_name": "Orazow Merdan", "passport": Secret("11300890")}
        assert take(desk, made, **owner) == Imported(1, 1)
        desk.clock.sleep(60)
        assert take(desk, made, **owner).kept == 0
        assert set(found(desk).services) == {SMS, GPRS}
        assert desk.balance == 60_000


class TestOlderOrders:
    """The file was made after the order: it knows better."""

    def test_what_the_file_has_not_goes(self, desk: Desk) -> None:
        order(desk, FORWARDED)
        assert take(desk).kept == 0
        assert set(found(desk).services) == {SMS, GPRS}

    def test_what_the_file_has_stays_with_its_value_and_date(self, desk: Desk) -> None:
        made = order(desk, FORWARDED, FAVOURITE)
        take(desk, services=frozenset({SMS, FORWARDING, FAVOURITE.service}))
        services = found(desk).services
        assert services[FORWARDING] == ActiveService(made + MINUTE, HOME)
        assert services[FAVOURITE.service].value == FAVOURITE.value
        assert set(services) == {SMS, FORWARDING, FAVOURITE.service}

    def test_the_files_state_and_balance_are_taken(self, desk: Desk) -> None:
        order(desk, package("xl"))
        take(desk, balance=Money(100), status=Status.BLOCKED)
        assert (desk.balance, found(desk).status) == (100, Status.BLOCKED)


class TestSilence:
    """What the file does not speak of."""

    def test_without_a_column_of_services_they_stay(self, desk: Desk) -> None:
        order(desk, FORWARDED)
        take(desk, services=None)
        assert set(found(desk).services) == {SMS, GPRS, FORWARDING}

    def test_an_empty_cell_of_services_says_that_there_are_none(self, desk: Desk) -> None:
        take(desk, services=frozenset())
        assert found(desk).services == {}

    @pytest.mark.parametrize("passport", [None, Secret("26918273")])
    def test_without_a_column_of_companies_it_stays(
        self, desk: Desk, passport: Secret | None
    ) -> None:
        take(desk, company="Ak Bulut")
        assert take(desk, company=None, passport=passport) == Imported(1, 0)
        assert found(desk).company == "Ak Bulut"

    def test_a_new_number_without_it_has_none(self, desk: Desk) -> None:
        other = Msisdn("99366300891")
        take(desk, msisdn=other, company=None, services=None)
        new = desk.store.subscribers.find(other)
        assert new is not None
        assert (new.company, new.services) == ("", {})

    def test_a_new_owner_inherits_no_service_without_it(self, desk: Desk) -> None:
        order(desk, FORWARDED)
        owner: dict[str, Any] = {"full_name": "Orazow Merdan", "passport": Secret("11300890")}
        assert take(desk, services=None, **owner) == Imported(1, 1)
        assert found(desk).services == {}


def test_the_same_file_again_changes_no_row(store: Store) -> None:
    desk = Desk(store, 60_000)
    take(desk)
    before = stored(store)
    take(desk)
    assert stored(store) == before


def stored(store: Store) -> list[Any]:
    """All rows as they are stored, with the place that a row has until it is written again."""
    place = "ctid" if store.database.engine.dialect.name == "postgresql" else "rowid"
    with store.database.reading() as connection:
        rows = connection.execute(select(subscribers)).all()
        places = connection.exec_driver_sql(f"SELECT {place} FROM subscribers").all()
    return [*rows, *places]


def test_an_order_that_is_settled_while_rows_are_read_wins(store: Store) -> None:
    desk = Desk(store, 60_000)
    offer: Offer = desk.offer(FORWARDED)

    def rows() -> Iterator[Row]:
        yield row(balance=Money(60_000), services=frozenset({SMS}))
        desk.clock.sleep(60)
        desk.order("meanwhile", offer)

    import_rows(store.database, rows(), PEPPER, by("clerk"), now=desk.clock.now)
    assert set(found(desk).services) == {SMS, FORWARDING}
