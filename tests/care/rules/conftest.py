"""The shipped catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.care.catalogue import Catalogue, read_catalogue
from tests.care.rules.answers import RULES


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    file = tmp_path / "catalogue.yaml"
    file.write_text(RULES, encoding="utf-8")
    return read_catalogue(file)
