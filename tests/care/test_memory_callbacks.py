"""The book of call-backs in memory keeps the contract that the databases keep."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ivr.domain.values import Msisdn
from ivr.testing.acting import at_desk
from ivr.testing.callbacks import MemoryCallbacks
from tests.contracts.callbacks_contract import NOW, CallbacksContract


@dataclass
class Kept:
    repository: MemoryCallbacks = field(default_factory=MemoryCallbacks)

    def open(self) -> list[Msisdn]:
        return [row.asked.number for row in self.repository.rows if row.is_open]

    def done(self, number: Msisdn) -> None:
        for id, row in enumerate(self.repository.rows, 1):
            if row.asked.number == number:
                self.repository.done(*at_desk(form=f"form {id}"), id, NOW)


@pytest.fixture
def kept() -> Kept:
    return Kept()


class TestMemoryCallbacks(CallbacksContract):
    pass
