"""Set a number's own status over TMF637: suspended, or active again.

The status is absolute, so a repeated request changes nothing. The network has one status for all
blocks that do not concern money: ending a suspension and ending the block for inactivity both make
the product active.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import structlog
from pydantic import ValidationError

from ivr.care.rules import STATES
from ivr.domain.orders import NetworkAnswer, Order
from ivr.network.answer import Answer
from ivr.network.http_client import LEAST, HttpClient
from ivr.network.location import segment
from ivr.network.models import product
from ivr.network.models.common import is_number
from ivr.network.models.product import Product, ProductStatus, ProductUpdate

log = structlog.get_logger()

PRODUCTS = f"{product.BASE}/product"
GONE = frozenset({ProductStatus.TERMINATED, ProductStatus.CANCELLED, ProductStatus.ABORTED})
"""Statuses of products of earlier owners, or of contracts that never started.

Numbers are assigned again after a time.
"""
IN_USE = frozenset({ProductStatus.ACTIVE, ProductStatus.SUSPENDED})
FIRST_LOOK, LONGEST_LOOK = 0.1, 1.0
"""First and longest pause in seconds between two reads of a product."""


def is_of_number(order: Order) -> bool:
    """Tell whether an order changes only the number's own status."""
    return all(change.service in STATES for change in order.changes)


def set_status(
    wire: HttpClient, order: Order, until: float, sleep: Callable[[float], None] = time.sleep
) -> NetworkAnswer:
    """Set the status of the present owner's product, whose serial number is the number.

    Return DONE only after the inventory confirms it. TemporarilyUnavailable: it does not confirm
    before ``until``.
    """
    for change in order.changes:
        wanted = ProductStatus.SUSPENDED if change.on else ProductStatus.ACTIVE
        found = wire.each(Product, PRODUCTS, until, productSerialNumber=order.number)
        mine = present(
            each for each in found if is_number(each.product_serial_number, order.number)
        )
        if mine is None:
            log.warning("no product, or more than one, has the number", order=order.id)
            return NetworkAnswer.REFUSED
        if mine.status is wanted:
            continue
        path = f"{PRODUCTS}/{segment(mine.id)}"
        answer = wire.patch(path, ProductUpdate(status=wanted).wire(), until)
        if answer.refused:
            log.warning("a status is refused", order=order.id, status=answer.status)
            return NetworkAnswer.REFUSED
        if answer.status >= 300:
            raise wire.unavailable(f"it answers with status {answer.status}")
        status, pause = _status(answer), FIRST_LOOK
        while status is not wanted:
            if time.monotonic() + pause + LEAST > until:
                raise wire.unavailable(f"the number is still {status} there")
            sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)
            status = wire.read(Product, wire.get(path, until)).status
    return NetworkAnswer.DONE


def present(products: Iterable[Product]) -> Product | None:
    """Return the product of a number's present owner; None: there is none, or it is ambiguous.

    A product in use takes precedence over one that is being created or ended; then the newest.
    """
    left = [each for each in products if each.id and each.status not in GONE]
    in_use = [each for each in left if each.status in IN_USE]
    candidates = {each.id: each for each in in_use or left}
    newest = sorted(candidates.values(), key=_started, reverse=True)
    if len(newest) > 1 and _started(newest[0]) == _started(newest[1]):
        return None
    return newest[0] if newest else None


def _started(each: Product) -> float:
    """Return the start in Unix seconds; a product without one counts as the oldest."""
    if each.start_date is None:
        return float("-inf")
    start: datetime = each.start_date
    return (start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp()


def _status(answer: Answer) -> ProductStatus | None:
    """Return the status in the answer to a change; None: it has none, so read the product."""
    try:
        return Product.model_validate(answer.document()).status
    except (ValidationError, ValueError):
        return None
