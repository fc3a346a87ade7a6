"""Rows of a parametrized test that are too slow for `make test`."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet


def nightly(*values: object) -> ParameterSet:
    """Return a row that only `make test-all` runs."""
    return pytest.param(*values, marks=pytest.mark.nightly)
