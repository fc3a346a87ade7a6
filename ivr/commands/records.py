"""``ivr calls``, ``ivr orders list``: what is written down, numbers masked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.commands import times
from ivr.commands.tables import Document, print_json, print_table
from ivr.installation import open_installation
from ivr.values import mask

if TYPE_CHECKING:
    from ivr.ports import Order
    from ivr.store.journal import Record

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Most = Annotated[int, typer.Option("--most", min=1, help="How many at most.")]
orders_app = typer.Typer(
    help="Carry out accepted orders, or list them.", invoke_without_command=True
)


def calls(
    as_json: Json = False,
    since: Annotated[
        str,
        typer.Option(
            help="From this time on, as 2026-11-24 or 2026-11-24T10:30 (of IVR_TIMEZONE), or with"
            " a zone, as 2026-11-24T10:30+05:00."
        ),
    ] = "",
    most: Most = 1000,
) -> None:
    """The journal of calls, newest first."""
    begun = read_time(since) if since else None
    journal = open_installation().store.journal
    records = [call_document(record) for record in journal.newest(most, begun)]
    if as_json:
        print_json(records)
        return
    print_table(records, ("started", "caller", "language", "goals", "outcome", "seconds"))


@orders_app.callback()
def carry_out(context: typer.Context) -> None:
    """Without a further word: carry out accepted orders until Ctrl-C."""
    if context.invoked_subcommand is None:
        from ivr.commands.up import run_orders

        run_orders()


@orders_app.command("list")
def list_orders(as_json: Json = False, most: Most = 1000) -> None:
    """The orders and their states, newest first."""
    book = open_installation().store.orders
    orders = [order_document(order) for order in book.newest(most)]
    if as_json:
        print_json(orders)
        return
    shown = [
        {**order, "items": [f"{item['action']} {item['service']}" for item in order["items"]]}
        for order in orders
    ]
    print_table(shown, ("ordered", "number", "items", "once", "state", "reason"))


def read_time(text: str) -> datetime:
    """An aware time; without a zone, of IVR_TIMEZONE."""
    try:
        return times.read(text)
    except ValueError:
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
