"""Events of networks: TMF's envelope, batches, CloudEvents, a bare order, compressed.

An event is only a hint to ask for an order. So neither the envelope nor the event's content
matters: every order anywhere in the event is asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from ivr.network.models.tolerant import text_of

LARGEST = 1_000_000
"""Most bytes of an event, before and after decompression."""
DEEPEST = 12
MOST = 100
"""Most orders of one batch."""
LONGEST_ID = 200
"""Most characters of an external id: ours are shorter."""
GZIP = b"\x1f\x8b"
ORDERS = frozenset({"serviceOrder", "resource", "data", "order"})
"""Names of fields that may hold an order with only an id and a state."""
IGNORED = ("create", "delete")
"""Events that say nothing about the progress of an order."""


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """The ids of an order in an event: our external id, or the network's id only."""

    external_id: str
    id: str


def document_of(body: bytes) -> Any:
    """Parse the JSON of an event. ValueError: it is no JSON, or too large."""
    if body[:2] == GZIP:
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            body = unpacking.decompress(body, LARGEST)
        except zlib.error:
            raise ValueError("no gzip") from None
        if not unpacking.eof:
            raise ValueError("too large, or cut off")
    return from_json(body.decode("utf-8-sig", "replace"))


def orders_in(event: Any) -> Iterator[NamedOrder]:
    """Yield the orders that an event names, each once."""
    seen: set[NamedOrder] = set()
    for order in _orders(event, "", DEEPEST):
        if order not in seen:
            seen.add(order)
            yield order
        if len(seen) == MOST:
            return


def is_id(text: str) -> bool:
    """Tell whether a text can be an order's id. A zero byte is an error in the database."""
    return 0 < len(text) <= LONGEST_ID and "\0" not in text


def _orders(node: Any, name: str, depth: int) -> Iterator[NamedOrder]:
    if depth and isinstance(node, list):
        for each in node:
            yield from _orders(each, name, depth - 1)
    if not depth or not isinstance(node, dict) or _is_ignored(node):
        return
    external_id, id = text_of(node.get("externalId")), text_of(node.get("id"))
    if external_id or (id and name in ORDERS and "state" in node):
        yield NamedOrder(external_id or "", id or "")
        return
    for key, each in node.items():
        if isinstance(each, dict | list):
            yield from _orders(each, str(key), depth - 1)


def _is_ignored(event: dict[str, Any]) -> bool:
    kind = (text_of(event.get("eventType")) or text_of(event.get("type")) or "").lower()
    return "event" in kind and any(word in kind for word in IGNORED)
