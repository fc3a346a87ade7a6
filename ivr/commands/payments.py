"""``ivr payments import``: import payments to accounts, as billing reports them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivr.care.imports import import_payments
from ivr.commands.author import operation
from ivr.commands.importing import count_of, tell
from ivr.domain.payments import PaymentRow
from ivr.store.payment_rows import PaymentFile
from ivr.wiring.installation import open_installation

app = typer.Typer(help="Import payments from a file.", no_args_is_help=True)


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV with the header msisdn,at,amount and optionally reference."),
    ],
) -> None:
    """Import payments: all rows, or none if one is bad. Known payments are not added again."""
    installation = open_installation()
    files_of: list[list[PaymentRow]] = []
    for file in files:
        read = PaymentFile(file)
        files_of.append(read.rows(installation.store.subscribers, installation.clock.zone))
        tell(file, read.table.notes)
    done = import_payments(*operation(), files_of, installation.store.payments)
    also = f", {done.known} already known" if done.known else ""
    typer.echo(f"{count_of(done.new, 'payment')} imported{also}", err=True)


@app.callback()
def payments() -> None:
    """Import payments from a file."""
