"""Differences between our catalogue and the operator's product catalogue (TMF620)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.care.catalogue import FREE, Catalogue
from ivr.domain.services import SoldOffer
from ivr.domain.values import Money


class Kind(StrEnum):
    ONLY_OURS = "only-ours"
    """It is in our catalogue only."""
    ONLY_THEIRS = "only-theirs"
    ONCE = "once"
    """The one-time price differs."""
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``offer`` is the id in the operator's catalogue: ``service.mms``,
    ``tariff.oba``, ``package.sms-package.m``."""

    offer: str
    kind: Kind
    ours: Money | None
    theirs: Money | None


def compare(catalogue: Catalogue, sold: Iterable[SoldOffer]) -> Iterator[Difference]:
    """Yield the differences in the order of our catalogue, then the offers that it lacks."""
    theirs = {offer.id: offer for offer in sold}
    ours = _prices(catalogue)
    for id, (once, monthly) in ours.items():
        offer = theirs.get(id)
        if offer is None:
            yield Difference(id, Kind.ONLY_OURS, None, None)
            continue
        if offer.once != once:
            yield Difference(id, Kind.ONCE, once, offer.once)
        if offer.monthly != monthly:
            yield Difference(id, Kind.MONTHLY, monthly, offer.monthly)
    for id in theirs:
        if id not in ours:
            yield Difference(id, Kind.ONLY_THEIRS, None, None)


def _prices(catalogue: Catalogue) -> Mapping[str, tuple[Money, Money]]:
    tariffs = {f"tariff.{id}": (FREE, tariff.monthly) for id, tariff in catalogue.tariffs.items()}
    services = {
        f"service.{id}": (service.once, service.monthly)
        for id, service in catalogue.services.items()
    }
    packages = {
        f"package.{id}.{name}": (package.price, FREE)
        for id, service in catalogue.services.items()
        for name, package in service.packages.items()
    }
    return {**tariffs, **services, **packages}
