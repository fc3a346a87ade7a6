"""The fakes do what the databases do."""

from __future__ import annotations

import pytest

from ivr.ports.contacts import ContactRepository, SeatLoans
from ivr.testing.contacts import MemoryContacts, MemorySeatLoans
from tests.contracts.contacts_contract import ContactsContract, SeatLoansContract


class TestMemoryContacts(ContactsContract):
    @pytest.fixture
    def contacts(self) -> ContactRepository:
        return MemoryContacts()


class TestMemorySeatLoans(SeatLoansContract):
    @pytest.fixture
    def loans(self) -> SeatLoans:
        return MemorySeatLoans()
