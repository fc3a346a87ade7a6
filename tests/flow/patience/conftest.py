"""A line and its callers."""

from __future__ import annotations

import pytest

from ivr.flow.document import Flow
from ivr.testing.demo import Operator
from tests.flow.patience.habits import Dead


@pytest.fixture
def dead(flow: Flow, operator: Operator) -> Dead:
    return Dead(flow, operator)
