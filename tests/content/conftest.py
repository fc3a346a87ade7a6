"""A container whose sounds are made once for all tests of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.speech.library import Library
from ivr.wiring.container import Container, prepare_database
from tests.e2e.installation import own_settings
from tests.speech.conftest import NotingVoice


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("sounds"))


@pytest.fixture
def container(tmp_path: Path, sounds: Library) -> Container:
    container = Container(own_settings(tmp_path / "home"))
    container.__dict__["voice"] = NotingVoice(reads=False)
    container.__dict__["library"] = sounds
    prepare_database(container)
    return container
