"""TMF620, TMF678 and TMF621 of the simulated operator: what is sold, bills, requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from ivr.network.billing import ZONE
from ivr.network.models import bill, offering, ticket
from ivr.network.models.bill import AppliedRate, CustomerBill
from ivr.network.models.common import MoneyValue, Period, Reference
from ivr.network.models.offering import (
    ONE_TIME,
    RECURRING,
    OfferedPrice,
    OfferingPrice,
    PriceValue,
    ProductOffering,
)
from ivr.network.models.ticket import NewTicket
from ivr.network.simulator.file import utc_now
from ivr.network.simulator.world import World
from ivr.ports import BillItem
from ivr.values import Money, Msisdn


def catalogue_routes(world: World) -> APIRouter:
    """The paths below ``productCatalogManagement``. Tariffs have their prices by reference."""
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
    async def find(offset: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        return [each.wire() for each in offerings()[offset : offset + limit]]

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


def billing_routes(world: World) -> APIRouter:
    """The paths below ``customerBillManagement``: past months are billed, this one is not."""
    router = APIRouter(prefix=bill.BASE)

    def items(number: str, month: date) -> Sequence[BillItem]:
        return world.books.items(Msisdn(number), month)

    @router.get("/customerBill")
    async def find(
        account: Annotated[str, Query(alias="billingAccount.id")],
    ) -> list[dict[str, Any]]:
        month = _month_before(_this_month())
        found = items(account, month)
        if not found:
            return []
        total = sum((item.amount for item in found), Money(0))
        return [
            CustomerBill(
                id=_bill_id(account, month),
                bill_no=f"{month:%Y%m}-{account[-4:]}",
                bill_date=_begin(_this_month()),
                billing_period=_period(month),
                billing_account=Reference(id=account),
                amount_due=MoneyValue.of(total),
                tax_included_amount=MoneyValue.of(total),
                remaining_amount=MoneyValue.of(Money(0)),
                state="settled",
            ).wire()
        ]

    @router.get("/appliedCustomerBillingRate")
    async def rates(
        account: Annotated[str | None, Query(alias="billingAccount.id")] = None,
        bill_id: Annotated[str | None, Query(alias="bill.id")] = None,
    ) -> list[dict[str, Any]]:
        if bill_id is not None:
            account, _, text = bill_id.partition("-")
            try:
                month = date.fromisoformat(f"{text[:4]}-{text[4:]}-01")
            except ValueError:
                raise HTTPException(404, "no such bill") from None
        else:
            month = _this_month()
        if account is None:
            raise HTTPException(400, "whose rates?")
        return [
            AppliedRate(
                id=f"{account}-{month:%Y%m}-{position}",
                name=item.item,
                type="appliedBillingCharge",
                is_billed=bill_id is not None,
                bill=Reference(id=bill_id) if bill_id else None,
                billing_account=Reference(id=account),
                period_coverage=_period(month),
                product=Reference(id=item.item),
                tax_included_amount=MoneyValue.of(item.amount),
            ).wire()
            for position, item in enumerate(items(account, month), 1)
        ]

    return router


def ticket_routes(world: World) -> APIRouter:
    """The paths below ``troubleTicket``."""
    router = APIRouter(prefix=ticket.BASE)

    @router.post("/troubleTicket", status_code=201)
    async def create(new: NewTicket) -> dict[str, Any]:
        made = world.registry.ticket(new, utc_now())
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        return made.wire()

    @router.get("/troubleTicket")
    async def find(externalId: str | None = None) -> list[dict[str, Any]]:
        return [each.wire() for each in world.registry.tickets(externalId)]

    return router


def _prices(once: Money, monthly: Money) -> tuple[OfferedPrice, ...]:
    made = []
    for kind, amount in ((ONE_TIME, once), (RECURRING, monthly)):
        if amount.tenge:
            price = PriceValue(tax_included_amount=MoneyValue.of(amount))
            made.append(OfferedPrice(id=kind, price_type=kind, price=price))
    return tuple(made)


def _this_month() -> date:
    return datetime.now(ZONE).date().replace(day=1)


def _month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _begin(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=ZONE).astimezone(UTC)


def _period(month: date) -> Period:
    following = (month + timedelta(days=32)).replace(day=1)
    return Period(start_date_time=_begin(month), end_date_time=_begin(following))


def _bill_id(account: str, month: date) -> str:
    return f"{account}-{month:%Y%m}"
