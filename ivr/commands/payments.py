"""``ivr payments import``: money that came onto accounts, as billing reports it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivr import wiring
from ivr.commands.author import author
from ivr.store.payment_rows import read_payments

app = typer.Typer(help="Payments: take them over from a file.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8 with the header msisdn,at,amount.")],
) -> None:
    """Take over payments: every row, or none if any is bad; a known one is kept once."""
    house = wiring.open_house()
    wiring.prepare_database(house)
    rows = read_payments(file, house.store.subscribers, house.clock.zone)
    new = house.store.payments.add(rows, author())
    known = len(rows) - new
    also = f", {known} known already" if known else ""
    typer.echo(f"{new} payment{'s were' if new != 1 else ' was'} imported{also}", err=True)


@app.callback()
def payments() -> None:
    """Payments: take them over from a file."""
