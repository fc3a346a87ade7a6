"""What every audit does for auditors, and for those who read personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from ivr.domain.audit import DataRead, PersonalData, Tag, prove
from ivr.domain.values import Msisdn
from ivr.errors import KeyTaken
from ivr.ports.audit import AuditBook, Readings
from ivr.testing.acting import at_desk

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99365000001")


class Audit(AuditBook, Readings, Protocol):
    """Both ports of one audit."""


class AuditContract:
    """Derive, and give a fixture ``audit``."""

    def fill(self, audit: Audit) -> None:
        for index, number in enumerate((NUMBER, OTHER, NUMBER)):
            actor, key = at_desk(f"agent{index}", f"page {index}")
            audit.note_read(actor, key, DataRead(PersonalData.CARD, number), NOW + index * HOUR)

    def test_a_reading_tells_who_read_what_of_whom(self, audit: Audit) -> None:
        actor, key = at_desk()
        for _ in range(2):
            audit.note_read(actor, key, DataRead(PersonalData.RECORDING, NUMBER, "call 7"), NOW)
        (entry,) = audit.list(9).items
        assert (entry.at, entry.author, entry.action) == (NOW, "agent aygul", Tag.DATA_READ)
        assert (entry.number, entry.channel, entry.key) == (NUMBER, actor.channel, key)
        assert (entry.before, entry.after) == (None, {"what": "recording", "item": "call 7"})

    def test_a_key_is_for_one_number(self, audit: Audit) -> None:
        actor, key = at_desk()
        audit.note_read(actor, key, DataRead(PersonalData.CARD, NUMBER), NOW)
        with pytest.raises(KeyTaken):
            audit.note_read(actor, key, DataRead(PersonalData.CARD, OTHER), NOW)

    def test_a_reading_may_concern_no_number(self, audit: Audit) -> None:
        audit.note_read(*at_desk(), DataRead(PersonalData.LETTER, None, "letter 3"), NOW)
        assert audit.list(9).items[0].number is None

    def test_entries_are_found(self, audit: Audit) -> None:
        self.fill(audit)
        assert [each.author for each in audit.list(9).items] == [
            "agent agent2",
            "agent agent1",
            "agent agent0",
        ]
        assert len(audit.list(9, number=NUMBER).items) == 2
        assert len(audit.list(9, actor="agent agent1").items) == 1
        assert len(audit.list(9, since=NOW + HOUR).items) == 2
        assert len(audit.list(9, action=Tag.LOGIN).items) == 0

    def test_pages_follow_each_other(self, audit: Audit) -> None:
        self.fill(audit)
        first = audit.list(2)
        second = audit.list(2, first.next)
        assert [len(first.items), len(second.items), second.next] == [2, 1, None]

    def test_the_chain_is_read_in_parts_and_proved(self, audit: Audit) -> None:
        assert audit.links(0, 9) == []
        self.fill(audit)
        rows = [*audit.links(0, 2), *audit.links(2, 2)]
        assert [row.link for row in rows] == [1, 2, 3]
        proof = audit.check()
        assert proof == prove(rows) == audit.check(rows[0].hash)
        assert (proof.rows, proof.fault) == (3, None)
        assert audit.check("f" * 64).fault is not None
