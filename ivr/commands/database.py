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
    help="The form of the database: look at it, bring it up to date, take it back.",
    no_args_is_help=True,
)


@app.command()
def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
) -> None:
    """Say which form the database has, and which one this program needs; exit 1 if it does not
    serve."""
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

    Programs of the version before go on beside it.
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
        str, typer.Argument(help="The form of the older program, as its `database status` says.")
    ],
) -> None:
    """Take the database back to an older form, before the older program runs on it alone.

    What only the newer form can hold is lost: back it up before.
    """
    url = open_settings().database
    found = form_of(url).revision
    known = [each for each in revisions() if found is not None and each <= found]
    if form not in known:
        raise Unusable(f"'{form}' is no form that this database had: it is one of {_few(known)}")
    to(read_url(url), form)
    print(f"the database has form {form}")


def _said(form: Form) -> str:
    if form.revision is None:
        return f"the database is empty; the first part that starts gives it form {HEAD}"
    has = f"the database has form {form.revision}"
    if form.revision == HEAD:
        return f"{has}, which this program needs"
    if form.serves:
        return f"{has}, newer than {HEAD}, and serves this program too"
    return f"{has}, and this program needs {HEAD}"


def _few(known: list[str]) -> str:
    return ", ".join(known) if known else "none, as it is empty"
