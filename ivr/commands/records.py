"""``ivr calls``, ``ivr orders list``: what is written down, numbers masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr import wiring
from ivr.commands.printing import cell
from ivr.ports import Order
from ivr.printable import json_text
from ivr.store import Store
from ivr.store.journal import Record
from ivr.values import mask

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
TIMES = frozenset({"started", "ordered", "at", "written"})
"""Columns that are read as times of this machine's zone; JSON has them with their zone."""
Most = Annotated[int, typer.Option("--most", min=1, help="How many at most.")]
Document = Mapping[str, Any]


def calls(
    as_json: Json = False,
    since: Annotated[
        str,
        typer.Option(
            help="From this time on, as 2026-11-24 or 2026-11-24T10:30 (of this machine's zone)"
            " or with a zone, as 2026-11-24T10:30+05:00."
        ),
    ] = "",
    most: Most = 1000,
) -> None:
    """The journal of calls, newest first."""
    begun = read_time(since) if since else None
    records = [call_document(record) for record in _store().journal.newest(most, begun)]
    if as_json:
        print_json(records)
        return
    print_table(records, ("started", "caller", "language", "goals", "outcome", "seconds"))


def list_orders(as_json: Json = False, most: Most = 1000) -> None:
    """The orders and their states, newest first."""
    orders = [order_document(order) for order in _store().orders.newest(most)]
    if as_json:
        print_json(orders)
        return
    shown = [
        {**order, "items": [f"{item['action']} {item['service']}" for item in order["items"]]}
        for order in orders
    ]
    print_table(shown, ("ordered", "number", "items", "once", "state", "reason"))


def read_time(text: str) -> datetime:
    """An aware time; without a zone, of this machine's zone."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is not a time; write 2026-11-24 or 2026-11-24T10:30", param_hint="--since"
        ) from None


def call_document(record: Record) -> Document:
    """A call as JSON: ``path`` has the nodes, ``steps`` what was answered there and when."""
    return {
        "id": record.id,
        "started": record.started.isoformat(),
        "ended": record.ended.isoformat() if record.ended else None,
        "seconds": None if record.seconds is None else round(record.seconds, 1),
        "dialled": record.dialled,
        "caller": mask(record.caller) if record.caller else None,
        "subscriber": mask(record.subscriber) if record.subscriber else None,
        "language": record.language,
        "release": record.release,
        "path": [step.node for step in record.path],
        "steps": [
            {"node": step.node, "key": step.key, "at": round(step.at, 2)} for step in record.path
        ],
        "goals": list(record.goals),
        "identification": list(record.identification),
        "orders": list(record.orders),
        "outcome": record.outcome,
        "reason": record.reason,
        "agents": [
            {"event": event.event, "agent": event.agent, "at": event.at.isoformat()}
            for event in record.agents
        ],
    }


def order_document(order: Order) -> Document:
    """An order as JSON, in the words of TMF641; ``once`` in manat."""
    return {
        "id": order.id,
        "external_id": order.external_id,
        "number": mask(order.number),
        "items": [
            {"service": change.service, "action": "add" if change.on else "delete"}
            for change in order.changes
        ],
        "once": order.once.manat,
        "state": order.state.value,
        "reason": order.reason.value if order.reason else None,
        "ordered": order.ordered.isoformat(),
        "settled": order.settled.isoformat() if order.settled else None,
        "due": order.due.isoformat() if order.due else None,
        "undoes": order.undoes,
        "tries": order.tries,
    }


def _store() -> Store:
    house = wiring.open_house()
    wiring.prepare_database(house)
    return house.store


def print_json(documents: Sequence[Document]) -> None:
    """One JSON document on standard output."""
    typer.echo(json_text(documents, indent=2))


def print_table(rows: Sequence[Document], columns: Sequence[str]) -> None:
    """A table for people; "none yet" on standard error where there is nothing."""
    if not rows:
        typer.echo("none yet", err=True)
        return
    table = Table()
    for name in columns:
        table.add_column(name, no_wrap=name in TIMES)
    for row in rows:
        table.add_row(*(_cell(name, row[name]) for name in columns))
    Console().print(table)


def _cell(name: str, value: object) -> Text:
    if name in TIMES and value:
        return Text(f"{datetime.fromisoformat(str(value)).astimezone():%Y-%m-%d %H:%M}")
    return cell(value)
