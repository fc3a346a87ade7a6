"""An operator whose subscribers have money."""

from __future__ import annotations

import pytest

from ivr.testing.demo import Operator, subscriber


@pytest.fixture
def operator() -> Operator:
    made = Operator()
    made.add(subscriber(services="sms", balance=10_000))
    return made
