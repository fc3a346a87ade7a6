"""``ivr voices``: list the voices with a sample of each, what is recorded, and what to record."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from ivr.commands import readingscript, recordedness, takeimport
from ivr.commands.printing import show
from ivr.commands.tables import print_json, print_table
from ivr.domain.values import Language, Money
from ivr.errors import Unusable
from ivr.speech.audio import prepare, write_wave
from ivr.speech.forms import money
from ivr.speech.spelling import spell
from ivr.speech.texts import PLACEHOLDER, Texts
from ivr.wiring.container import open_container
from ivr.wiring.voices import available, engine, shown, wanted

app = typer.Typer(
    help="List voices, print what to record, and show what is recorded.",
    invoke_without_command=True,
)
app.command("script")(readingscript.script)
app.command("coverage")(recordedness.coverage)
app.command("import")(takeimport.import_take)
COLUMNS = ("language", "voice", "used", "file")
SAMPLE, AMOUNT = "account.balance", Money(45_30)
"""The text that each voice says, and the value of its placeholder."""


@app.callback()
def list_(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for the samples.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on standard output.")
    ] = False,
) -> None:
    """List the voices of each language, mark the one in use, and write a sample of each."""
    if context.invoked_subcommand is not None:
        return
    container = open_container()
    folder = _made(output or container.settings.home / "voices")
    rows, texts = [], container.folder.texts()
    for language in Language:
        words = _sample(texts, language)
        used = wanted(container.settings, language)
        for voice in dict.fromkeys([*available(container.settings, language), used]):
            name = shown(voice)
            file = folder / f"{language}-{re.sub('[^a-z0-9]+', '-', name.lower())[:60]}.wav"
            row = {"language": language, "voice": name, "used": voice == used, "file": str(file)}
            try:
                sound = engine(container.settings, language, voice).read(words)
            except Unusable as error:  # users call this command when a voice does not speak
                rows.append(row | {"file": f"none: {error}"})
                continue
            write_wave(file, prepare(*sound, 0.0)["alaw"])
            rows.append(row)
    if as_json:
        print_json(rows)
        return
    print_table([row | {"used": "yes" if row["used"] else ""} for row in rows], COLUMNS)
    show(
        "Each file is a sentence as it is heard on the telephone. Choose voices with"
        " IVR_VOICE_TK, IVR_VOICE_RU, IVR_VOICE_EN."
    )


def _sample(texts: Texts, language: Language) -> str:
    text = texts.by_language[language][SAMPLE]
    return spell(language, PLACEHOLDER.sub(money(language, AMOUNT), text), texts.lexicon)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"{folder} cannot be written ({error.strerror})") from None
    return folder
