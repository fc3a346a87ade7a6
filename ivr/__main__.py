"""The command ``ivr``."""

from __future__ import annotations

import sys

import typer

from ivr.commands import flow
from ivr.errors import IvrError

app = typer.Typer(
    help="The voice line 0890: run it, look into it, edit it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(flow.app, name="flow")


def main() -> None:
    """Run the command. What a person can mend is one sentence on standard error and exit 1."""
    try:
        app()
    except IvrError as error:
        print(f"ivr: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)


if __name__ == "__main__":
    main()
