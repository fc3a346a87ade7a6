"""``ivr voices script``: the reading script of a language, for printing and for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from ivr.commands.printing import show
from ivr.domain.values import Language
from ivr.flow.document import read_flow
from ivr.speech.recording import names
from ivr.speech.script import Line, groups, missing
from ivr.speech.script import script as script_of
from ivr.system.printable import json_text
from ivr.wiring.container import Container, open_container

WIDTH = 80
HEAD = """0890 · {language} · reading script: {count} items

… the voice stays up: more of the sentence follows.   . the voice falls.
( ) is the sentence in which callers hear an item: read only the part in [ ].
After each item, also within a group of five, be silent for two seconds. If you
make a mistake, be silent and read the same item again: the last reading is
used. End a take with the end of a chapter.
"""


def script(
    language: Annotated[Language, typer.Argument(help="tk, ru or en.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on standard output.")
    ] = False,
    only_missing: Annotated[
        bool, typer.Option("--missing", help="Only what is not recorded yet.")
    ] = False,
) -> None:
    """Print everything that can be recorded in a language, in the best order for reading."""
    container = open_container()
    lines = lines_of(container, language, only_missing)
    if as_json:
        print(json_text([_plain(line) for line in lines], indent=2))
        return
    if not lines:
        typer.echo("everything is recorded", err=True)
        return
    show("\n".join(_page(language, lines)))


def lines_of(container: Container, language: Language, only_missing: bool) -> list[Line]:
    """Return the script, or its missing items."""
    folder = container.folder
    lines = script_of(folder.texts(), language, read_flow(folder.flow_file))
    if only_missing:
        return missing(lines, names(folder.recordings, language))
    return lines


def _page(language: Language, lines: Sequence[Line]) -> Iterator[str]:
    yield HEAD.format(language=language, count=len(lines))
    chapter = ""
    for together in groups(lines):
        first = together[0]
        if first.chapter != chapter:
            chapter = first.chapter
            count = sum(line.chapter == chapter for line in lines)
            yield f"── {chapter} ({count}) ".ljust(WIDTH, "─")
            yield ""
        carrier = next((line.carrier for line in together if line.carrier), "")
        if carrier:
            yield from _wrapped(" " * 7, f"({carrier})")
        for line in together:
            yield from _wrapped(f"{line.number:5}  ", line.shown)
        if carrier or first.is_short:
            yield ""


def _wrapped(lead: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=lead, subsequent_indent=" " * 7, break_on_hyphens=False
    )


def _plain(line: Line) -> dict[str, object]:
    return {
        "number": line.number,
        "name": line.item.name,
        "words": line.item.words,
        "shown": line.shown,
        "contour": line.item.contour,
        "chapter": line.chapter,
        "carrier": line.carrier,
        "texts": list(line.item.keys),
    }
