"""The auditor's view: lists, the proof of the chain, the export."""

from __future__ import annotations

import json

import pytest

from ivr.domain.actor import OperationKey
from ivr.domain.audit import DataRead, Fault, PersonalData, Tag
from ivr.domain.staff import Role
from ivr.domain.values import Msisdn
from ivr.errors import Forbidden, Unusable
from ivr.staff.auditing import prove_export
from ivr.testing.staff import MemoryAuditBook
from tests.staff.bench import Bench

NUMBER = Msisdn("99365123456")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_only_an_auditor_reads_the_audit(bench: Bench) -> None:
    admin, auditor = bench.user("maral", Role.ADMIN), bench.user("ene", Role.AUDITOR)
    auditing = bench.staff.auditing
    for act in (
        lambda: auditing.list(admin.acting(), 9),
        lambda: auditing.prove(admin.acting()),
        lambda: auditing.export(admin.acting()),
    ):
        with pytest.raises(Forbidden, match=r"audit\.read"):
            act()
    assert len(auditing.list(auditor.acting(), 9).items) == 4
    assert len(auditing.list(auditor.acting(), 9, action=Tag.JOINED).items) == 2


def test_readings_of_personal_data_are_found_by_the_number(bench: Bench) -> None:
    agent, auditor = bench.user(), bench.user("ene", Role.AUDITOR)
    book = MemoryAuditBook(bench.memory)
    read = DataRead(PersonalData.RECORDING, NUMBER, "call 7")
    for _ in range(2):
        book.note_read(agent.acting(), OperationKey("page 1"), read, bench.clock.now())
    (entry,) = bench.staff.auditing.list(auditor.acting(), 9, number=NUMBER).items
    assert (entry.author, entry.action) == ("agent aygul", Tag.DATA_READ)
    assert entry.after == {"what": "recording", "item": "call 7"}


def test_an_export_proves_itself_and_a_change_is_found(bench: Bench) -> None:
    auditor = bench.user("ene", Role.AUDITOR).acting()
    bench.user()
    lines = list(bench.staff.auditing.export(auditor))
    proof = bench.staff.auditing.prove(auditor)
    assert (proof.rows, proof.fault) == (4, None)
    assert prove_export(lines) == prove_export(lines, proof.last) == proof
    for index, line in enumerate(lines):
        row = json.loads(line)
        for name, value in row.items():
            changed = {**row, name: 99 if isinstance(value, int) else "2026-01-01T00:00:00+00:00"}
            forged = [*lines[:index], json.dumps(changed), *lines[index + 1 :]]
            assert prove_export(forged).fault is not None, name
    assert prove_export(lines[1:]).fault is Fault.MISSING
    assert prove_export(lines[:-1], proof.last).fault is Fault.NOT_LAST


@pytest.mark.parametrize("line", ["", "no json", "[]", "{}", '{"at": "2026-01-01"}', "null"])
def test_a_file_of_another_kind_is_refused(line: str) -> None:
    with pytest.raises(Unusable, match=r"line 1 .* `ivr audit export`"):
        prove_export([line])


def test_the_end_of_a_list_is_told(bench: Bench) -> None:
    auditor = bench.user("ene", Role.AUDITOR).acting()
    page = bench.staff.auditing.list(auditor, 1)
    assert page.next is not None
    rest = bench.staff.auditing.list(auditor, 1, page.next)
    assert [each.action for each in (*page.items, *rest.items)] == [Tag.JOINED, Tag.INVITED]
    assert rest.next is None
