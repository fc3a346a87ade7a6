"""``ivr callbacks``: list the requested call-backs, take one, close one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from ivr.commands.author import operation
from ivr.commands.printing import show
from ivr.commands.records import After, Json, Most, tell_next
from ivr.commands.tables import print_json, print_table
from ivr.errors import Unusable
from ivr.store.callers import Callback, CallbackStatus
from ivr.wiring.installation import open_installation

app = typer.Typer(
    help="List the requested call-backs, reserve one, or close one.",
    invoke_without_command=True,
)
Id = Annotated[int, typer.Argument(help="Its id, from `ivr callbacks`.")]
COLUMNS = ("id", "waits", "number", "language", "reason", "state")


@app.callback()
def list_(
    context: typer.Context, as_json: Json = False, most: Most = 1000, after: After = ""
) -> None:
    """List the requested call-backs, oldest first. Numbers are not masked: they are dialled."""
    if context.invoked_subcommand is not None:
        return
    installation = open_installation()
    now = installation.clock.now()
    page = installation.store.callbacks.page(most, after or None)
    tell_next(page)
    documents = [document(each, now) for each in page.items]
    if as_json:
        print_json(documents)
        return
    rows = [
        {**each, "waits": age(each["age_seconds"]), "state": _state(each)} for each in documents
    ]
    print_table(rows, COLUMNS)


@app.command()
def take(id: Id) -> None:
    """Reserve a call-back for an hour, so that no other agent calls; print the number to dial."""
    from ivr.care.callbacks import take_callback  # with it comes the numbering plan

    installation = open_installation()
    callbacks, now = installation.store.callbacks, installation.clock.now()
    if not take_callback(*operation(), id, callbacks, now):
        raise Unusable(_why_not(installation.store.callbacks.get(id), id))
    found = installation.store.callbacks.get(id)
    assert found is not None
    show(f"{found.number}  {found.language or ''}  {found.reason}".rstrip())
    print(f"call-back {id} is yours: `ivr callbacks done {id}` closes it", file=sys.stderr)


@app.command()
def done(id: Id) -> None:
    """Close a call-back that was made or is no longer needed."""
    installation = open_installation()
    if not installation.store.callbacks.done(*operation(), id, installation.clock.now()):
        raise Unusable(_why_not(installation.store.callbacks.get(id), id))
    print(f"call-back {id} is done", file=sys.stderr)


def document(callback: Callback, now: datetime) -> Mapping[str, Any]:
    """Return a requested call-back as JSON."""
    return {
        "id": callback.id,
        "call": callback.call,
        "number": callback.number,
        "language": callback.language.value if callback.language else None,
        "reason": callback.reason,
        "at": callback.at.isoformat(),
        "status": callback.status.value,
        "age_seconds": max(0, int((now - callback.at).total_seconds())),
        "taken": callback.taken.isoformat() if callback.taken else None,
        "taken_by": callback.taken_by,
    }


def age(seconds: int) -> str:
    """Format a duration for people: ``7 min``, ``3 h 20 min``, ``2 d 4 h``."""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _state(document: Mapping[str, Any]) -> str:
    by = f" by {document['taken_by']}" if document["taken_by"] else ""
    return f"{document['status']}{by}"


def _why_not(found: Callback | None, id: int) -> str:
    """Return why a call-back can be neither taken nor closed, and the remedy."""
    if found is None:
        return f"there is no call-back {id}: `ivr callbacks` lists the open ones"
    if found.status is CallbackStatus.DONE:
        return f"call-back {id} is already done: `ivr callbacks` lists the open ones"
    since = timedelta(0) if found.taken is None else datetime.now(found.taken.tzinfo) - found.taken
    waited = age(int(since.total_seconds()))
    return (
        f"call-back {id} was taken by {found.taken_by} {waited} ago: take another one, or ask"
        " that agent; after an hour it can be taken again"
    )
