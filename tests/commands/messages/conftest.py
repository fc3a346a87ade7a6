"""An installation with messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.wiring.container import Container, open_container, prepare_database
from tests.commands.messages.run import BODY, NUMBER, OTHER


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    container = open_container()
    prepare_database(container)
    container.outbox.put(NUMBER, BODY, "order:1")
    container.outbox.put(OTHER, "Another text.", "advice:1")
    return container
