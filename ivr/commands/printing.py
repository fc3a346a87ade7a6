"""Print texts for people. Texts from the database, from files and from other systems are made safe
for a terminal: nothing in them is interpreted as a style, a link or a command."""

from __future__ import annotations

import typer
from rich.text import Text

from ivr.system.printable import NEXT_LINE, escaped


def show(text: str, *, err: bool = False) -> None:
    """Print a text of one or more lines."""
    typer.echo(escaped(text, keep=NEXT_LINE), err=err)


def cell(value: object) -> Text:
    """Return a cell of a table; a list has a line for each element."""
    values = value if isinstance(value, list) else [value]
    return Text(NEXT_LINE.join("" if each is None else escaped(str(each)) for each in values))
