"""The command ``ivr``."""

from __future__ import annotations

import os
import sys

import typer

from ivr import log
from ivr.commands import (
    announcement,
    asterisk,
    call,
    callbacks,
    codeword,
    doctor,
    flow,
    invoices,
    line,
    network,
    packages,
    payments,
    pepper,
    records,
    say,
    subscribers,
    texts,
    up,
    voices,
)
from ivr.commands.printing import show
from ivr.errors import IvrError, TemporarilyUnavailable
from ivr.hardening import harden

app = typer.Typer(
    help="The voice line 0890: run it, look into it, edit it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("up")(up.up)
app.command("line")(line.line)
app.command("line-worker", hidden=True)(line.work)
app.command("line-health", hidden=True)(line.tell_health)
app.command("doctor")(doctor.doctor)
app.command("call")(call.call)
app.command("say")(say.say)
app.command("calls")(records.calls)
app.command("unlock")(codeword.unlock)
app.command("network-simulator")(network.network_simulator)
app.add_typer(network.catalogue, name="catalogue")
app.add_typer(callbacks.app, name="callbacks")
app.add_typer(voices.app, name="voices")
app.add_typer(flow.app, name="flow")
app.add_typer(asterisk.app, name="asterisk")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(codeword.app, name="codeword")
app.add_typer(payments.app, name="payments")
app.add_typer(pepper.app, name="pepper")
app.add_typer(packages.app, name="packages")
app.add_typer(announcement.app, name="announcement")
app.add_typer(invoices.app, name="invoices")

orders = typer.Typer(help="Carry out accepted orders, or list them.", invoke_without_command=True)
orders.command("list")(records.list_orders)
app.add_typer(orders, name="orders")


@orders.callback()
def carry_out(context: typer.Context) -> None:
    """Without a further word: carry out accepted orders until Ctrl-C."""
    if context.invoked_subcommand is None:
        up.run_orders()


messages = typer.Typer(
    help="List text messages, send what waits, or send again what failed.",
    invoke_without_command=True,
)
messages.callback()(texts.messages)
messages.command("send")(up.run_messages)
messages.command("retry")(texts.retry)
app.add_typer(messages, name="messages")


def main() -> None:
    """Run the command. What a person can mend is one sentence on standard error and exit 1."""
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
            raise  # no file that a person can mend
        show(f"ivr: {error.filename} cannot be used: {error.strerror}{_owner_of(error)}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _owner_of(error: OSError) -> str:
    """The way out where another user has the file."""
    if not isinstance(error, PermissionError):
        return ""
    return "; see whose it is (`ls -l`) and run this as the user of IVR_HOME"


def _way_out(error: IvrError) -> str:
    """What to do about it, where the sentence does not say so itself."""
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
