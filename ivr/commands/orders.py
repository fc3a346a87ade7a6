"""``ivr orders``: carry out orders, list them (numbers masked), settle a lost one."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ivr.care.lostorders import LostOrders
from ivr.commands.author import operation
from ivr.commands.records import After, Json, Most, read_number, read_time, tell_next
from ivr.commands.tables import Document, print_json, print_table
from ivr.domain.orders import Order
from ivr.domain.values import mask
from ivr.wiring.installation import open_installation

app = typer.Typer(
    help="Carry out accepted orders, list them, or settle one that the network has lost.",
    invoke_without_command=True,
)
COLUMNS = ("ordered", "number", "items", "once", "state", "reason")
OPEN_COLUMNS = ("ordered", "number", "items", "state", "tries", "sent")


@app.callback()
def carry_out(context: typer.Context) -> None:
    """Without a subcommand: carry out accepted orders until Ctrl-C."""
    if context.invoked_subcommand is None:
        from ivr.processes import orders

        orders.run()


@app.command("list")
def list_orders(
    as_json: Json = False,
    most: Most = 1000,
    after: After = "",
    is_open: Annotated[
        bool, typer.Option("--open", help="Only orders that wait for the network, oldest first.")
    ] = False,
    number: Annotated[str, typer.Option(help="Only of this number, for example 99365123456.")] = "",
    since: Annotated[
        str, typer.Option(help="Only from this time on, for example 2026-11-24T10:30.")
    ] = "",
) -> None:
    """List the orders and their states, newest first."""
    of_number = read_number(number, "--number")
    begun = read_time(since) if since else None
    page = open_installation().store.orders.page(
        most, after or None, number=of_number, since=begun, is_open=is_open
    )
    tell_next(page)
    documents = [order_document(order) for order in page.items]
    if as_json:
        print_json(documents)
        return
    shown = [
        {**order, "items": [f"{item['action']} {item['service']}" for item in order["items"]]}
        for order in documents
    ]
    print_table(
        shown, OPEN_COLUMNS if is_open else COLUMNS, under=("id", "external_id") if is_open else ()
    )


@app.command()
def settle(
    id: Annotated[str, typer.Argument(help="Its id, from `ivr orders list --open`.")],
    is_done: Annotated[
        bool,
        typer.Option(
            "--done/--cancelled",
            help="What the network shows: the change was made, or it was not made and never will"
            " be.",
        ),
    ],
) -> None:
    """Settle an order that the network has lost. Check the network first: this command does not."""
    installation = open_installation()
    lost = LostOrders(installation.store.orders, installation.clock)
    settled = lost.settle(*operation(), id, is_done=is_done)
    print(
        f"order {id} is {settled.state.value}; the person who was promised it gets a text message",
        file=sys.stderr,
    )


def order_document(order: Order) -> Document:
    """Return an order as JSON, in the terms of TMF641; ``once`` in manat."""
    return {
        "id": order.id,
        "external_id": order.external_id,
        "actor": {
            "kind": order.actor.kind.value,
            "id": order.actor.id,
            "channel": order.actor.channel.value,
        },
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
        "sent": order.sent.value,
        "sent_at": order.sent_at.isoformat() if order.sent_at else None,
    }
