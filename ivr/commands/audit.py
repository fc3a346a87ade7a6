"""``ivr audit``: list who did what to which number, and verify that no entry was changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ivr.commands.author import operation
from ivr.commands.printing import show
from ivr.commands.records import After, Json, Most, read_number, read_time, tell_next
from ivr.commands.tables import Document, print_json, print_table
from ivr.domain.audit import AuditEntry, Fault, Proof
from ivr.domain.values import mask
from ivr.errors import Unusable
from ivr.staff.auditing import AuditService, prove_export
from ivr.wiring.installation import open_installation

app = typer.Typer(help="The audit: list who did what, or prove it.", no_args_is_help=True)
COLUMNS = ("at", "actor", "tag", "subject", "channel", "host", "before", "after")


@app.callback()
def audit() -> None:
    """The audit: list who did what, or prove it."""


@app.command("list")
def list_(
    as_json: Json = False,
    since: Annotated[str, typer.Option(help="From this time on, as 2026-11-24T10:30.")] = "",
    actor: Annotated[str, typer.Option(help="Of one actor, as 'operator aygul'.")] = "",
    tag: Annotated[str, typer.Option(help="Of one kind, as codeword.set.")] = "",
    subject: Annotated[str, typer.Option(help="Of one number, as 99365123456.")] = "",
    most: Most = 1000,
    after: After = "",
) -> None:
    """Who did what, newest first. Numbers are masked."""
    page = open_installation().store.audit.list(
        most,
        after or None,
        since=read_time(since) if since else None,
        actor=actor or None,
        action=tag or None,
        number=read_number(subject, "--subject"),
    )
    documents = [document(entry) for entry in page.items]
    if as_json:
        print_json(documents)
    else:
        print_table([_line(each) for each in documents], COLUMNS)
    tell_next(page)


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A file of `ivr audit export`; else the database.")
    ] = None,
    last: Annotated[
        str, typer.Option(help="A hash that an earlier check printed: it must still be there.")
    ] = "",
) -> None:
    """Prove that no row was changed, taken out or put in; prints the last hash, to be kept."""
    noted = last.strip().lower() or None
    if file is None:
        proof = open_installation().store.audit.check(noted)
    else:
        with file.open(encoding="utf-8", errors="replace") as lines:
            proof = prove_export(lines, noted)
    if proof.fault is not None:
        raise Unusable(_fault(proof, proof.fault))
    print(f"the audit is whole: {proof.rows} rows in the chain", file=sys.stderr)
    if proof.last:
        show(proof.last)


@app.command()
def export() -> None:
    """Print the chain as lines of JSON, with the hashes. Numbers are whole: keep the file safe."""
    actor, _ = operation()
    for line in AuditService(open_installation().store.audit).export(actor):
        show(line)


def document(entry: AuditEntry) -> Document:
    """Return an audit entry as JSON."""
    return {
        "at": entry.at.isoformat(),
        "actor": entry.author,
        "tag": entry.action,
        "subject": mask(entry.number) if entry.number else None,
        "before": entry.before,
        "after": entry.after,
        "channel": entry.channel.value if entry.channel else None,
        "host": entry.host,
        "operation": entry.key,
    }


def _line(document: Document) -> Document:
    told = {
        name: ", ".join(f"{key} {value}" for key, value in (document[name] or {}).items())
        for name in ("before", "after")
    }
    return {**document, **told}


def _fault(proof: Proof, fault: Fault) -> str:
    advice = "keep a copy of the database and find out who changed it (docs/operations.md)"
    match fault:
        case Fault.MISSING:
            return f"the audit is broken: a row before row {proof.id} was taken out; {advice}"
        case Fault.CHANGED:
            return f"the audit is broken: row {proof.id} is not as it was written; {advice}"
        case Fault.OUTSIDE:
            return (
                f"the audit is broken: row {proof.id} is not in the chain; an older program that"
                " runs beside this one may have written it, then the next act takes it in:"
                " check again; else somebody put it in by hand"
            )
        case Fault.NOT_LAST:
            return (
                "the audit is broken: its chain does not have the hash of --last; the rows at its"
                f" end were taken out or replaced, or the hash is mistyped; {advice}"
            )
