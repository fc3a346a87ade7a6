"""The catalogue: services, tariffs and their rules, as written by the operator.

Requirements are those of 3GPP (conference needs hold, TS 22.084; CLIP's override category needs
CLIP, TS 22.081) and of the operator (MMS needs GPRS).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivr.care.yamlfile import read_yaml
from ivr.domain.services import Unit
from ivr.domain.subscriber import Status
from ivr.domain.values import Money, ServiceId
from ivr.errors import Unusable
from ivr.flow.fields import DayHours, Id, Prefix, Price, Volume

MOST_IN_GROUP = 5


FREE = Money(0)


class PackageEntry(BaseModel):
    """One package of a service: a volume for a number of days, paid once."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    volume: Volume
    price: Price
    days: Annotated[int, Field(ge=1, le=366)]


class Refund(StrEnum):
    """The refund when a used package is undone."""

    NONE = "none"
    """A used package cannot be undone."""
    REST = "rest"
    """The share of the price for the remaining volume."""


class CatalogueService(BaseModel):
    """One service that can be on or off for a number, with its rules."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    group: Id | None = None
    """The menu that offers it; None: it has its own node, or other services require it."""
    monthly: Price = FREE
    once: Price = FREE
    """One-time fee for switching it on."""
    modify: Price = FREE
    """One-time fee for new settings while it is on."""
    modify_days: Annotated[int, Field(ge=0, le=366)] = 0
    """Minimum days between two changes of the settings."""
    requires: tuple[Id, ...] = ()
    """Services that must be on for it; they are switched on with it."""
    excludes: tuple[Id, ...] = ()
    """Services that must be off for it."""
    tariffs: tuple[Id, ...] = ()
    """Tariffs on which it is offered; empty: all."""
    balance: Price = FREE
    """Balance that must remain after the price is paid, to switch it on."""
    states: Annotated[tuple[Status, ...], Field(min_length=1)] = (Status.ACTIVE,)
    """States of a number in which it may be changed."""
    hours: DayHours | None = None
    """Hours in which it may be changed, local time; default: always."""
    premium: tuple[Prefix, ...] = ()
    """For older releases only: added to the catalogue's own list, and valid for all services."""
    packages: dict[Id, PackageEntry] = Field(default_factory=dict, max_length=MOST_IN_GROUP)
    at_once: Annotated[int, Field(ge=1, le=10)] = 1
    """Packages that a number may have at once."""
    refund: Refund = Refund.NONE
    """The refund when a used package is undone."""
    delay_hours: Annotated[int, Field(ge=0, le=168)] = 0
    """Hours for which a new setting is held if the proof is weak (a passport, from another phone).
    The owner can stop it until then."""
    delay_off: bool = False
    """The delay also applies to switching it off: without the service, notices do not arrive."""

    @property
    def unit(self) -> Unit:
        """The unit of its packages."""
        return next(iter(self.packages.values())).volume.unit


class Tariff(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    monthly: Price = FREE
    vip: bool = False
    """Its subscribers are key customers: first in the agents' queue."""


class Catalogue(BaseModel):
    """All services that can be switched. Build one with ``read_catalogue``, which checks it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tariffs: Annotated[dict[Id, Tariff], Field(min_length=1)]
    services: Annotated[dict[Id, CatalogueService], Field(min_length=1)]
    premium: tuple[Prefix, ...] = ()
    """Prefixes of national numbers that cost more than a normal call. No service may be set to
    them, and the line dials none of them."""

    @cached_property
    def premium_numbers(self) -> tuple[str, ...]:
        """Prefixes of national numbers that the line does not dial."""
        own = {*self.premium, *(each for one in self.services.values() for each in one.premium)}
        return tuple(sorted(own))

    @cached_property
    def order(self) -> tuple[ServiceId, ...]:
        """Every service, in the order of the document."""
        return tuple(ServiceId(id) for id in self.services)

    @cached_property
    def groups(self) -> Mapping[str, tuple[ServiceId, ...]]:
        """The menus of services, each in the order of the document."""
        found: dict[str, tuple[ServiceId, ...]] = {}
        for id, service in self.services.items():
            if service.group is not None:
                found[service.group] = (*found.get(service.group, ()), ServiceId(id))
        return found

    def required(self, service: ServiceId) -> Iterator[ServiceId]:
        """Yield the services that a service requires, deepest first, without itself."""
        seen: set[str] = set()

        def walk(id: str) -> Iterator[ServiceId]:
            for need in self.services[id].requires:
                if need not in seen:
                    seen.add(need)
                    yield from walk(need)
                    yield ServiceId(need)

        return walk(service)

    def dependents(self, service: ServiceId) -> Iterator[ServiceId]:
        """Yield the services that require a service, also indirectly, outermost first."""
        for id in reversed(self.order):
            if service in set(self.required(id)):
                yield id

    def excluded(self, service: ServiceId) -> Iterator[ServiceId]:
        """Yield the services that exclude a service or are excluded by it."""
        for id, other in self.services.items():
            if id in self.services[service].excludes or service in other.excludes:
                yield ServiceId(id)

    def texts(self) -> Iterable[str]:
        """Return the keys of the texts that name the items of the catalogue."""
        yield from (f"service.{id}" for id in self.services)
        for id in self.tariffs:
            yield from (f"tariff.{id}", f"tariff.{id}.about")
        for service in self.services.values():
            yield from (f"package.{id}" for id in service.packages)


def read_catalogue(path: Path) -> Catalogue:
    """Read and check a catalogue. Raise Unusable with the file, the entry and the fault."""
    read = read_yaml(path)
    try:
        catalogue = Catalogue.model_validate(read.data)
    except ValidationError as error:
        raise read.refusal(error, (Catalogue, CatalogueService, Tariff, PackageEntry)) from None
    for problem in _problems(catalogue):
        raise Unusable(f"{path}: {problem}")
    return catalogue


def _problems(catalogue: Catalogue) -> Iterator[str]:
    for id, service in catalogue.services.items():
        for need in service.requires:
            if need not in catalogue.services:
                yield f"service '{id}' requires '{need}', which does not exist"
                return
        for other in service.excludes:
            if other not in catalogue.services:
                yield f"service '{id}' excludes '{other}', which does not exist"
                return
        if len({package.volume.unit for package in service.packages.values()}) > 1:
            yield (
                f"service '{id}' has packages of megabytes and of messages: make two services of it"
            )
        for tariff in service.tariffs:
            if tariff not in catalogue.tariffs:
                yield f"service '{id}' names tariff '{tariff}', which does not exist"
    for id in catalogue.order:
        if id in set(catalogue.required(id)):
            yield f"service '{id}' requires itself indirectly"
        for other in catalogue.services[id].excludes:
            if other == id or other in set(catalogue.required(id)):
                yield f"service '{id}' requires and excludes '{other}'"
    for group, members in catalogue.groups.items():
        if len(members) > MOST_IN_GROUP:
            yield (
                f"group '{group}' has {len(members)} services; a menu has room for {MOST_IN_GROUP}"
                " of them"
            )
