"""``ivr subscribers``: import, show."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from ivr.care.imports import import_subscribers
from ivr.care.numbering import NationalNumbering
from ivr.commands.author import operation
from ivr.commands.importing import count_of, tell, telling
from ivr.commands.tables import print_fields
from ivr.domain.imports import Imported
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import mask
from ivr.errors import Unusable
from ivr.ports.subscribers import Subscribers
from ivr.sheet.moments import read_as_of
from ivr.store.rows import KnownCatalogueIds, Seen, SubscriberFile, read_all
from ivr.system.printable import json_text
from ivr.wiring.container import Container, open_container, prepare_database

app = typer.Typer(help="Import subscribers from a file, or show one.", no_args_is_help=True)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV with a header; see docs/operations.md.")],
    as_of: Annotated[
        str,
        typer.Option(
            help="The local time of the export, for example 2026-11-29 02:00; by default an hour"
            " before the oldest file was written. Orders that callers made later stay."
        ),
    ] = "",
) -> None:
    """Add or update subscribers from CSV files: all rows, or none if one is bad."""
    container = open_container()
    prepare_database(container)
    zone = container.clock.zone
    at = _as_of(as_of, zone) if as_of else None
    made = None if at else written(files)
    imported = import_files(container, files, at, made)
    typer.echo(f"{count_of(imported.rows, 'subscriber')} imported", err=True)
    if at is None and made is None:
        typer.echo(
            "input from a pipe has no file time, so the present time was used: give --as-of"
            " to keep the orders made after the export",
            err=True,
        )
    if imported.kept and imported.since:
        things = (
            "1 service or state" if imported.kept == 1 else f"{imported.kept} services or states"
        )
        since = f"{imported.since.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
        typer.echo(f"{things} changed by orders after {since} stayed as they are", err=True)
    if imported.changed_hands:
        numbers = "1 number" if imported.changed_hands == 1 else f"{imported.changed_hands} numbers"
        typer.echo(f"{numbers} changed hands: no data of the former owner was kept", err=True)


@app.command()
def show(
    msisdn: Annotated[str, typer.Argument(help="The number, for example 99365123456.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show state, tariff, balance and services of a number; never a secret."""
    container = open_container()
    prepare_database(container)
    found = find(container.store.subscribers, msisdn)
    if as_json:
        typer.echo(json_text(plain(found), indent=2))
        return
    print_fields(
        {
            name: ", ".join(value) if isinstance(value, list) else value
            for name, value in plain(found).items()
        }
    )


def import_files(
    container: Container, files: Sequence[Path], as_of: datetime | None, made: datetime | None
) -> Imported:
    """Import files together; report the progress and what was ignored."""
    catalogue, seen = container.catalogue, Seen()
    known = KnownCatalogueIds(frozenset(catalogue.services), tuple(catalogue.tariffs))
    tables = [SubscriberFile(file, known, seen) for file in files]
    with telling("subscribers", files) as progress:
        imported = import_subscribers(
            *operation(),
            read_all(tables),
            container.store.imports,
            as_of=as_of,
            written=made,
            progress=progress,
        )
    for each in tables:
        tell(each.table.file, each.table.notes)
    return imported


def written(files: Sequence[Path]) -> datetime | None:
    """Return the time when the oldest file was written; None if one is missing or not a file."""
    try:
        found = [file.stat() for file in files]
    except OSError:  # the import reports it
        return None
    if not all(stat.S_ISREG(each.st_mode) for each in found):
        return None
    return datetime.fromtimestamp(min(each.st_mtime for each in found), UTC)


def _as_of(text: str, zone: ZoneInfo) -> datetime:
    try:
        return read_as_of(text, zone)
    except ValueError as error:
        raise Unusable(f"--as-of {error}") from None


def find(subscribers: Subscribers, typed: str) -> Subscriber:
    """Return the subscriber of a number in any notation. Unusable: there is none."""
    number = NationalNumbering().parse(typed)
    if number is None:
        raise typer.BadParameter("not a mobile number such as 99365123456")
    subscriber = subscribers.find(number)
    if subscriber is None:
        raise Unusable(f"there is no subscriber {mask(number)}; import it first")
    return subscriber


def plain(subscriber: Subscriber) -> dict[str, str | list[str]]:
    """Return the data of a subscriber that may be shown, as JSON."""
    return {
        "msisdn": subscriber.msisdn,
        "state": subscriber.status.value,
        "tariff": subscriber.tariff,
        "balance": subscriber.balance.manat,
        "services": sorted(subscriber.services),
        "language": subscriber.language.value,
    }
