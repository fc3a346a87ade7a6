"""``ivr database``: the only command that changes the form of a database in use."""

from __future__ import annotations

from typing import Annotated

import typer

from ivr.errors import Unusable
from ivr.store.database import read_url
from ivr.store.migrations import HEAD, Form, form_of, migrate, revisions, to
from ivr.system.printable import json_text
from ivr.wiring.installation import open_settings

app = typer.Typer(
    help="Show, upgrade or downgrade the form of the database.",
    no_args_is_help=True,
)


@app.command()
def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on standard output.")
    ] = False,
) -> None:
    """Print the form of the database and the form that this program needs; exit 1 if they do not
    fit."""
    form = form_of(open_settings().database)
    if as_json:
        found = {"form": form.revision, "program": HEAD, "oldest": form.oldest}
        print(json_text({**found, "serves": form.serves}, indent=2))
    else:
        print(_said(form))
    if not form.serves:
        raise typer.Exit(1)


@app.command()
def upgrade() -> None:
    """Bring the database to the form that this program needs, in one transaction.

    Programs of the previous version can go on running.
    """
    url = open_settings().database
    before = form_of(url)
    if before.serves:
        print(f"nothing to do: {_said(before)}")
        return
    migrate(url)
    print(_said(form_of(url)))


@app.command()
def downgrade(
    form: Annotated[
        str,
        typer.Argument(
            help="The form that the older program needs, from its `ivr database status`."
        ),
    ],
) -> None:
    """Return the database to an older form, so that only the older program can use it.

    Data that only the newer form can hold is lost: back up the database first.
    """
    url = open_settings().database
    found = form_of(url).revision
    known = [each for each in revisions() if found is not None and each <= found]
    if form not in known:
        raise Unusable(f"'{form}' is not a form of this database: use one of {_few(known)}")
    to(read_url(url), form)
    print(f"the database has form {form}")


def _said(form: Form) -> str:
    if form.revision is None:
        return f"the database is empty; the first part that starts gives it form {HEAD}"
    has = f"the database has form {form.revision}"
    if form.revision == HEAD:
        return f"{has}, which this program needs"
    if form.serves:
        return f"{has}, newer than {HEAD}, which this program can also use"
    return f"{has}, but this program needs {HEAD}"


def _few(known: list[str]) -> str:
    return ", ".join(known) if known else "none, because it is empty"
