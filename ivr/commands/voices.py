"""``ivr voices``: which voices there are, and how each sounds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from ivr import wiring
from ivr.commands.printing import show
from ivr.commands.tables import print_json, print_table
from ivr.errors import Unusable
from ivr.speech.audio import prepare, write_wave
from ivr.speech.forms import money
from ivr.speech.spelling import spell
from ivr.speech.texts import PLACEHOLDER, Texts
from ivr.speech.voice import Engine
from ivr.values import Language, Money
from ivr.voices import available, engine, wanted

app = typer.Typer(help="Voices: which there are, how they sound.", invoke_without_command=True)
COLUMNS = ("language", "voice", "used", "file")
SAMPLE, AMOUNT = "account.balance", Money(45_30)
"""The text that each voice says, and what it says for its placeholder."""


@app.callback()
def list_(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for what each voice says.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
) -> None:
    """The voices of each language, the one in use, and a sentence said by each of them."""
    if context.invoked_subcommand is not None:
        return
    house = wiring.open_house()
    folder = output or house.settings.home / "voices"
    rows = []
    for language in Language:
        words = _sample(house.texts, language)
        used = wanted(house.settings, language)
        for name in dict.fromkeys([*available(house.settings, language), used]):
            file = folder / f"{language}-{re.sub('[^a-z0-9]+', '-', name.lower())[:60]}.wav"
            _write(engine(house.settings, language, name), words, file)
            row = {"language": language, "voice": name, "used": name == used, "file": str(file)}
            rows.append(row)
    if as_json:
        print_json(rows)
        return
    print_table([row | {"used": "yes" if row["used"] else ""} for row in rows], COLUMNS)
    show("Each file is a sentence as it is heard on the telephone. IVR_VOICE_TK, _RU, _EN choose.")


def _sample(texts: Texts, language: Language) -> str:
    text = texts.by_language[language][SAMPLE]
    return spell(language, PLACEHOLDER.sub(money(language, AMOUNT), text), texts.lexicon)


def _write(voice: Engine, words: str, file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"{file.parent} cannot be written ({error.strerror})") from None
    write_wave(file, prepare(*voice.read(words), 0.0)["alaw"])
