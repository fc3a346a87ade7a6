"""``ivr voices import``: one long take, cut into recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.commands.printing import show
from ivr.commands.readingscript import lines_of
from ivr.commands.tables import print_table
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.importing import Part, Piece, match_part, pieces_of, read_clock, write
from ivr.speech.matching import Match, Matching, clock, named
from ivr.speech.readings import Readings
from ivr.speech.recording import read_bytes
from ivr.speech.takes import MOST_BYTES, read_take
from ivr.system.printable import json_text
from ivr.wiring.container import open_container

MOST = 20
"""Maximum number of problems that are listed singly."""


def import_take(
    language: Annotated[Language, typer.Argument(help="tk, ru or en.")],
    file: Annotated[Path, typer.Argument(help="The take: WAV, FLAC, AIFF, OGG or MP3.")],
    first: Annotated[
        str, typer.Option("--from", help="First item that was read: its number or name.")
    ] = "",
    last: Annotated[
        str, typer.Option("--to", help="Last item that was read; by default a chapter's last.")
    ] = "",
    skip: Annotated[
        list[str] | None, typer.Option("--skip", help="An item that was not read; may be repeated.")
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(
            "--drop", help="A time in the take, for example 3:07, at which no item was read."
        ),
    ] = None,
    only_missing: Annotated[
        bool,
        typer.Option("--missing", help="The take has the items of `ivr voices script --missing`."),
    ] = False,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept", help="Accept the pieces as they are, after you have listened to them."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written, but write nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on standard output.")
    ] = False,
) -> None:
    """Cut one long take at its pauses into recordings, matched with the script in its order.

    Nothing is written unless the whole take is understood.
    """
    container = open_container()
    lines = lines_of(container, language, only_missing)
    if not lines:
        raise Unusable(f"everything is recorded in {language}: omit --missing to record it again")
    part = Part(first, last, skip or (), [_time(each) for each in drop or ()])
    take = read_take(read_bytes(file, MOST_BYTES), str(file))
    readings = Readings(container.library, container.voice, language)
    matching = match_part(take, lines, part, readings, str(file))
    pieces = pieces_of(take, matching)
    kept = [piece for piece in pieces if accept or piece.is_good]
    is_clear = accept or not matching.problems
    if as_json:
        print(json_text(_document(matching, pieces, kept if is_clear else []), indent=2))
    elif dry_run:
        print_table([_row(piece) for piece in pieces], ("at", "item", "words", "s", "usual"))
    for each in matching.again:
        show(
            f"{clock(each.chunk.begin)}: an earlier reading of {named(each.line)} is left out",
            err=True,
        )
    for problem in matching.problems[:MOST]:
        show(problem, err=True)
    for piece in pieces:
        for finding in piece.findings:
            where = f"{clock(piece.match.chunk.begin)}: {named(piece.match.line)}"
            show(f"{where} {finding.sentence}", err=True)
    if not is_clear:
        raise Unusable(
            f"nothing was written: {len(matching.problems)} places of {file} are doubtful:"
            " listen to them, then use --skip, --drop, --from and --to, or --accept if all is"
            " right"
        )
    if dry_run:
        typer.echo(f"{len(kept)} of {len(pieces)} pieces would be written", err=True)
        return
    replaced = write(container.folder.recordings / language, kept)
    typer.echo(_written(language, kept, replaced, len(pieces)), err=True)
    if len(kept) < len(pieces):
        raise typer.Exit(1)


def _time(text: str) -> float:
    try:
        return read_clock(text)
    except ValueError:
        raise Unusable(f"--drop {text} is not a time in the take: write it as 3:07") from None


def _written(language: Language, kept: Sequence[Piece], replaced: int, all: int) -> str:
    again = f", {replaced} of them replace older ones" if replaced else ""
    left = all - len(kept)
    rest = (
        f"; {left} left out: record them again (`ivr voices script {language} --missing`), or"
        " accept them with --accept"
        if left
        else ""
    )
    return f"{len(kept)} recordings written{again}{rest}"


def _row(piece: Piece) -> dict[str, str]:
    matched = piece.match
    return {
        "at": clock(matched.chunk.begin),
        "item": str(matched.line.number),
        "words": matched.line.shown,
        "s": f"{matched.chunk.seconds:.1f}",
        "usual": f"{matched.expected:.1f}",
    }


def _document(matching: Matching, pieces: Sequence[Piece], kept: Sequence[Piece]) -> dict[str, Any]:
    return {
        "pace": round(matching.pace, 3),
        "problems": list(matching.problems),
        "left_out": [_plain(each) for each in matching.again],
        "pieces": [
            {
                **_plain(piece.match),
                "written": piece in kept,
                "findings": [
                    {"check": each.check, "fault": each.is_fault, "sentence": each.sentence}
                    for each in piece.findings
                ],
            }
            for piece in pieces
        ],
    }


def _plain(matched: Match) -> dict[str, Any]:
    return {
        "number": matched.line.number,
        "name": matched.line.item.name,
        "begin": round(matched.chunk.begin, 2),
        "end": round(matched.chunk.end, 2),
        "expected_seconds": round(matched.expected, 2),
    }
