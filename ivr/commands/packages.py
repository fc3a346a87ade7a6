"""``ivr packages import``: what is left of packages, as the operator's meter reports it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivr.commands.author import author
from ivr.commands.importing import count_of, tell
from ivr.store.package_rows import PackageFile
from ivr.wiring.installation import open_installation

app = typer.Typer(help="Packages: take over what is left of them.", no_args_is_help=True)


@app.callback()
def packages() -> None:
    """Packages: take over what is left of them."""


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV with the header external_id,left.")],
) -> None:
    """Set what is left of packages, in MB or SMS; each is named by the order that bought it.

    Every row, or none if any is bad; of several files a later one wins.
    """
    installation = open_installation()
    left: dict[str, int] = {}
    for file in files:
        read = PackageFile(file)
        left |= read.rows(installation.store.packages.unknown)
        tell(file, read.table.notes)
    over = installation.store.packages.set_left(left, author())
    known = count_of(len(left) - len(over), "package")
    typer.echo(f"{known} brought up to date", err=True)
    if over:
        typer.echo(
            f"{count_of(len(over), 'package')} passed over: no number has them now", err=True
        )
