"""``ivr packages import``: what is left of packages, as the operator's meter reports it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from ivr import wiring
from ivr.commands.author import author
from ivr.errors import Unusable

app = typer.Typer(help="Packages: take over what is left of them.", no_args_is_help=True)
COLUMNS = ["external_id", "left"]
MOST = 10**9


@app.callback()
def packages() -> None:
    """Packages: take over what is left of them."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8 with the header external_id,left.")],
) -> None:
    """Set what is left of packages, in MB or SMS; each is named by the order that bought it."""
    house = wiring.open_house()
    wiring.prepare_database(house)
    rows = read_left(file)
    unknown = house.store.packages.set_left(rows, author())
    known = len(rows) - len(unknown)
    typer.echo(f"{known} package{'s were' if known != 1 else ' was'} brought up to date", err=True)
    if unknown:
        raise Unusable(f"{file}: no package was bought by {', '.join(unknown[:20])}")


def read_left(file: Path) -> dict[str, int]:
    """What is left, by the order's external id. Unusable names the line that is wrong."""
    rows: dict[str, int] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            header = [cell.strip().lower() for cell in next(reader, [])]
            if header != COLUMNS:
                raise Unusable(f"{file}: the first line must be {','.join(COLUMNS)}")
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(COLUMNS) or "\0" in cells[0] or not _is_count(cells[1]):
                    raise Unusable(
                        f"{file}: line {reader.line_num}: not an order and a whole number of MB "
                        "or SMS; nothing was taken over"
                    )
                rows[cells[0].strip()] = int(cells[1].strip())
    except OSError as error:
        raise Unusable(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise Unusable(f"{file}: not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise Unusable(f"{file}: not CSV ({error})") from None
    return rows


def _is_count(text: str) -> bool:
    digits = text.strip()
    return digits.isascii() and digits.isdecimal() and len(digits) <= 10 and int(digits) <= MOST
