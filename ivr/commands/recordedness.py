"""``ivr voices coverage``: what is recorded, and what the synthetic voice says."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Annotated

import typer

from ivr.commands.printing import show
from ivr.commands.tables import Document, print_table
from ivr.domain.values import Language
from ivr.flow.document import read_flow
from ivr.speech.coverage import Coverage, State
from ivr.speech.coverage import coverage as coverage_of
from ivr.speech.recording import names
from ivr.system.printable import json_text
from ivr.wiring.container import open_container

WIDTH = 80


def coverage(
    languages: Annotated[
        list[Language] | None, typer.Argument(help="tk, ru, en; all if none is given.")
    ] = None,
    sentences: Annotated[
        bool, typer.Option("--sentences", help="List every sentence with its missing parts.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on standard output.")
    ] = False,
) -> None:
    """Print how much is recorded, by language and menu; the rest is said by the synthetic voice.

    A sentence counts when everything is recorded, its values and names too.
    """
    folder = open_container().folder
    flow, texts = read_flow(folder.flow_file), folder.texts()
    found = [
        coverage_of(texts, language, flow, names(folder.recordings, language))
        for language in languages or flow.languages
    ]
    if as_json:
        print(json_text([_plain(each) for each in found], indent=2))
        return
    for each in found:
        _print(each, sentences)


def _print(found: Coverage, with_sentences: bool) -> None:
    show(f"{found.language}: {_verdict(found)}")
    rows = [_row(found, menu, keys) for menu, keys in found.menus.items()]
    rows.append(_row(found, "all", tuple(found.sentences)))
    print_table(rows, ("menu", "sentences", "recorded", "half", "synthetic", "complete"))
    every = found.sentences.values()
    listed = [each for each in every if each.missing] if with_sentences else ()
    halves = [each for each in every if each.state is State.HALF]
    for each in listed or halves:
        told = f"{each.key}: {each.state}; missing: {each.lacks()}"
        show(textwrap.fill(told, WIDTH, initial_indent="  ", subsequent_indent="    "))
    typer.echo()


def _verdict(found: Coverage) -> str:
    typed = found.of(found.sentences, State.TYPED)
    if found.is_complete:
        but = f", except for texts that are typed later ({', '.join(each.key for each in typed)})"
        return f"complete: no synthetic sound is left{but if typed else ''}"
    if not found.recorded:
        return f"none of {found.items} items is recorded; the synthetic voice says everything"
    return f"{found.recorded} of {found.items} items are recorded"


def _row(found: Coverage, menu: str, keys: Sequence[str]) -> Document:
    recorded, half, synthetic, typed = (len(found.of(keys, state)) for state in State)
    return {
        "menu": menu,
        "sentences": len(keys),
        "recorded": recorded,
        "half": half,
        "synthetic": synthetic + typed,
        "complete": "complete" if recorded + typed == len(keys) else "",
    }


def _plain(found: Coverage) -> dict[str, object]:
    return {
        "language": found.language,
        "complete": found.is_complete,
        "items": found.items,
        "recorded": found.recorded,
        "menus": [
            {"menu": menu, **{state.name.lower(): len(found.of(keys, state)) for state in State}}
            for menu, keys in found.menus.items()
        ],
        "sentences": [
            {"text": each.key, "state": each.state, "missing": list(each.missing)}
            for each in found.sentences.values()
        ],
    }
