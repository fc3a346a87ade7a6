"""``ivr packages import``: import what is left of packages, as the
operator's metering reports it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivr.care.imports import import_packages
from ivr.commands.author import operation
from ivr.commands.importing import count_of, tell
from ivr.store.package_rows import PackageFile
from ivr.wiring.installation import open_installation

app = typer.Typer(help="Import what is left of packages.", no_args_is_help=True)


@app.callback()
def packages() -> None:
    """Import what is left of packages."""


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV with the header external_id,left.")],
) -> None:
    """Import what is left of packages, in MB or SMS; the order that bought a package identifies it.

    All rows are imported, or none if one is bad; of several files the last one applies.
    """
    installation = open_installation()
    left: dict[str, int] = {}
    for file in files:
        read = PackageFile(file)
        left |= read.rows(installation.store.packages.unknown)
        tell(file, read.table.notes)
    done = import_packages(*operation(), left, installation.store.packages)
    typer.echo(f"{count_of(done.updated, 'package')} updated", err=True)
    if done.over:
        typer.echo(
            f"{count_of(done.over, 'package')} ignored: no subscriber has them now", err=True
        )
