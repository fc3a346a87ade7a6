"""A library and a voice for texts with values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts
from tests.speech.conftest import NotingVoice
from tests.speech.values.hummed import KINDS, LONG, Fleeting

TEXTS = {
    **{f"end.{kind}": f"It is {{value:{kind}}}." for kind in KINDS},
    **{f"mid.{kind}": f"It is {{value:{kind}}} now." for kind in KINDS},
    "phone": "Call {value:phone}.",
    "code": "Key in {value:code}.",
    "key": "Press {value:key}.",
    "two": "{one:money}, {two:date}.",
}


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(dict.fromkeys(Language, TEXTS), {each: {} for each in Language})


@pytest.fixture(scope="module")
def hummed(texts: Texts, tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Manifest]:
    """All pieces, hummed."""
    library = Library(tmp_path_factory.mktemp("hummed"))
    return library, render(texts, Path("/nowhere"), library, NotingVoice(reads=False))


@pytest.fixture
def library(hummed: tuple[Library, Manifest]) -> Iterator[Library]:
    """Them alone: what a test has made is gone after it."""
    library, _ = hummed
    yield library
    for note in (library.folder / "values").glob("*"):
        library.remove(note.name)
        note.unlink()


@pytest.fixture
def voice() -> Fleeting:
    return Fleeting()


@pytest.fixture
def prompts(
    texts: Texts, hummed: tuple[Library, Manifest], library: Library, voice: Fleeting
) -> SpokenPrompts:
    return SpokenPrompts(texts, hummed[1], library, voice, patience=LONG)
