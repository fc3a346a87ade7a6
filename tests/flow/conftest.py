"""The shipped flow, and a small operator in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.flow.document import Flow, read_flow
from ivr.settings import PROJECT
from ivr.testing.demo import Operator, demo_operator
from ivr.testing.dial import Dialled, dial


@pytest.fixture(scope="session")
def flow() -> Flow:
    return read_flow(PROJECT / "prompts" / "0890.yaml")


@pytest.fixture
def operator() -> Operator:
    return demo_operator()


Ring = Callable[..., Dialled]


@pytest.fixture
def ring(flow: Flow, operator: Operator) -> Ring:
    """Ring the line in memory: ``ring("3 1 # 63753646# 1")``."""

    def ring(keys: str = "", **how: object) -> Dialled:
        return dial(flow, operator.care, operator.clock, keys, **how)  # type: ignore[arg-type]

    return ring
