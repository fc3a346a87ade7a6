"""``ivr pepper``: check whether this installation has the database's pepper; replace it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ivr.commands.author import operation
from ivr.errors import Unusable
from ivr.wiring.installation import Installation, check_database, check_pepper, open_settings

app = typer.Typer(help="The pepper: look whether it is the database's.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Say whether this installation's pepper is the one that the database was made with."""
    installation = Installation(open_settings())
    check_database(installation)
    print(check_pepper(installation))


@app.command()
def replace(
    deletes: Annotated[
        bool,
        typer.Option(
            "--delete-secrets",
            help="Code words, passports, PUKs, one-time codes, users' passwords and second factors:"
            " the other pepper made them.",
        ),
    ] = False,
) -> None:
    """Make this installation's pepper the database's, where the former one is lost or known.

    Before: stop line, orders and messages of all nodes. Afterwards: import the subscribers again
    and set the code words anew; `ivr users reset` gives each user a new way in.
    """
    installation = Installation(open_settings())
    check_database(installation)
    if not deletes:
        raise Unusable(
            "what the former pepper made is of no use with another: say --delete-secrets, and all"
            " code words, passports, PUKs, one-time codes and users' passwords are deleted; then"
            " import the subscribers again, and run `ivr users reset` for each user"
        )
    pepper = installation.settings.secret("pepper")
    lost = installation.store.fingerprint.replace(*operation(), pepper, installation.clock.now())
    print(f"the pepper is replaced; {lost} subscribers have no secrets any more", file=sys.stderr)
