"""``ivr network-simulator``: simulate the operator's network. ``ivr catalogue compare``."""

from __future__ import annotations

from typing import Annotated

import typer

from ivr import log
from ivr.care.comparison import Difference, Kind, compare
from ivr.commands.tables import print_table
from ivr.system.printable import json_text
from ivr.wiring.container import open_container

WORDS = {
    Kind.ONLY_OURS: "is in catalogue.yaml only",
    Kind.ONLY_THEIRS: "is in the network only",
    Kind.ONCE: "price taken once",
    Kind.MONTHLY: "monthly price",
}

catalogue = typer.Typer(
    help="Compare the catalogue of services and tariffs with the network's.", no_args_is_help=True
)


@catalogue.callback()
def _catalogue() -> None:
    """A group, even with one command."""


def network_simulator() -> None:
    """Serve a simulated operator's network (TM Forum APIs) until SIGINT or SIGTERM."""
    from ivr.processes import network

    network.run()


@catalogue.command("compare")
def compare_catalogues(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on standard output.")
    ] = False,
) -> None:
    """List differences of catalogue.yaml from the network's catalogue (TMF620); exit 1 if any."""
    container = open_container()
    log.set_up("error")  # the command prints one sentence of its own
    found = list(compare(container.folder.catalogue(), container.offers.offers()))
    if as_json:
        print(json_text([_document(each) for each in found], indent=2))
    elif not found:
        print("the catalogues agree")
    else:
        rows = [{**_document(each), "difference": WORDS[each.kind]} for each in found]
        print_table(rows, ("offer", "difference", "ours", "theirs"))
    if found:
        raise typer.Exit(1)


def _document(difference: Difference) -> dict[str, str | None]:
    return {
        "offer": difference.offer,
        "difference": difference.kind.value,
        "ours": difference.ours.manat if difference.ours is not None else None,
        "theirs": difference.theirs.manat if difference.theirs is not None else None,
    }
