"""The twins in memory keep the contracts that the databases keep."""

from __future__ import annotations

import pytest

from ivr.ports.staff import StaffRepositories
from ivr.testing.staff import MemoryStaff
from tests.contracts.staff_contract import StaffContract


@pytest.fixture
def staff() -> StaffRepositories:
    return MemoryStaff().repositories()


class TestMemoryStaff(StaffContract):
    pass
