"""The audit in memory, as it is written and as auditors read it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import (
    AuditEntry,
    DataRead,
    Link,
    Proof,
    Tag,
    entry_of,
    hash_of,
    prove,
    write_facts,
)
from ivr.domain.paging import Page
from ivr.domain.values import Msisdn
from ivr.errors import KeyTaken
from ivr.ports.audit import AuditBook, Readings
from ivr.ports.staff import (
    AuditWriter,
)
from ivr.testing.staff_state import StaffState


@dataclass(frozen=True)
class MemoryAuditWriter(AuditWriter):
    staff: StaffState

    def is_done(self, key: OperationKey, tag: Tag, user: str) -> bool:
        for each in self.staff.entries:
            if each.key == key and each.action == tag:
                if (each.after or {}).get("user") != user:
                    raise KeyTaken
                return True
        return False

    def write(self, entry: AuditEntry) -> None:
        self.staff.state.entries.append(entry)


@dataclass(frozen=True)
class MemoryAuditBook(AuditBook, Readings):
    """The audit as auditors read it. Its rows have the chain of the databases."""

    staff: StaffState

    def list(
        self,
        most: int,
        after: str | None = None,
        *,
        since: datetime | None = None,
        actor: str | None = None,
        action: str | None = None,
        number: Msisdn | None = None,
    ) -> Page[AuditEntry]:
        begin = int(after or 0)
        found = [
            each
            for each in reversed(self.staff.entries)
            if (since is None or each.at >= since)
            and actor in (None, each.author)
            and action in (None, each.action)
            and number in (None, each.number)
        ]
        end = begin + most
        return Page(found[begin:end], str(end) if len(found) > end else None)

    def check(self, noted: str | None = None) -> Proof:
        return prove(self.links(0, len(self.staff.entries)), noted)

    def links(self, after: int, most: int) -> Sequence[Link]:
        made, last = [], ""
        for place, entry in enumerate(self.staff.entries, 1):
            row = Link(
                place,
                entry.at,
                entry.author,
                str(entry.action),
                entry.number,
                entry.channel,
                entry.key,
                write_facts(entry.before),
                write_facts(entry.after),
                entry.host,
                place,
                None,
            )
            last = hash_of(row, place, last)
            made.append(dataclasses.replace(row, hash=last))
        return made[after:][:most]

    def note_read(self, actor: Actor, key: OperationKey, read: DataRead, at: datetime) -> None:
        after = {"what": read.what.value} | ({"item": read.item} if read.item else {})
        for each in self.staff.entries:
            if (each.key, each.action) == (key, Tag.DATA_READ):
                if read.subject is not None and each.number != read.subject:
                    raise KeyTaken
                return
        entry = entry_of(actor, key, at, Tag.DATA_READ, read.subject, after=after)
        self.staff.state.entries.append(entry)
