"""``ivr calls``: the journal, numbers masked."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ivr.commands import times
from ivr.commands.tables import Document, print_json, print_table
from ivr.domain.paging import Page
from ivr.domain.values import Msisdn, mask
from ivr.wiring.installation import open_installation

if TYPE_CHECKING:
    from ivr.store.journal import Record

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
Most = Annotated[int, typer.Option("--most", min=1, help="Show at most this many.")]
After = Annotated[
    str,
    typer.Option("--after", help="The cursor of the next page, which the previous page printed."),
]


def calls(
    as_json: Json = False,
    since: Annotated[
        str,
        typer.Option(
            help="From this time on: 2026-11-24 or 2026-11-24T10:30 (in IVR_TIMEZONE), or with a"
            " time zone, 2026-11-24T10:30+05:00."
        ),
    ] = "",
    caller: Annotated[
        str, typer.Option(help="Only from this number, for example 99365123456.")
    ] = "",
    most: Most = 1000,
    after: After = "",
) -> None:
    """List the calls in the journal, newest first."""
    begun = read_time(since) if since else None
    calling = read_number(caller, "--caller")
    page = open_installation().store.journal.page(most, after or None, since=begun, caller=calling)
    tell_next(page)
    records = [call_document(record) for record in page.items]
    if as_json:
        print_json(records)
        return
    print_table(records, ("started", "caller", "language", "goals", "outcome", "seconds"))


def read_time(text: str) -> datetime:
    """Parse a time; the default time zone is IVR_TIMEZONE."""
    try:
        return times.read(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a time; write 2026-11-24 or 2026-11-24T10:30", param_hint="--since"
        ) from None


def read_number(text: str, option: str) -> Msisdn | None:
    """A number in any of its written forms; None: none is given."""
    if not text:
        return None
    from ivr.care.numbering import NationalNumbering

    number = NationalNumbering().parse(text)
    if number is None:
        raise typer.BadParameter(
            f"{text!r} is not a mobile number; write 99365123456", param_hint=option
        )
    return number


def tell_next(page: Page[Any]) -> None:
    """Say how the next page is asked for, if there is one."""
    if page.next:
        print(f"there are more: use --after {page.next}", file=sys.stderr)


def call_document(record: Record) -> Document:
    """Return a call as JSON: ``path`` has the nodes, ``steps`` the answers
    there and their times."""
    return {
        "id": record.id,
        "started": record.started.isoformat(),
        "ended": record.ended.isoformat() if record.ended else None,
        "seconds": None if record.seconds is None else round(record.seconds, 1),
        "dialled": record.dialled,
        "caller": mask(record.caller) if record.caller else None,
        "subscriber": mask(record.subscriber) if record.subscriber else None,
        "language": record.language,
        "release": record.release,
        "path": [step.node for step in record.path],
        "steps": [
            {"node": step.node, "key": step.key, "at": round(step.at, 2)} for step in record.path
        ],
        "goals": list(record.goals),
        "identification": list(record.identification),
        "orders": list(record.orders),
        "outcome": record.outcome,
        "reason": record.reason,
        "agents": [
            {"event": event.event, "agent": event.agent, "at": event.at.isoformat()}
            for event in record.agents
        ],
    }
