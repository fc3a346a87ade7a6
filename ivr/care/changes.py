"""The changes that callers request: switch a service, buy a package, set a favourite number."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.domain.services import FAVOURITE, Change, Characteristics
from ivr.domain.values import Msisdn, ServiceId
from ivr.ports.services import Subscriptions

_NUMBER = "number"
"""Name of the favourite's setting."""


def purchase(service: ServiceId, package: str) -> Change:
    """Return the change that buys one package of a service."""
    return Change(service, True, (("package", package),))


def favourite(number: str | None) -> Change:
    """Return the change that sets the favourite number; None: that ends it."""
    return Change(FAVOURITE, bool(number), ((_NUMBER, number),) if number else ())


def favourite_number(value: Characteristics) -> str | None:
    """Return the favourite number from the settings of the service."""
    return dict(value).get(_NUMBER)


class ChangeRequests(Subscriptions):
    """The part of ``Subscriptions`` that follows from the states and settings of services."""

    def wanted(self, number: Msisdn, services: Iterable[ServiceId]) -> tuple[Change, ...]:
        states = self.states(number)
        return tuple(Change(service, on=not states[service]) for service in services)

    def purchase(self, service: ServiceId, package: str) -> Change:
        return purchase(service, package)

    def favourite(self, number: Msisdn) -> str | None:
        return favourite_number(self.value(number, FAVOURITE))

    def favourite_change(self, target: str | None) -> Change:
        return favourite(target)
