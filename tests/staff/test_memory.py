"""The twins in memory keep the contracts that the databases keep."""

from __future__ import annotations

import pytest

from ivr.ports.staff import StaffRepositories
from ivr.testing.staff import MemoryAuditBook, MemoryStaff
from tests.contracts.audit_contract import AuditContract
from tests.contracts.staff_contract import StaffContract


@pytest.fixture
def staff() -> StaffRepositories:
    return MemoryStaff().repositories()


@pytest.fixture
def audit() -> MemoryAuditBook:
    return MemoryAuditBook(MemoryStaff())


class TestMemoryStaff(StaffContract):
    pass


class TestMemoryAudit(AuditContract):
    pass
