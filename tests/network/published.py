"""Are our models true to the definitions that the TM Forum publishes? Run by hand:

    python -m tests.network.published FOLDER

FOLDER holds the Swagger files of the APIs (TMF641*.json …), which are not part of this project.
Each field of ours must be one of theirs, a list where theirs is one; what they require we must
have; closed sets must be the same. Prints what is not so, and exits 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from ivr.network.models import activation, bill, common, offering, product, service_order, ticket

Definitions = Mapping[str, Any]
MODELS: dict[str, dict[type[common.Resource], str]] = {
    "TMF641": {
        common.Characteristic: "Characteristic",
        common.Party: "RelatedParty",
        common.Reference: "ServiceSpecificationRef",
        common.Subscription: "EventSubscription",
        common.Fault: "Error",
        service_order.OrderedService: "ServiceRefOrValue",
        service_order.ServiceOrderItem: "ServiceOrderItem",
        service_order.NewServiceOrder: "ServiceOrder_Create",
        service_order.ServiceOrder: "ServiceOrder",
        service_order.NewCancellation: "CancelServiceOrder_Create",
        service_order.Cancellation: "CancelServiceOrder",
        service_order.ChangedOrder: "ServiceOrderStateChangeEventPayload",
        service_order.StateChange: "ServiceOrderStateChangeEvent",
    },
    "TMF640": {
        activation.OrderItemOfService: "RelatedServiceOrderItem",
        activation.NewService: "Service_Create",
        activation.ServiceUpdate: "Service_Update",
        activation.ServiceResource: "ServiceResource",
        activation.HeaderItem: "HeaderItem",
        activation.MonitoredAnswer: "Response",
        activation.Monitor: "Monitor",
    },
    "TMF637": {product.ProductUpdate: "Product_Update", product.Product: "Product"},
    "TMF620": {
        offering.PriceValue: "ProductPriceValue",
        offering.OfferedPrice: "ProductOfferingPriceRefOrValue",
        offering.OfferingPrice: "ProductOfferingPrice",
        offering.ProductOffering: "ProductOffering",
    },
    "TMF678": {
        common.MoneyValue: "Money",
        common.Period: "TimePeriod",
        bill.CustomerBill: "CustomerBill",
        bill.AppliedRate: "AppliedCustomerBillingRate",
    },
    "TMF621": {
        ticket.RelatedEntity: "RelatedEntity",
        ticket.NewTicket: "TroubleTicket_Create",
        ticket.Ticket: "TroubleTicket",
    },
}
SETS: dict[str, dict[type[StrEnum], str]] = {
    "TMF641": {
        service_order.ServiceOrderState: "ServiceOrderStateType",
        service_order.Action: "OrderItemActionType",
    },
    "TMF640": {activation.ServiceState: "ServiceStateType"},
    "TMF637": {product.ProductStatus: "ProductStatusType"},
}
PATHS = {
    "TMF641": (service_order.BASE, ["/serviceOrder", "/serviceOrder/{id}", "/hub"]),
    "TMF640": (activation.BASE, ["/service", "/service/{id}", "/monitor/{id}"]),
    "TMF637": (product.BASE, ["/product", "/product/{id}"]),
    "TMF620": (offering.BASE, ["/productOffering", "/productOfferingPrice/{id}"]),
    "TMF678": (bill.BASE, ["/customerBill", "/appliedCustomerBillingRate"]),
    "TMF621": (ticket.BASE, ["/troubleTicket"]),
}


def problems(folder: Path) -> Iterator[str]:
    for api, (base, paths) in PATHS.items():
        file = next(folder.glob(f"{api}*.json"))
        swagger = json.loads(file.read_text())
        if swagger["basePath"].rstrip("/") != base:
            yield f"{api}: base is {swagger['basePath']}, ours {base}"
        yield from (f"{api}: no path {path}" for path in paths if path not in swagger["paths"])
        definitions: Definitions = swagger["definitions"]
        for model, name in MODELS[api].items():
            yield from (f"{api} {name}: {each}" for each in _of_model(model, definitions[name]))
        for closed, name in SETS.get(api, {}).items():
            theirs = set(definitions[name]["enum"])
            if theirs != {str(each) for each in closed}:
                yield f"{api} {name}: {theirs ^ {str(each) for each in closed}} on one side only"


def _of_model(model: type[common.Resource], published: Definitions) -> Iterator[str]:
    theirs = published["properties"]
    ours = {field.alias or name: field for name, field in model.model_fields.items()}
    for alias, field in ours.items():
        if alias not in theirs:
            yield f"{alias} is not published"
            continue
        is_list = "tuple" in str(field.annotation)
        if is_list != (theirs[alias].get("type") == "array"):
            yield f"{alias} is a list on one side only"
    for name in published.get("required", ()):
        if name not in ours:
            yield f"{name} is required and we have none"


if __name__ == "__main__":
    found = list(problems(Path(sys.argv[1])))
    sys.stdout.write("".join(f"{each}\n" for each in found) or "all is as published\n")
    sys.exit(bool(found))
