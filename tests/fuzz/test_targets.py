"""Whatever comes through a gate: errors of ours and no others, and an end."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.spoiling import spoilt
from tests.fuzz.targets import TARGETS, Target

EACH = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
SHARE = {"settings": 0.25, "catalogue": 0.4, "terms": 0.4, "news": 0.4, "network": 0.15}
"""Of the profile's examples, where one takes long."""


@EACH
def test_good_examples_pass(target: Target) -> None:
    for example in target.examples:
        target.gate(example)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_errors_of_ours_comes_of_anything(name: str) -> None:
    target = TARGETS[name]

    @settings(
        max_examples=int(settings().max_examples * SHARE.get(name, 0.8)),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(spoilt(target) | st.binary(max_size=200))
    def any_bytes(data: bytes) -> None:
        target.gate(data)

    any_bytes()
