"""``ivr invoices``: list the invoices ordered by telephone and their delivery, and
write an invoice as PDF."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.commands import times
from ivr.commands.printing import show as show_text
from ivr.commands.tables import print_table
from ivr.domain.fax import FaxReason, FaxResult, FaxState, FaxTry
from ivr.domain.invoices import Invoice, InvoiceNumber
from ivr.domain.values import mask
from ivr.errors import Unusable
from ivr.ports.clock import Clock
from ivr.system.printable import json_text
from ivr.wiring.installation import open_installation

COLUMNS = ("number", "dated", "phone", "total", "fax", "state", "payer")
MOST_INITIALS = 3
"""Maximum number of a payer's initials in the table."""
WORDS: Mapping[FaxReason, str] = {
    FaxReason.BUSY: "busy",
    FaxReason.NO_ANSWER: "nobody answered",
    FaxReason.NO_SUCH_NUMBER: "no such number",
    FaxReason.UNAVAILABLE: "cannot be reached now",
    FaxReason.FORBIDDEN: "the trunk forbids the call",
    FaxReason.DECLINED: "the call was declined",
    FaxReason.REDIRECTED: "redirected; redirections are not followed",
    FaxReason.NO_FAX: "answered, but no fax machine was heard",
    FaxReason.DROPPED: "the call ended before the last page",
    FaxReason.BAD_LINE: "the machines did not understand each other",
    FaxReason.INCOMPATIBLE: "the other side cannot take such a fax or call",
    FaxReason.NOT_DIALLED: "not dialled: a premium-rate number or a foreign one",
    FaxReason.NOT_DRAWN: "there were no pages to send",
    FaxReason.LOST: "no result for ten minutes",
    FaxReason.UNKNOWN: "not delivered",
}

app = typer.Typer(
    help="List invoices for prepayment, or write one as PDF.", invoke_without_command=True
)


@app.callback()
def invoices(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on standard output.")
    ] = False,
    most: Annotated[int, typer.Option("--most", min=1, help="Show at most this many.")] = 1000,
) -> None:
    """Without a subcommand: list the invoices, newest first. Numbers and payers are masked."""
    if context.invoked_subcommand is not None:
        return
    installation = open_installation()
    found = installation.store.invoices.newest(most)
    if as_json:
        typer.echo(json_text([invoice_document(each) for each in found], indent=2))
    else:
        print_table([_row(each, installation.clock) for each in found], COLUMNS, under=("tries",))


@app.command("show")
def show(
    number: Annotated[str, typer.Argument(help="The number as printed, for example 17/2026.")],
    output: Annotated[Path, typer.Option("-o", help="The PDF file to write.")],
) -> None:
    """Write an invoice as PDF, as it was sent."""
    from ivr.wiring.container import open_container, prepare_database

    container = open_container()
    prepare_database(container)
    try:
        wanted = InvoiceNumber.read(number)
    except ValueError:
        raise Unusable(f"'{number}' is not the number of an invoice: write it as 17/2026") from None
    invoice = container.store.invoices.get(wanted)
    if invoice is None:
        raise Unusable(f"there is no invoice {wanted}: `ivr invoices` lists them")
    pdf = container.press.pdf(invoice.number, invoice.paper)
    try:
        # Other users must not read the payer's name.
        with open(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(pdf)
    except OSError as error:
        raise Unusable(
            f"{output}: cannot be written ({error.strerror}): choose another with -o"
        ) from None
    show_text(f"{output}: invoice {wanted}, {len(pdf)} bytes", err=True)


def invoice_document(invoice: Invoice) -> Mapping[str, Any]:
    """Return an invoice as JSON; amounts in manat."""
    return {
        "number": str(invoice.number),
        "ordered": invoice.ordered.isoformat(),
        "dated": invoice.paper.dated.isoformat(),
        "payer": mask_name(invoice.paper.payer),
        "phone": mask(invoice.paper.phone),
        "language": invoice.paper.language.value,
        "total": invoice.paper.total.manat,
        "vat": invoice.paper.vat.manat,
        "fax": mask(invoice.fax),
        "state": invoice.state.value,
        "due": invoice.due.isoformat() if invoice.state == "waiting" else None,
        "tries": [_try_document(each) for each in invoice.tries],
    }


def mask_name(name: str) -> str:
    """Return the first letters of a name's words: ``M… A… B…``."""
    return " ".join(f"{word[:1]}…" for word in name.replace('"', "").split())


def _try_document(each: FaxTry) -> Mapping[str, Any]:
    return {
        "begun": each.begun.isoformat(),
        "ended": each.ended.isoformat() if each.ended else None,
        "result": each.answer.result.value if each.answer else None,
        "reason": each.answer.reason.value if each.answer and each.answer.reason else None,
        "pages": each.answer.pages if each.answer else 0,
        "detail": each.answer.detail if each.answer else "",
    }


def _row(invoice: Invoice, clock: Clock) -> Mapping[str, Any]:
    """Return an invoice for the table, with its tries in words."""
    state, *tries = _history(invoice, clock)
    document = invoice_document(invoice)
    payer = " ".join(document["payer"].split()[:MOST_INITIALS])
    history = "; ".join([*tries, f"times of {times.zone().key}"]) if tries else ""
    return {**document, "payer": payer, "state": state, "tries": history}


def _history(invoice: Invoice, clock: Clock) -> list[str]:
    """Return the state, then a line for each try: its time and result."""
    state = invoice.state.value
    if invoice.state is FaxState.WAITING:
        state += f" until {clock.local(invoice.due):%d.%m. %H:%M}"
    tries = [f"{clock.local(each.begun):%d.%m. %H:%M} {said_of(each)}" for each in invoice.tries]
    return [state, *tries]


def said_of(each: FaxTry) -> str:
    """Describe the result of a try for people, followed by the fax machinery's own words."""
    if each.answer is None:
        return "goes on"
    if each.answer.result is FaxResult.SENT:
        return "sent, 1 page" if each.answer.pages == 1 else f"sent, {each.answer.pages} pages"
    reason = each.answer.reason
    words = WORDS[reason] if reason else each.answer.result.value
    return f"{words} ({each.answer.detail})" if each.answer.detail else words
