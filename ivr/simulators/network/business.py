"""TMF620 and TMF621 of the simulated operator: product catalogue and trouble tickets."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException

from ivr.domain.values import Money
from ivr.network.models import offering, ticket
from ivr.network.models.common import MoneyValue
from ivr.network.models.offering import (
    ONE_TIME,
    RECURRING,
    OfferedPrice,
    OfferingPrice,
    PriceValue,
    ProductOffering,
)
from ivr.network.models.ticket import NewTicket
from ivr.simulators.network.data import SimulatorState
from ivr.simulators.network.file import utc_now
from ivr.simulators.network.habit import Habit


def catalogue_routes(world: SimulatorState) -> APIRouter:
    """Return the routes below ``productCatalogManagement``. Tariffs have prices by reference."""
    router = APIRouter(prefix=offering.BASE)

    def offerings() -> list[ProductOffering]:
        catalogue = world.books.catalogue
        tariffs = [
            ProductOffering(
                id=f"tariff.{id}",
                name=id,
                lifecycle_status="Active",
                product_offering_price=(OfferedPrice(id=f"{id}-monthly"),),
            )
            for id in catalogue.tariffs
        ]
        services = [
            ProductOffering(
                id=f"service.{id}",
                name=id,
                lifecycle_status="Active",
                product_offering_price=_prices(service.once, service.monthly),
            )
            for id, service in catalogue.services.items()
        ]
        packages = [
            ProductOffering(
                id=f"package.{id}.{name}",
                name=f"{id} {name}",
                lifecycle_status="Active",
                product_offering_price=_prices(package.price, Money(0)),
            )
            for id, service in catalogue.services.items()
            for name, package in service.packages.items()
        ]
        return [*tariffs, *services, *packages]

    @router.get("/productOffering")
    async def find() -> list[dict[str, Any]]:
        return [each.wire() for each in offerings()]

    @router.get("/productOfferingPrice/{id}")
    async def price(id: str) -> dict[str, Any]:
        tariff = world.books.catalogue.tariffs.get(id.removesuffix("-monthly"))
        if tariff is None:
            raise HTTPException(404, "no such price")
        return OfferingPrice(
            id=id,
            price_type=RECURRING,
            recurring_charge_period_type="monthly",
            recurring_charge_period_length=1,
            price=MoneyValue.of(tariff.monthly),
        ).wire()

    return router


def ticket_routes(world: SimulatorState) -> APIRouter:
    """Return the routes below ``troubleTicket``."""
    router = APIRouter(prefix=ticket.BASE)

    @router.post("/troubleTicket", status_code=201)
    async def create(new: NewTicket) -> dict[str, Any]:
        if world.has(Habit.GATEWAY):
            world.later(world.mood.writes_after, lambda: world.registry.ticket(new, utc_now()))
            raise HTTPException(504, "the backend has not answered in time")
        made = world.registry.ticket(new, utc_now())
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        return made.wire()

    @router.get("/troubleTicket")
    async def find(externalId: str | None = None) -> list[dict[str, Any]]:
        asked = None if world.has(Habit.UNFILTERED) else externalId
        return [each.wire() for each in world.registry.tickets(asked)]

    return router


def _prices(once: Money, monthly: Money) -> tuple[OfferedPrice, ...]:
    made = []
    for kind, amount in ((ONE_TIME, once), (RECURRING, monthly)):
        if amount.tenge:
            price = PriceValue(tax_included_amount=MoneyValue.of(amount))
            made.append(OfferedPrice(id=kind, price_type=kind, price=price))
    return tuple(made)
