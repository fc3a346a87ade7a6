"""The rules of the catalogue: whether a change is possible, what comes with it, what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.care.catalogue import FREE, Catalogue, CatalogueService
from ivr.care.forwarding import merged
from ivr.care.numbering import not_to_dial
from ivr.domain.hours import Hours
from ivr.domain.orders import Order
from ivr.domain.services import (
    INACTIVITY,
    SUSPENSION,
    Change,
    Characteristics,
    Offer,
    Reason,
    Refusal,
)
from ivr.domain.subscriber import Status, Subscriber
from ivr.domain.values import Money, ServiceId

STATES = {SUSPENSION: Status.SUSPENDED, INACTIVITY: Status.INACTIVE}
"""States of a number that are ordered like services: on is the state, off is active."""
ORDERED = (Change(SUSPENSION, True), Change(SUSPENSION, False), Change(INACTIVITY, False))
"""The changes of these states that callers may order: blocking for inactivity is not one."""
BARRED = {
    Status.BLOCKED: Reason.BLOCKED,
    Status.INACTIVE: Reason.INACTIVE,
    Status.SUSPENDED: Reason.SUSPENDED,
    Status.TERMINATED: Reason.TERMINATED,
}


def is_package(change: Change) -> bool:
    """Tell whether a change buys or returns a package."""
    return "package" in dict(change.value or change.before)


@dataclass(frozen=True)
class Rules:
    """The rules for one subscriber at one time. They read and write no database."""

    catalogue: Catalogue
    subscriber: Subscriber
    now: datetime
    """Local time."""
    open: tuple[Order, ...] = ()
    """Orders of the number that are not carried out yet. Their outcome is unknown, so the rules
    assume the worst case: their fees are paid and their packages exist."""

    def offer(self, wanted: Change, changed: datetime | None) -> Offer | Refusal:
        """Return the offer for a change. ``changed``: when the service was last changed."""
        if wanted.service in STATES:
            return self._state(wanted)
        if refused := self.barred(wanted.service):
            return refused
        entry = self.catalogue.services[wanted.service]
        exact = self._exact(wanted, entry)
        if isinstance(exact, Refusal):
            return exact
        changes = (*self._along(exact), exact)
        for refusal in self._against(changes, entry, changed):
            return refusal
        on = [change for change in changes if change.on]
        once = sum((self._price(change) for change in on), FREE)
        monthly = sum(
            (self.catalogue.services[each.service].monthly for each in on if not each.is_new_value),
            FREE,
        )
        least = max((self._balance(change) for change in on), default=FREE)
        if (once > FREE or least > FREE) and self._money < once + least:
            return Refusal(Reason.BALANCE)
        idle = () if exact.on else tuple(self._idle(changes))
        return Offer(changes, once, monthly, idle, wanted)

    def owned(self, service: ServiceId) -> int:
        """Count the valid packages of a service."""
        return sum(
            each.service == service and each.until > self.now for each in self.subscriber.packages
        )

    def is_on(self, service: ServiceId) -> bool:
        """Tell whether a service is on; for packages: whether one is valid."""
        return service in self.subscriber.services or self.owned(service) > 0

    def is_as(self, change: Change) -> bool:
        """Tell whether a service, or the number's state, is still as a change left it."""
        if state := STATES.get(change.service):
            return self.subscriber.status is (state if change.on else Status.ACTIVE)
        held = self.subscriber.services.get(change.service)
        return held.value == change.value if held and change.on else bool(held) == change.on

    def barred(self, service: ServiceId) -> Refusal | None:
        """Return why a service cannot be changed in the present state of the number."""
        entry, status = self.catalogue.services.get(service), self.subscriber.status
        if service in STATES or (entry is not None and status in entry.states):
            return None
        return Refusal(BARRED.get(status, Reason.UNKNOWN))

    def _state(self, wanted: Change) -> Offer | Refusal:
        status = self.subscriber.status
        is_on = status is STATES[wanted.service]
        if wanted not in ORDERED or (not is_on and status in BARRED):
            return Refusal(BARRED.get(status, Reason.UNKNOWN))
        if is_on == wanted.on:
            return Refusal(Reason.ALREADY)
        if self.stand_in_the_way((wanted,), self.open):
            return Refusal(Reason.PENDING)
        return Offer((wanted,), FREE, FREE, wanted=wanted)

    def stand_in_the_way(self, changes: Iterable[Change], orders: Iterable[Order]) -> bool:
        """Tell whether orders concern the same services as the changes, or related ones.

        Packages never do: each is bought and returned separately, and they are counted.
        """
        earlier = [change for order in orders for change in order.changes]
        return any(
            each.service in self.related(change)
            and not (is_package(each) and is_package(change) and each.service == change.service)
            for change in changes
            for each in earlier
        )

    def related(self, change: Change) -> set[str]:
        """Return the services whose state decides whether a change is possible."""
        related: set[str] = {change.service}
        if change.service in STATES:
            return related | set(STATES)
        related |= STATES.keys()
        if change.service not in self.catalogue.services:
            return related
        if not change.on:
            return related | set(self.catalogue.dependents(change.service))
        related |= set(self.catalogue.required(change.service))
        return related | set(self.catalogue.excluded(change.service))

    @property
    def _money(self) -> Money:
        """Return the balance minus the fees of open orders."""
        reserved = sum((max(order.once, FREE) for order in self.open), FREE)
        return self.subscriber.balance - reserved

    def _exact(self, wanted: Change, entry: CatalogueService) -> Change | Refusal:
        """Return the change with all details that an order needs."""
        if entry.packages and wanted.value:
            return self._purchase(wanted, entry)
        held = self.subscriber.services.get(wanted.service)
        before: Characteristics = held.value if held else ()
        value = merged(before, wanted.value)
        if (held is not None) == wanted.on and (not wanted.on or value == before):
            return Refusal(Reason.ALREADY)
        if not wanted.on or (before and not value):
            return Change(wanted.service, False, (), before)
        for name, part in wanted.value:
            if refused := self._refused_number(name, part):
                return Refusal(refused)
        return Change(wanted.service, True, value, before)

    def _refused_number(self, name: str, value: str) -> Reason | None:
        """Return why a service cannot be set to a number; None: it can, or it is not a number."""
        if not value.isdecimal() or name.endswith("seconds"):
            return None
        if value == self.subscriber.msisdn:
            return Reason.ITSELF
        return not_to_dial(value, self.catalogue.premium_numbers)

    def _purchase(self, wanted: Change, entry: CatalogueService) -> Change | Refusal:
        id = dict(wanted.value).get("package", "")
        if not wanted.on or id not in entry.packages:
            return Refusal(Reason.UNKNOWN)
        coming = sum(
            change.on and change.service == wanted.service and is_package(change)
            for order in self.open
            for change in order.changes
        )
        if self.owned(wanted.service) + coming >= entry.at_once:
            return Refusal(Reason.MOST)
        package = entry.packages[id]
        value = (
            ("package", id),
            ("volume", str(package.volume.number)),
            ("days", str(package.days)),
        )
        return Change(wanted.service, True, value)

    def _along(self, wanted: Change) -> Iterator[Change]:
        """Yield the changes that come first: services that it requires, or that require it."""
        held = self.subscriber.services
        if wanted.on:
            for other in self.catalogue.required(wanted.service):
                if other not in held:
                    yield Change(other, True)
        else:
            for other in self.catalogue.dependents(wanted.service):
                if other in held:
                    yield Change(other, False, (), held[other].value)

    def _against(
        self, changes: tuple[Change, ...], entry: CatalogueService, changed: datetime | None
    ) -> Iterator[Refusal]:
        closed = next((hours for hours in self._hours(changes) if not self._is_open(hours)), None)
        if closed:
            yield Refusal(Reason.HOURS, hours=closed)
        on = [change for change in changes if change.on]
        for change in on:
            for other in self.catalogue.excluded(change.service):
                if self.is_on(other):
                    yield Refusal(Reason.EXCLUDED, other=other)
        if on and entry.modify_days and changed:
            again = changed + timedelta(days=entry.modify_days)
            if self.now < again:
                yield Refusal(Reason.SOON, until=again.astimezone(self.now.tzinfo).date())
        for change in on:
            tariffs = self.catalogue.services[change.service].tariffs
            if tariffs and self.subscriber.tariff not in tariffs:
                yield Refusal(Reason.TARIFF)
        if self.stand_in_the_way(changes, self.open):
            yield Refusal(Reason.PENDING)

    def _hours(self, changes: tuple[Change, ...]) -> Iterator[Hours]:
        for change in changes:
            if hours := self.catalogue.services[change.service].hours:
                yield hours

    def _is_open(self, hours: Hours) -> bool:
        return hours.include(self.now.time())

    def _price(self, change: Change) -> Money:
        entry = self.catalogue.services[change.service]
        if is_package(change):
            return entry.packages[dict(change.value)["package"]].price
        return entry.modify if change.is_new_value else entry.once

    def _balance(self, change: Change) -> Money:
        return FREE if change.is_new_value else self.catalogue.services[change.service].balance

    def _idle(self, changes: tuple[Change, ...]) -> Iterator[ServiceId]:
        """Yield services with paid packages that require a service that is switched off."""
        gone = {change.service for change in changes}
        for id in self.catalogue.order:
            if id not in gone and self.owned(id) and gone & set(self.catalogue.required(id)):
                yield id
