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
    """Without a further word: carry out accepted orders until Ctrl-C."""
    if context.invoked_subcommand is None:
        from ivr.processes import orders

        orders.run()


@app.command("list")
def list_orders(
    as_json: Json = False,
    most: Most = 1000,
    after: After = "",
    is_open: Annotated[
        bool, typer.Option("--open", help="Those that wait for the network, the oldest first.")
    ] = False,
    number: Annotated[str, typer.Option(help="Of one number, as 99365123456.")] = "",
    since: Annotated[str, typer.Option(help="From this time on, as 2026-11-24T10:30.")] = "",
) -> None:
    """The orders and their states, newest first."""
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
    id: Annotated[str, typer.Argument(help="Its id, as `ivr orders list --open` has it.")],
    is_done: Annotated[
        bool,
        typer.Option(
            "--done/--cancelled",
            help="What you have seen in the network: the change is made, or it is not and never"
            " will be.",
        ),
    ],
) -> None:
    """Settle by hand an order that the network has lost. Look there first: it is not asked."""
    installation = open_installation()
    lost = LostOrders(installation.store.orders, installation.clock)
    settled = lost.settle(*operation(), id, is_done=is_done)
    print(
        f"order {id} is {settled.state.value}; who was promised it is told by text message",
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
