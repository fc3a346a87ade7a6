"""``ivr messages``: text messages and what became of them. Numbers masked, texts only if asked."""

from __future__ import annotations

from typing import Annotated

import typer

from ivr import wiring
from ivr.care.numbering import NationalNumbering
from ivr.commands.records import Document, Json, Most, print_json, print_table
from ivr.ports import SECRET_OCCASIONS, Message
from ivr.values import Msisdn, mask


def messages(
    context: typer.Context,
    as_json: Json = False,
    number: Annotated[str, typer.Option(help="Those of one number only.")] = "",
    body: Annotated[
        bool, typer.Option("--body", help="Show the texts too: they are personal data.")
    ] = False,
    most: Most = 1000,
) -> None:
    """Without a further word: the messages and their states, newest first."""
    if context.invoked_subcommand is not None:
        return
    wanted = _number(number) if number else None
    house = wiring.open_house()
    wiring.prepare_database(house)
    found = house.store.outbox.newest(most, wanted)
    documents = [message_document(message, body) for message in found]
    if as_json:
        print_json(documents)
        return
    columns = ("written", "number", "occasion", "state", "tries", "detail")
    print_table(documents, (*columns, "body") if body else columns)


def message_document(message: Message, with_body: bool) -> Document:
    """A message as JSON; ``body`` only where it is asked for."""
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


def _number(text: str) -> Msisdn:
    number = NationalNumbering().parse(text)
    if number is None:
        raise typer.BadParameter(
            f"{text!r} is not a mobile number; write 99365123456", param_hint="--number"
        )
    return number
