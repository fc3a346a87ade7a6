"""The command ``ivr``."""

from __future__ import annotations

import gc
import os
import sys

import typer

from ivr import log
from ivr.commands.printing import show
from ivr.commands.register import COMMANDS, Commands
from ivr.errors import IvrError, TemporarilyUnavailable
from ivr.system.hardening import harden

app = typer.Typer(
    cls=Commands,
    help="Run, inspect and edit the voice line 0890.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for name, command in COMMANDS.items():
    app.command(name, help=command.help, hidden=command.is_hidden)(lambda: None)


def main() -> None:
    """Run the command. An error that a person can fix is one sentence on standard error, exit 1."""
    gc.disable()  # until the command is imported: imports make hardly any garbage
    harden()
    log.set_up("warning")
    try:
        app()
    except IvrError as error:
        show(f"ivr: {error}{_way_out(error)}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise  # not about a file, so not fixable by a person
        show(f"ivr: {error.filename} cannot be used: {error.strerror}{_owner_of(error)}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _owner_of(error: OSError) -> str:
    """Return what to do if the file belongs to another user."""
    if not isinstance(error, PermissionError):
        return ""
    return "; check its owner (`ls -l`), and run this as the user of IVR_HOME"


def _way_out(error: IvrError) -> str:
    """Return what to do about the error if its sentence does not say so."""
    if not isinstance(error, TemporarilyUnavailable):
        return ""
    ways = {
        "database": "start it, or set IVR_DATABASE_URL to another",
        "asterisk": "start it, or run `ivr up`",
        "voice": "run `make setup`",
        "catalogue": "run `ivr network-simulator`, or set IVR_NETWORK_URL to a network",
    }
    return f"; {ways.get(error.what, 'try again later')}"


if __name__ == "__main__":
    main()
