"""``ivr subscribers``: import, show."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ivr import wiring
from ivr.care.catalogue import Catalogue
from ivr.care.numbering import NationalNumbering
from ivr.commands.tables import print_fields
from ivr.errors import Unusable
from ivr.ports import Subscriber, Subscribers
from ivr.printable import json_text
from ivr.store import Store
from ivr.store.importing import Imported, import_rows
from ivr.store.rows import Known, read_rows
from ivr.values import mask

app = typer.Typer(
    help="Subscribers: take them over from a file, look at one.", no_args_is_help=True
)


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV in UTF-8 with a header; see docs/operations.md.")
    ],
) -> None:
    """Add or update subscribers from a CSV file: every row, or none if any is bad."""
    house = wiring.open_house()
    wiring.prepare_database(house)
    imported = import_file(house.store, house.catalogue, house.pepper, file, _author())
    were = "1 subscriber was" if imported.rows == 1 else f"{imported.rows} subscribers were"
    typer.echo(f"{were} imported", err=True)
    if imported.changed_hands:
        numbers = "1 number" if imported.changed_hands == 1 else f"{imported.changed_hands} numbers"
        typer.echo(f"{numbers} changed hands: nothing of the former owner was kept", err=True)


@app.command()
def show(
    msisdn: Annotated[str, typer.Argument(help="The number, as in 99365123456.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show state, tariff, balance and services of a number; never a secret."""
    house = wiring.open_house()
    wiring.prepare_database(house)
    found = find(house.store.subscribers, msisdn)
    if as_json:
        typer.echo(json_text(plain(found), indent=2))
        return
    print_fields(
        {
            name: ", ".join(value) if isinstance(value, list) else value
            for name, value in plain(found).items()
        }
    )


def import_file(
    store: Store, catalogue: Catalogue, pepper: str, file: Path, author: str
) -> Imported:
    """Import a file, with a progress bar on a terminal."""
    known = Known(frozenset(catalogue.services), tuple(catalogue.tariffs))
    with _bar(file) as advance:
        return import_rows(store.database, read_rows(file, known), pepper, author, advance)


def find(subscribers: Subscribers, typed: str) -> Subscriber:
    """The subscriber of a number in any of its written forms; Unusable if there is none."""
    number = NationalNumbering().parse(typed)
    if number is None:
        raise typer.BadParameter("not a mobile number, as in 99365123456")
    subscriber = subscribers.find(number)
    if subscriber is None:
        raise Unusable(f"there is no subscriber {mask(number)}; import it first")
    return subscriber


def plain(subscriber: Subscriber) -> dict[str, str | list[str]]:
    """What may be shown of a subscriber, as JSON."""
    return {
        "msisdn": subscriber.msisdn,
        "state": subscriber.status.value,
        "tariff": subscriber.tariff,
        "balance": subscriber.balance.manat,
        "services": sorted(subscriber.services),
        "language": subscriber.language.value,
    }


@contextmanager
def _bar(file: Path) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _rows: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task("importing subscribers", total=_lines(file))
        yield lambda rows: progress.advance(task, rows)


def _lines(file: Path) -> int | None:
    """About how many rows a file has; None if it cannot be read, which the import then says."""
    try:
        with file.open("rb") as data:
            chunks = iter(lambda: data.read(1 << 20), b"")
            return max(0, sum(chunk.count(b"\n") for chunk in chunks) - 1)
    except OSError:
        return None


def _author() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
