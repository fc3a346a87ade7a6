"""A project whose texts a speaker reads."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from ivr.content.folder import ContentFolder
from ivr.settings import PROJECT
from ivr.speech.texts import Texts, read_texts


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that are shipped, to be added to."""
    for name in ("prompts", "db"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    monkeypatch.setattr(ContentFolder, "texts", lambda _folder: shipped_texts())
    monkeypatch.setenv("IVR_CONTENT", str(tmp_path))
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@cache
def shipped_texts() -> Texts:
    """Read once: they are the same in each test."""
    return read_texts(PROJECT / "prompts")
