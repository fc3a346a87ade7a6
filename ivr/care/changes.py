"""The changes that people ask for: a service switched, a package bought, a favourite number."""

from __future__ import annotations

from ivr.domain.services import FAVOURITE, Change, Characteristics
from ivr.domain.values import ServiceId

_NUMBER = "number"
"""Name of what the favourite is set to."""


def switch(service: ServiceId, *, is_on: bool) -> Change:
    """What the choice of a service asks for: off if it is on, on if it is off."""
    return Change(service, on=not is_on)


def purchase(service: ServiceId, package: str) -> Change:
    """Buy one package of a service."""
    return Change(service, True, (("package", package),))


def favourite(number: str | None) -> Change:
    """Set the favourite number; None: end it."""
    return Change(FAVOURITE, bool(number), ((_NUMBER, number),) if number else ())


def favourite_number(value: Characteristics) -> str | None:
    """The favourite number in what the service is set to."""
    return dict(value).get(_NUMBER)
