"""A library and two voices."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, render
from ivr.speech.texts import Texts
from tests.speech.conftest import NotingVoice
from tests.speech.rendering.files import write_texts

TEXTS = {
    "hello": "Hello!",
    "again": "Hello!",
    "left": "You have {left:money} left, until {until:monthday}. Thank you.",
    "bare": "In total {total:money}.",
    "named": "You chose {service:text}.",
    "going": "{service:text} is on.",
    "service.mms": "MMS",
    "number": "Call {number:phone}.",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="module")
def few(place: Path) -> Texts:
    return write_texts(place, TEXTS)


@pytest.fixture(scope="module")
def library(place: Path) -> Library:
    return Library(place / "audio")


@pytest.fixture(scope="module")
def synthetic(few: Texts, library: Library) -> Manifest:
    return render(few, Path("/nowhere"), library, NotingVoice(reads=False))
