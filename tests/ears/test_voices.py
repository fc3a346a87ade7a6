"""How well the voices are understood through the telephone path, by an offline recogniser.

The order of voices and their distance to a person are what the figures tell, not what people would
hear wrong. The recogniser does not know Turkmen: its nearest relative listens.
``python -m tests.ears`` prints the figures; docs/voices.md has them.
"""

from __future__ import annotations

import pytest

from ivr.domain.values import Language
from ivr.settings import read_settings
from tests.ears.line import Line, Way
from tests.ears.listening import Listener, Relative
from tests.ears.recogniser import Recogniser
from tests.ears.sentences import REPERTOIRES, Repertoire

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1800)]

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
NUMBERS = [each for repertoire in REPERTOIRES.values() for each in repertoire.numbers]
VALUES = [each for repertoire in REPERTOIRES.values() for each in repertoire.values]


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Listener:
    return Listener(Line(read_settings(), tmp_path_factory.mktemp("ears")), Recogniser())


@pytest.fixture(params=[*REPERTOIRES.values()], ids=[*REPERTOIRES])
def repertoire(request: pytest.FixtureRequest) -> Repertoire:
    found: Repertoire = request.param
    return found


@pytest.mark.parametrize("way", Way)
class TestNumbersAndValues:
    def test_russian_digits(self, listener: Listener, way: Way) -> None:
        assert listener.digits_wrong(RU, listener.say(RU, NUMBERS, way)).percent <= 8
        assert listener.digits_wrong(RU, listener.say(RU, VALUES, way)).percent <= 8

    def test_english_digits(self, listener: Listener, way: Way) -> None:
        assert listener.digits_wrong(EN, listener.say(EN, NUMBERS, way)).percent <= 8
        assert listener.digits_wrong(EN, listener.say(EN, VALUES, way)).percent <= 8

    def test_turkmen_letters(self, listener: Listener, way: Way) -> None:
        ear = Relative.TURKISH
        assert listener.letters_wrong(listener.say(TK, NUMBERS, way), ear).percent <= 30
        assert listener.letters_wrong(listener.say(TK, VALUES, way), ear).percent <= 30


class TestMenus:
    def test_russian_words(self, listener: Listener, repertoire: Repertoire) -> None:
        assert listener.words_wrong(RU, listener.say(RU, repertoire.menus)).percent <= 20

    def test_english_words(self, listener: Listener, repertoire: Repertoire) -> None:
        assert listener.words_wrong(EN, listener.say(EN, repertoire.menus)).percent <= 12

    def test_turkmen_prompts_are_told_apart(
        self, listener: Listener, repertoire: Repertoire
    ) -> None:
        missed = listener.told_apart(listener.say(TK, repertoire.menus), Relative.TURKISH)
        assert (missed.wrong, missed.of) == (0, 16)
