"""``ivr messages``: text messages and their states; numbers masked, texts on request."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from ivr.commands import times
from ivr.commands.author import operation
from ivr.commands.records import After, Json, Most, read_number, tell_next
from ivr.commands.tables import Document, print_json, print_table
from ivr.domain.messages import SECRET_OCCASIONS, Message, MessageState
from ivr.domain.values import mask
from ivr.errors import Unusable
from ivr.wiring.installation import open_installation, open_settings

app = typer.Typer(
    help="List text messages, send what waits, or send again what failed.",
    invoke_without_command=True,
)


@app.callback()
def messages(
    context: typer.Context,
    as_json: Json = False,
    number: Annotated[str, typer.Option(help="Only messages to this number.")] = "",
    state: Annotated[
        MessageState | None, typer.Option(help="Only messages in this state, for example failed.")
    ] = None,
    body: Annotated[
        bool, typer.Option("--body", help="Also show the texts, which are personal data.")
    ] = False,
    most: Most = 1000,
    after: After = "",
) -> None:
    """Without a subcommand: list the messages and their states, newest first."""
    if context.invoked_subcommand is not None:
        return
    wanted = read_number(number, "--number")
    outbox = open_installation().store.outbox
    page = outbox.page(most, after or None, number=wanted, state=state)
    tell_next(page)
    documents = [message_document(message, body) for message in page.items]
    if as_json:
        print_json(documents)
        return
    columns = ("id", "written", "number", "occasion", "state", "tries")
    print_table(documents, columns, under=("detail", "body") if body else ("detail",))


@app.command()
def send() -> None:
    """Send text messages until SIGINT or SIGTERM."""
    from ivr.processes import messages

    settings = open_settings()
    if settings.smsc:
        messages.run(settings)
        return
    from ivr.processes import network

    with network.simulated_centre(settings) as simulated:
        messages.run(simulated, "the built-in simulator; phones get nothing")


@app.command()
def retry(
    ids: Annotated[
        list[int] | None, typer.Argument(help="Ids of messages, from `ivr messages`.")
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            help="All messages that failed from this time on: 2026-11-24 or 2026-11-24T10:30 (in"
            " IVR_TIMEZONE)."
        ),
    ] = "",
    most: Most = 1000,
) -> None:
    """Send again what the message centre refused, or what a phone did not get."""
    if bool(ids) == bool(since):
        raise Unusable("give ids from `ivr messages`, or --since 2026-11-24 for all failed ones")
    begun = _time(since) if since else None
    installation = open_installation()
    outbox = installation.store.outbox
    if begun is not None:
        ids = [message.id for message in outbox.failed(begun, most)]
    else:
        ids = [_failed(id, outbox.get(id)).id for id in ids or ()]
    count = outbox.retry(*operation(), ids, installation.clock.now())
    left = len(ids) - count
    kept_out = (
        f"; {left} cannot be sent: their texts are not kept, or the number has a new owner"
        if left
        else ""
    )
    typer.echo(f"{count} message{'' if count == 1 else 's'} to be sent again{kept_out}", err=True)


def _failed(id: int, message: Message | None) -> Message:
    """Return a message that can be sent again. Unusable states why it cannot."""
    if message is None:
        raise Unusable(f"there is no message {id}: `ivr messages` lists them; nothing was changed")
    if message.state not in (MessageState.FAILED, MessageState.UNDELIVERED):
        raise Unusable(
            f"message {id} is {message.state}: only failed or undelivered messages can be sent"
            " again; nothing was changed"
        )
    if not message.body:
        raise Unusable(
            f"the text of message {id} is not kept, because it had a one-time code: the"
            " subscriber can ask for a new one by telephone; nothing was changed"
        )
    return message


def _time(text: str) -> datetime:
    try:
        return times.read(text)
    except ValueError:
        raise Unusable(
            f"--since {text} is not a time: write it as 2026-11-24 or 2026-11-24T10:30"
        ) from None


def message_document(message: Message, with_body: bool) -> Document:
    """Return a message as JSON; ``body`` on request only."""
    document = {
        "id": message.id,
        "occasion": message.occasion,
        "number": mask(message.number),
        "state": message.state.value,
        "written": message.written.isoformat(),
        "settled": message.settled.isoformat() if message.settled else None,
        "tries": message.tries,
        "parts": message.parts,
        "detail": message.detail,
    }
    if not with_body:
        return document
    is_secret = message.occasion in SECRET_OCCASIONS
    return {**document, "body": "" if is_secret else message.body}
