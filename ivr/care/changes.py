"""The changes that callers request: switch a service, buy a package, set a favourite number."""

from __future__ import annotations

from ivr.domain.services import FAVOURITE, Change, Characteristics
from ivr.domain.values import ServiceId

_NUMBER = "number"
"""Name of the favourite's setting."""


def switch(service: ServiceId, *, is_on: bool) -> Change:
    """Return the change that toggles a service: off if it is on, on if it is off."""
    return Change(service, on=not is_on)


def purchase(service: ServiceId, package: str) -> Change:
    """Return the change that buys one package of a service."""
    return Change(service, True, (("package", package),))


def favourite(number: str | None) -> Change:
    """Return the change that sets the favourite number; None: that ends it."""
    return Change(FAVOURITE, bool(number), ((_NUMBER, number),) if number else ())


def favourite_number(value: Characteristics) -> str | None:
    """Return the favourite number from the settings of the service."""
    return dict(value).get(_NUMBER)
