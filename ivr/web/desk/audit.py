"""The audit, for auditors: what was done by whom, and the proof that nothing was changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from ivr.domain.audit import AuditEntry, Tag
from ivr.domain.values import Msisdn, mask
from ivr.web.desk.pages import Pages
from ivr.web.desk.services import Services
from ivr.web.desk.visit import Acting

AT_ONCE = 50
DAYS = (1, 7, 30)
Words = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the page shows it."""

    at: datetime
    author: str
    action: str
    subject: str
    """The masked number; empty: the entry concerns none."""
    channel: str
    facts: tuple[tuple[str, str, str], ...]
    """Name, former value, new value."""


def router(pages: Pages, services: Services) -> APIRouter:
    """Return the routes."""
    routes, auditing = APIRouter(), services.auditing

    @routes.get("/admin/audit")
    def page(
        request: Request,
        actor: Acting,
        author: Words = "",
        action: Words = "",
        number: Words = "",
        days: int = 0,
        after: Words = "",
    ) -> Response:
        found = auditing.list(
            actor,
            AT_ONCE,
            after or None,
            since=services.clock.now() - timedelta(days=days) if days in DAYS else None,
            author=author.strip() or None,
            action=action or None,
            number=_number(number),
        )
        filters = {"author": author, "action": action, "number": number, "days": days or ""}
        query = {name: value for name, value in filters.items() if value}
        return pages.show(
            request,
            "people/audit.html",
            rows=[_row(entry) for entry in found.items],
            following=urlencode({**query, "after": found.next}) if found.next else "",
            is_first=not after,
            here=f"/admin/audit?{urlencode(query)}",
            filters=filters,
            is_filtered=bool(query),
            tags=[tag.value for tag in Tag],
            days=DAYS,
        )

    @routes.get("/admin/audit/proof")
    def proof(request: Request, actor: Acting) -> Response:
        return pages.show(
            request, "people/proof.html", proof=auditing.prove(actor), at=services.clock.now()
        )

    @routes.get("/admin/audit/export")
    def export(actor: Acting) -> Response:
        lines = auditing.export(actor)
        name = services.clock.now().strftime("audit-%Y-%m-%d.jsonl")
        return StreamingResponse(
            _ended(lines),
            media_type="application/x-ndjson",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return routes


def _ended(lines: Iterator[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)


def _number(typed: str) -> Msisdn | None:
    digits = "".join(each for each in typed if each.isdecimal())
    return Msisdn(digits) if digits else None


def _row(entry: AuditEntry) -> Row:
    before, after = entry.before or {}, entry.after or {}
    names = [*before, *(name for name in after if name not in before)]
    facts = ((name, _said(before.get(name)), _said(after.get(name))) for name in names)
    return Row(
        entry.at,
        entry.author,
        entry.action,
        mask(entry.number) if entry.number else "",
        entry.channel.value if entry.channel else "",
        tuple(facts),
    )


def _said(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
