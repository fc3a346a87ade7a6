"""Settings of voices."""

from __future__ import annotations

import pytest

from ivr.settings import Settings, read_settings


@pytest.fixture
def settings() -> Settings:
    return read_settings()
