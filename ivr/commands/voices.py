"""``ivr voices``: what a speaker reads, what is recorded, and long takes cut into recordings."""

from __future__ import annotations

import typer

from ivr.commands import readingscript, recordedness, takeimport

app = typer.Typer(help="Voices: what there are, what to record, what is recorded.")
app.command("script")(readingscript.script)
app.command("coverage")(recordedness.coverage)
app.command("import")(takeimport.import_take)
