"""A house whose sounds are made once for all tests of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.speech.library import Library
from ivr.wiring.container import House, prepare_database
from tests.e2e.line import own_settings
from tests.speech.conftest import NotingVoice


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("sounds"))


@pytest.fixture
def house(tmp_path: Path, sounds: Library) -> House:
    house = House(own_settings(tmp_path / "home"))
    house.__dict__["voice"] = NotingVoice(reads=False)
    house.__dict__["library"] = sounds
    prepare_database(house)
    return house
