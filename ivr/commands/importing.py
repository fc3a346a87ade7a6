"""Messages and progress of the commands that import files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from ivr.ports.subscribers import ImportProgress
from ivr.sheet.findings import Notes
from ivr.system.printable import escaped

EVERY = 100_000
"""Rows between two lines of progress if there is no terminal."""


def tell(file: Path, notes: Notes) -> None:
    """Print what was ignored in a file."""
    for line in notes.lines():
        typer.echo(escaped(f"{file}: {line}"), err=True)


def count_of(count: int, thing: str) -> str:
    """Return a count with its noun and verb: ``1 payment was``, ``2 payments were``."""
    return f"1 {thing} was" if count == 1 else f"{count} {thing}s were"


@contextmanager
def telling(what: str, files: Sequence[Path]) -> Iterator[ImportProgress]:
    """Show a progress bar on a terminal, or else a line from time to time."""
    console = Console(stderr=True)
    total = _lines(files)
    if not console.is_terminal:
        yield _Lines(what, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        yield _Bar(what, progress, progress.add_task(f"reading {what}", total=total))


@dataclass
class _Bar:
    what: str
    progress: Progress
    task: TaskID

    def advance(self, rows: int) -> None:
        self.progress.advance(self.task, rows)

    def writing(self) -> None:
        self.progress.update(self.task, description=f"writing {self.what}", total=None)


@dataclass
class _Lines:
    what: str
    total: int | None
    rows: int = 0

    def advance(self, rows: int) -> None:
        before, self.rows = self.rows, self.rows + rows
        if before // EVERY != self.rows // EVERY:
            of = f" of about {self.total}" if self.total else ""
            typer.echo(f"{self.rows}{of} {self.what} were read", err=True)

    def writing(self) -> None:
        if self.rows >= EVERY:
            typer.echo(f"{self.rows} {self.what} are being written", err=True)


def _lines(files: Sequence[Path]) -> int | None:
    """Estimate the number of rows in files; None if that requires reading them completely."""
    try:
        return sum(_lines_of(file) for file in files)
    except OSError:  # the import reports it
        return None


def _lines_of(file: Path) -> int:
    if not file.is_file():
        raise OSError
    with file.open("rb") as data:
        chunks = iter(lambda: data.read(1 << 20), b"")
        return max(0, sum(chunk.count(b"\n") for chunk in chunks) - 1)
