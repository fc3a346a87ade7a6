"""What the commands that take over files say, and how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ivr.printable import escaped
from ivr.sheet.findings import Notes

EVERY = 100_000
"""Rows between two lines of progress, where there is no terminal."""


def tell(file: Path, notes: Notes) -> None:
    """Say what was passed over in a file."""
    for line in notes.lines():
        typer.echo(escaped(f"{file}: {line}"), err=True)


def count_of(count: int, thing: str) -> str:
    """``1 payment was``, ``2 payments were``."""
    return f"1 {thing} was" if count == 1 else f"{count} {thing}s were"


@contextmanager
def progress_of(what: str, files: Sequence[Path]) -> Iterator[Callable[[int], None]]:
    """Hears of rows taken: a bar on a terminal, else a line now and then."""
    console = Console(stderr=True)
    total = _lines(files)
    if not console.is_terminal:
        yield _Lines(what, total).advance
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(f"importing {what}", total=total)
        yield lambda rows: progress.advance(task, rows)


class _Lines:
    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._total, self._rows = what, total, 0

    def advance(self, rows: int) -> None:
        before, self._rows = self._rows, self._rows + rows
        if before // EVERY != self._rows // EVERY:
            of = f" of about {self._total}" if self._total else ""
            typer.echo(f"{self._rows}{of} {self._what} were read", err=True)


def _lines(files: Sequence[Path]) -> int | None:
    """About how many rows files have; None where that cannot be told without reading them up."""
    try:
        return sum(_lines_of(file) for file in files)
    except OSError:  # the import says so
        return None


def _lines_of(file: Path) -> int:
    if not file.is_file():
        raise OSError
    with file.open("rb") as data:
        chunks = iter(lambda: data.read(1 << 20), b"")
        return max(0, sum(chunk.count(b"\n") for chunk in chunks) - 1)
