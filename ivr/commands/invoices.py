"""``ivr invoices``: what was ordered by telephone, how its sending goes, and the paper itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr import wiring
from ivr.commands.printing import show as show_text
from ivr.commands.tables import print_table
from ivr.errors import Unusable
from ivr.ports.fax import FaxTry
from ivr.ports.invoices import Invoice, InvoiceNumber
from ivr.printable import json_text
from ivr.values import mask

COLUMNS = ("number", "dated", "phone", "total", "fax", "state", "payer")

app = typer.Typer(
    help="Invoices for prepayment: list them, or print one.", invoke_without_command=True
)


@app.callback()
def invoices(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
    most: Annotated[int, typer.Option("--most", min=1, help="How many at most.")] = 1000,
) -> None:
    """Without a further word: the invoices, newest first. Numbers and payers are masked."""
    if context.invoked_subcommand is not None:
        return
    found = [invoice_document(invoice) for invoice in _house().store.invoices.newest(most)]
    if as_json:
        typer.echo(json_text(found, indent=2))
    else:
        print_table([_row(each) for each in found], COLUMNS, under=("tries",))


@app.command("show")
def show(
    number: Annotated[str, typer.Argument(help="As it is printed: 17/2026.")],
    output: Annotated[Path, typer.Option("-o", help="The PDF to write.")],
) -> None:
    """Write an invoice as PDF, as it was sent."""
    house = _house()
    try:
        wanted = InvoiceNumber.read(number)
    except ValueError:
        raise Unusable(f"'{number}' is no number of an invoice: write it as 17/2026") from None
    invoice = house.store.invoices.get(wanted)
    if invoice is None:
        raise Unusable(f"there is no invoice {wanted}: `ivr invoices` lists them")
    pdf = house.press.pdf(invoice.number, invoice.paper)
    try:
        # The payer's name is nobody else's to read.
        with open(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(pdf)
    except OSError as error:
        raise Unusable(
            f"{output}: cannot be written ({error.strerror}): choose another with -o"
        ) from None
    show_text(f"{output}: invoice {wanted}, {len(pdf)} bytes", err=True)


def invoice_document(invoice: Invoice) -> Mapping[str, Any]:
    """An invoice as JSON; amounts in manat."""
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
    """The first letters of a name's words: ``M… A… B…``."""
    return " ".join(f"{word[:1]}…" for word in name.replace('"', "").split())


def _try_document(each: FaxTry) -> Mapping[str, Any]:
    return {
        "begun": each.begun.isoformat(),
        "ended": each.ended.isoformat() if each.ended else None,
        "result": each.answer.result.value if each.answer else None,
        "pages": each.answer.pages if each.answer else 0,
        "detail": each.answer.detail if each.answer else "",
    }


def _row(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """An invoice for the table: its tries in words."""
    tries = [f"{each['result'] or 'under way'} {each['detail']}" for each in document["tries"]]
    return {**document, "tries": "; ".join(each.strip() for each in tries)}


def _house() -> wiring.House:
    house = wiring.open_house()
    wiring.prepare_database(house)
    return house
