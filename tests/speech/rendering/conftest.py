"""A few texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.speech.texts import Texts
from tests.speech.rendering.files import TEXTS, write_texts


@pytest.fixture
def few(tmp_path: Path) -> Texts:
    return write_texts(tmp_path, TEXTS)
