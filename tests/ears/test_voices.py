"""How well the voices are understood through the telephone path, by an offline recogniser.

It writes down what it hears of the line; ``rates`` counts what it hears wrong. The order of voices
and their distance to a person are what the figures tell, not what people would hear wrong. The
recogniser does not know Turkmen: its nearest relative listens. ``python -m tests.ears`` prints the
rates, and docs/performance.md has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr import runtime
from ivr.settings import read_settings
from ivr.values import Language
from tests.ears.line import Line, Said, Way
from tests.ears.listening import Listener, Relative
from tests.ears.persons import SENTENCES, Person
from tests.ears.rates import Rate
from tests.ears.recogniser import Recogniser
from tests.ears.sentences import REPERTOIRES, Repertoire

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1800)]

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Listener:
    return Listener(Line(read_settings(), tmp_path_factory.mktemp("ears")), Recogniser())


@pytest.fixture(params=REPERTOIRES)
def repertoire(request: pytest.FixtureRequest) -> Repertoire:
    return REPERTOIRES[request.param]
