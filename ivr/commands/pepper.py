"""``ivr pepper``: check whether this installation has the database's pepper; replace it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ivr.commands.author import operation
from ivr.errors import Unusable
from ivr.wiring.installation import Installation, check_database, check_pepper, open_settings

app = typer.Typer(help="Check or replace the pepper.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Check that this installation's pepper is the one that the database was made with."""
    installation = Installation(open_settings())
    check_database(installation)
    print(check_pepper(installation))


@app.command()
def replace(
    deletes: Annotated[
        bool,
        typer.Option(
            "--delete-secrets",
            help="Delete code words, passports, PUKs, one-time codes, users' passwords and second"
            " factors, which were made with the former pepper.",
        ),
    ] = False,
) -> None:
    """Make this installation's pepper valid for the database, if the old one is lost or known.

    First stop line, orders and messages on all nodes. Afterwards import the subscribers
    again and set their code words again; `ivr users reset` gives each user a new way in.
    """
    installation = Installation(open_settings())
    check_database(installation)
    if not deletes:
        raise Unusable(
            "secrets made with the former pepper cannot be used with another one: give"
            " --delete-secrets to delete all code words, passports, PUKs, one-time codes and users'"
            " passwords; then import the subscribers again, and run `ivr users reset` for each user"
        )
    pepper = installation.settings.secret("pepper")
    lost = installation.store.fingerprint.replace(*operation(), pepper, installation.clock.now())
    print(f"the pepper is replaced; {lost} subscribers no longer have secrets", file=sys.stderr)
