"""A line on which changes wait."""

from __future__ import annotations

import pytest

from ivr.flow.document import Flow
from ivr.testing.demo import Operator, subscriber
from tests.flow.held.waiting import Line


@pytest.fixture
def operator() -> Operator:
    made = Operator()
    made.add(subscriber(services="sms", balance=1_000))
    return made


@pytest.fixture
def line(flow: Flow, operator: Operator) -> Line:
    return Line(flow, operator)
