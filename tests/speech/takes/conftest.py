"""The script and its takes."""

from __future__ import annotations

import pytest

from ivr.flow.document import Flow, read_flow
from ivr.speech.script import Line, script
from ivr.speech.texts import Texts
from tests.speech.conftest import PROMPTS
from tests.speech.takes.words import TK


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read_flow(PROMPTS / "0890.yaml")


@pytest.fixture(scope="module")
def lines(texts: Texts, flow: Flow) -> list[Line]:
    return script(texts, TK, flow)
