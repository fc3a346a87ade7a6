"""The audit for auditors: lists, the proof of the chain, an export that proves itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from ivr.domain.actor import Actor
from ivr.domain.audit import AuditEntry, Link, Proof, prove
from ivr.domain.paging import Page
from ivr.domain.rights import Right
from ivr.domain.values import Msisdn
from ivr.errors import Unusable
from ivr.ports.audit import AuditBook
from ivr.staff.rights import require

AT_ONCE = 1000
"""Rows that are read at a time."""
NAMES = [field.name for field in fields(Link)]


@dataclass(frozen=True)
class AuditService:
    """What an auditor may do."""

    book: AuditBook

    def list(
        self,
        actor: Actor,
        most: int,
        after: str | None = None,
        *,
        since: datetime | None = None,
        author: str | None = None,
        action: str | None = None,
        number: Msisdn | None = None,
    ) -> Page[AuditEntry]:
        """Return a page of entries, newest first."""
        require(actor, Right.READ_AUDIT)
        return self.book.list(most, after, since=since, actor=author, action=action, number=number)

    def prove(self, actor: Actor, noted: str | None = None) -> Proof:
        """Check the whole chain. ``noted``: a hash that must be in it."""
        require(actor, Right.READ_AUDIT)
        return self.book.check(noted)

    def export(self, actor: Actor) -> Iterator[str]:
        """Yield the chain as lines of JSON, from which anybody can compute the hashes again."""
        require(actor, Right.READ_AUDIT)
        return self._lines()

    def _lines(self) -> Iterator[str]:
        after = 0
        while rows := self.book.links(after, AT_ONCE):
            for row in rows:
                yield _line(row)
            after = rows[-1].link or after


def prove_export(lines: Iterable[str], noted: str | None = None) -> Proof:
    """Check the chain of an export. Unusable: a line is not of an export."""
    return prove(map(_link, enumerate(lines, 1)), noted)


def _line(row: Link) -> str:
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps({**asdict(row), "at": at})


def _link(numbered: tuple[int, str]) -> Link:
    number, line = numbered
    try:
        row: dict[str, Any] = json.loads(line)
        at = datetime.fromisoformat(row["at"])
        if at.tzinfo is None or set(row) != set(NAMES):
            raise ValueError
        return Link(**{**row, "at": at})
    except (ValueError, TypeError, KeyError):
        raise Unusable(
            f"line {number} is not one of `ivr audit export`: give the file as it was written"
        ) from None
