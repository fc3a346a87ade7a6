"""Tables for people. Every word stays whole on a terminal of any width.

Columns are as wide as their longest word, or wider if there is room; long texts take several lines.
If not even the longest words fit side by side, each row is printed as a block of lines. Times are
in the operator's time zone, which is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ivr.commands import times
from ivr.commands.printing import cell
from ivr.system.printable import NEXT_LINE, json_text

Document = Mapping[str, Any]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*[+-]\d\d:\d\d")
"""A time in a document (ISO 8601 with its offset)."""
GAP, INDENT = 2, 4
"""Character cells between columns, and before the text under a row."""


def print_json(documents: Sequence[Document]) -> None:
    """Print one JSON document on standard output."""
    typer.echo(json_text(documents, indent=2))


def print_table(
    rows: Sequence[Document], columns: Sequence[str], under: Sequence[str] = ()
) -> None:
    """Print rows, each with the texts of its ``under`` fields on separate lines.

    If there are no rows, print "none yet" on standard error.
    """
    if not rows:
        typer.echo("none yet", err=True)
        return
    zone = times.zone()
    sheet = _Sheet(
        [_head(name, rows, zone) for name in columns],
        [[_cell(row[name], zone) for name in columns] for row in rows],
    )
    texts = [[(name, _cell(row[name], zone)) for name in under if row[name]] for row in rows]
    console = Console()
    widths = sheet.widths(console.width)
    if widths is None:
        _print_blocks(console, sheet, texts)
    else:
        _print_lines(console, sheet, texts, widths)


def print_fields(fields: Document) -> None:
    """Print names and values, one per line."""
    zone = times.zone()
    lines = Table.grid(padding=(0, GAP, 0, 0), pad_edge=False)
    lines.add_column(no_wrap=True, style="bold")
    lines.add_column(overflow="fold")
    for name, value in fields.items():
        of = f" ({zone.key})" if _is_time(value) else ""
        lines.add_row(name, Text(f"{_cell(value, zone).plain}{of}"))
    _print(Console(), lines)


@dataclass(frozen=True)
class _Sheet:
    heads: Sequence[Text]
    rows: Sequence[Sequence[Text]]

    def widths(self, all: int) -> list[int] | None:
        """Return the width of each column in a terminal of ``all`` cells;
        None if they do not fit."""
        columns = [[head, *cells] for head, *cells in zip(self.heads, *self.rows, strict=True)]
        least = [max(map(_longest_word, column)) for column in columns]
        wished = [max(map(_longest_line, column)) for column in columns]
        room = all - sum(least) - GAP * (len(columns) - 1)
        if room < 0:
            return None
        given = list(least)
        # Narrow columns get their width first; the others share the rest.
        order = sorted(range(len(columns)), key=lambda index: wished[index] - least[index])
        for left, index in zip(range(len(order), 0, -1), order, strict=True):
            more = min(wished[index] - least[index], room // left)
            given[index] += more
            room -= more
        return given


def _head(name: str, rows: Sequence[Document], zone: ZoneInfo) -> Text:
    """Return a column's heading; for times, with the time zone under it."""
    values = [row[name] for row in rows if row[name] is not None]
    is_time = bool(values) and all(_is_time(value) for value in values)
    parts = zone.key.replace("/", f"/{NEXT_LINE}") if len(zone.key) > 16 else zone.key
    return Text(f"{name}{NEXT_LINE}{parts}" if is_time else name, style="bold")


def _cell(value: object, zone: ZoneInfo) -> Text:
    if _is_time(value):
        return Text(times.short(datetime.fromisoformat(str(value)), zone), no_wrap=True)
    return cell(value)


def _is_time(value: object) -> bool:
    return isinstance(value, str) and TIME.fullmatch(value) is not None


def _longest_word(text: Text) -> int:
    words = [text.plain] if text.no_wrap else re.split(r"[ \n\t]+", text.plain)
    return max(map(cell_len, words))


def _longest_line(text: Text) -> int:
    return max(map(cell_len, text.plain.split(NEXT_LINE)))


def _print_lines(
    console: Console,
    sheet: _Sheet,
    texts: Sequence[Sequence[tuple[str, Text]]],
    widths: Sequence[int],
) -> None:
    def grid() -> Table:
        lines = Table.grid(padding=(0, GAP, 0, 0), pad_edge=False)
        for width in widths:
            lines.add_column(width=width, overflow="fold")
        return lines

    lines = grid()
    lines.add_row(*sheet.heads)
    lines.add_row(*(Text("─" * width) for width in widths))
    for row, under in zip(sheet.rows, texts, strict=True):
        lines.add_row(*row)
        if not under:
            continue
        _print(console, lines)
        lines = grid()
        for name, text in under:
            _print(console, Padding(Text(f"{name}: {text.plain}"), (0, 0, 0, INDENT)))
    if lines.row_count:
        _print(console, lines)


def _print_blocks(
    console: Console, sheet: _Sheet, texts: Sequence[Sequence[tuple[str, Text]]]
) -> None:
    for row, under in zip(sheet.rows, texts, strict=True):
        for head, text in zip(sheet.heads, row, strict=True):
            name, *zone = head.plain.split(NEXT_LINE, 1)
            of = f" ({zone[0].replace(NEXT_LINE, '')})" if zone else ""
            _print(console, Text(f"{name}: {text.plain}{of}"))
        for name, text in under:
            _print(console, Text(f"{name}: {text.plain}"))
        console.print()


def _print(console: Console, what: Any) -> None:
    console.print(what, overflow="fold", soft_wrap=False)
