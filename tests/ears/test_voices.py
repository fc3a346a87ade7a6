"""How well the voices are understood through the telephone path, by an offline recogniser.

The order of voices and their distance to a person are what the figures tell, not what people would
hear wrong. The recogniser does not know Turkmen: its nearest relative listens.
``python -m tests.ears`` prints the figures; docs/performance.md has them.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr import runtime
from ivr.settings import read_settings
from ivr.values import Language
from tests.ears.line import Line, Said, Way
from tests.ears.listening import Listener, Relative
from tests.ears.persons import SENTENCES, Person
from tests.ears.recogniser import Recogniser
from tests.ears.sentences import REPERTOIRES, Repertoire, Sentence

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1800)]

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
Every = list[Said]


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Listener:
    return Listener(Line(read_settings(), tmp_path_factory.mktemp("ears")), Recogniser())


@pytest.fixture(params=REPERTOIRES)
def repertoire(request: pytest.FixtureRequest) -> Repertoire:
    return REPERTOIRES[request.param]


@pytest.mark.parametrize("way", Way)
class TestSentences:
    """As the line puts them together, and read in one go."""

    def test_russian_digits(self, listener: Listener, repertoire: Repertoire, way: Way) -> None:
        numbers = listener.say(RU, repertoire.numbers, way)
        assert listener.digits_wrong(RU, numbers).percent <= 8
