"""A number's own status over TMF637: suspended, or active again.

The status is absolute, so that setting it twice is setting it once. The network has one status
for every block that is not of money: ending a suspension and ending the block for inactivity both
make the product active.
"""

from __future__ import annotations

import structlog

from ivr.care.rules import STATES
from ivr.network.models import product
from ivr.network.models.product import Product, ProductStatus, ProductUpdate
from ivr.network.wire import Wire
from ivr.ports import NetworkAnswer, Order

log = structlog.get_logger()

PRODUCTS = f"{product.BASE}/product"


def is_of_number(order: Order) -> bool:
    """Whether an order is of the number's own status and of nothing else."""
    return all(change.service in STATES for change in order.changes)


def set_status(wire: Wire, order: Order, until: float) -> NetworkAnswer:
    """Set the status of the product whose serial number is the subscriber's number."""
    for change in order.changes:
        wanted = ProductStatus.SUSPENDED if change.on else ProductStatus.ACTIVE
        answer = wire.get(PRODUCTS, until, productSerialNumber=order.number)
        found = wire.read_list(Product, answer)
        mine = next((each for each in found if each.product_serial_number == order.number), None)
        if mine is None:
            log.warning("the number is not in the inventory", order=order.id)
            return NetworkAnswer.REFUSED
        if mine.status is wanted:
            continue
        body = ProductUpdate(status=wanted).wire()
        answer = wire.patch(f"{PRODUCTS}/{mine.id}", body, until)
        if answer.refused:
            log.warning("a status is refused", order=order.id, status=answer.status)
            return NetworkAnswer.REFUSED
        wire.read(Product, answer)
    return NetworkAnswer.DONE
